import { contentFault, EMPTY_FILE, type FileFault, SNIFFED_BYTES } from '../../domain/file-rules';
import { type HeaderMatch, matchHeader } from '../../domain/header-match';
import type { RowFault } from '../../domain/row-rules';
import { textFile } from '../csv/text-file';
import type { InputRow, Inspection, InspectionRules, LocalFile, OnRows } from '../input-file';
import { numberCell } from '../number-cell';
import { filePackaging } from '../packaging/packaging';
import { readText, type TextSource } from '../packaging/read-text';
import { UnpackError } from '../packaging/unpack-error';
import { type JsonText, JsonTextError, jsonTexts } from './json-texts';
import { type JsonMembers, parseObject } from './parse-object';
import { PlainCheck } from './plain-rows';

/** More names are caused by names that are values; they are held in memory. */
const MAX_NAMES = 10_000;

/**
 * Checks that a file is a text of JSON objects, one per line or in one array, and that the names of their members are the header
 * of one kind. The header is every name in the file, in the order in which they occur first.
 */
export async function inspectNdjson(file: LocalFile, rules: InspectionRules): Promise<Inspection> {
  try {
    const packed = { path: file.path, size: file.size, packaging: filePackaging(file.path), limits: rules };
    const source = await textFile(packed, {});
    const plain = new PlainCheck();
    const names = await namesIn(source, plain);
    if ('fault' in names) return names;
    const found = matchHeader(file.key, [...names.keys()], rules.contracts);
    if ('fault' in found) return found;
    const header = found.match;
    const read = (onRows: OnRows, lines?: readonly number[]) =>
      readRows(source, names, header, onRows, lines);
    const plainRows = plain.result(source, [...names.keys()], header, (lines, onRows) => read(onRows, lines));
    return {
      file: {
        origin: file,
        path: source.path,
        header,
        ...(plainRows && { plain: plainRows }),
        readRows: (onRows) => read(onRows),
      },
    };
  } catch (error) {
    if (error instanceof UnpackError || error instanceof JsonTextError) return { fault: error.fault };
    throw error;
  }
}

type Names = ReadonlyMap<string, number>;

/** The names of all members in a file, and their position in the header. */
async function namesIn(
  source: TextSource,
  plain: PlainCheck,
): Promise<Names | { readonly fault: FileFault }> {
  const names = new Map<string, number>();
  let firstFault: { readonly line: number; readonly reason: string } | undefined;
  for await (const batch of rowTexts(source)) {
    for (const one of batch) {
      const parsed = parseObject(one.text);
      plain.add(one, 'fault' in parsed ? undefined : parsed);
      if ('fault' in parsed) {
        if (names.size > 0 && one.isUnended && isCut(parsed)) return { fault: cutOff(one.line) };
        firstFault ??= { line: one.line, reason: parsed.fault.reason };
      } else for (const name of parsed.names) if (!names.has(name)) names.set(name, names.size);
      if (names.size > MAX_NAMES) return { fault: tooManyNames(one.line) };
    }
  }
  if (plain.rows === 0) return { fault: EMPTY_FILE };
  if (names.size > 0 || !firstFault) return names;
  const { line, reason } = firstFault;
  return {
    fault: { reason: `no row is a JSON object; line ${line}: ${reason}`, remedy: ONE_PER_LINE, line },
  };
}

/** Whether the end of an object is missing, or of something that is no object. */
const isCut = ({ fault }: { readonly fault: RowFault }): boolean => fault.column === '';

const ONE_PER_LINE = 'write one JSON object per line, or one array of objects';

/** The fault of a file whose last row, in this line, is no whole JSON object and has no line end. */
export function cutOff(line: number): FileFault {
  return {
    reason: `the last row, in line ${line}, is cut off: it is not a whole JSON object, and no line end follows it`,
    remedy: 'upload the whole file again',
    line,
  };
}

function tooManyNames(line: number): FileFault {
  return {
    reason: `the objects have more than ${MAX_NAMES} different names, reached in line ${line}`,
    remedy: 'use the same names in all objects',
    line,
  };
}

/** The texts of the rows of a file. @throws like `jsonTexts` and `readText`, and JsonTextError for a file of another type */
export const rowTexts = (source: TextSource): AsyncGenerator<JsonText[]> =>
  jsonTexts(withoutOtherTypes(source));

async function* withoutOtherTypes(source: TextSource): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of readText(source)) {
    const fault = isFirst ? contentFault(chunk.subarray(0, SNIFFED_BYTES), 'a JSON file') : undefined;
    if (fault) throw new JsonTextError(fault);
    isFirst = false;
    yield chunk;
  }
}

async function readRows(
  source: TextSource,
  names: Names,
  header: HeaderMatch,
  onRows: OnRows,
  lines?: readonly number[],
): Promise<undefined> {
  const toRow = rowReader(names, header);
  const wanted = lines && new Set(lines);
  for await (const batch of jsonTexts(readText(source))) {
    const rows = wanted ? batch.filter(({ line }) => wanted.has(line)) : batch;
    if (rows.length > 0) await onRows(rows.map(toRow));
  }
}

/** @returns a function that gives the cells of an object in the order of the header */
function rowReader(names: Names, { contract, positions }: HeaderMatch): (text: JsonText) => InputRow {
  const flat = new Map<number, string>();
  const numberCells = new Map<number, (text: string) => string>();
  for (const [at, column] of contract.columns.entries()) {
    const position = positions[at] ?? null;
    if (position === null) continue;
    if (column.type !== 'json') flat.set(position, column.name);
    const cell = numberCell(column, contract);
    if (cell) numberCells.set(position, cell);
  }
  return ({ text, line }) => {
    const parsed = parseObject(text);
    if ('fault' in parsed) return { cells: [], line, raw: text, fault: parsed.fault };
    const cells = new Array<string>(names.size).fill('');
    for (const [at, name] of parsed.names.entries())
      cells[names.get(name) as number] = parsed.values[at] as string;
    if (numberCells.size > 0) {
      for (const at of parsed.numbers) {
        const position = names.get(parsed.names[at] as string) as number;
        const text = cells[position] as string;
        cells[position] = numberCells.get(position)?.(text) ?? text;
      }
    }
    const fault = nestedFault(parsed, names, flat);
    return { cells, line, raw: text, ...(fault && { fault }) };
  };
}

function nestedFault(
  { names: members, values, nested }: JsonMembers,
  names: Names,
  flat: ReadonlyMap<number, string>,
): RowFault | undefined {
  for (const at of nested) {
    const column = flat.get(names.get(members[at] as string) as number);
    if (column === undefined) continue;
    const got = values[at]?.startsWith('[') ? 'an array' : 'an object';
    return { column, rule: 'expected one value', reason: `expected one value, got ${got}` };
  }
  return undefined;
}
