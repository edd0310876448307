/**
 * The rows of a person in a file as it was uploaded, and the file without them.
 */

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Catalog } from '../../catalog/catalog';
import { eventContracts, isEventFile } from '../../domain/events/event-files';
import { eventNormalizer } from '../../domain/events/normalize';
import { fileFormat } from '../../domain/file-rules';
import { ORDER_COLUMN, ORDERS, USER_COLUMN, VISITOR_COLUMN } from '../../domain/person';
import { RowCheck } from '../../domain/row-rules';
import { groupColumn, headerContracts } from '../../domain/source';
import { quoteLiteral } from '../../engine/duckdb/quote';
import type { DuckDb } from '../../engine/duckdb/session';
import type { InputFile, InputRow, LocalFile } from '../../formats/input-file';
import { inspectFile } from '../../formats/inspect-file';
import { filePackaging } from '../../formats/packaging/packaging';
import { readText } from '../../formats/packaging/read-text';
import { UnpackError } from '../../formats/packaging/unpack-error';
import type { FileRules } from '../../tasks/validate/check-files';
import { readEvents } from '../../tasks/validate/events/read-events';
import type { Person, PersonTable } from './person-rows';

/** A person whose orders and visitors can become more with every file that is read. */
export interface GrowingPerson extends Person {
  readonly orders: Set<string>;
  readonly visitors: Set<string>;
}

export interface FileReader {
  readonly catalog: Pick<Catalog, 'contracts' | 'contract' | 'sources'>;
  readonly tables: readonly PersonTable[];
  /** By which validate reads files. */
  readonly rules: FileRules;
  readonly person: GrowingPerson;
}

/** The rows of a person in one file. */
export interface RowsInFile {
  /** How many there are. */
  readonly rows: number;
  /** The physical lines that they take; the numbers of the rows in a Parquet file. */
  readonly lines: ReadonlySet<number>;
  /** Of an array of objects: the texts of the other rows; undefined for other files. */
  readonly others?: readonly string[] | undefined;
  /** Of rows that no rule accepts: their cells, which reasons can quote. */
  readonly badCells: readonly string[];
}

/** The file cannot be unpacked or read, so whether it has rows of the person is unknown. */
export interface Unreadable {
  readonly unreadable: string;
}

/**
 * Finds the rows of a person in a file: those with the customer's id, the number of one of the orders, or, of events without a customer,
 * one of the visitors. Of rows that validate would reject, and of a file that has the header of no kind, those with a cell that is the id or
 * a visitor. Adds the orders and visitors that it finds to the person.
 */
export async function findRows(file: LocalFile, reader: FileReader): Promise<RowsInFile | Unreadable> {
  const { rules, catalog } = reader;
  const found = new Found(reader.person, await isArray(file, rules));
  if (isEventFile(file.key, rules.contracts)) {
    const fault = await findEvents(file, reader, found);
    if (!fault) return found;
    return findTexts(file, reader);
  }
  const inspected = await inspectFile(file, { ...rules, contracts: headerContracts(rules.contracts) });
  if ('fault' in inspected) return findTexts(file, reader);
  const { kind } = inspected.file.header.contract;
  const source = catalog.sources.find(({ name }) => name === kind);
  const table = reader.tables.find(({ contract }) => contract.kind === kind);
  if (!source && !table) return found;
  const fault = await (source
    ? findInSource(inspected.file, source, found)
    : findOfKind(inspected.file, table, reader, found));
  return fault ? findTexts(file, reader) : found;
}

/** Collects the rows of a person. */
class Found implements RowsInFile {
  rows = 0;
  readonly lines = new Set<number>();
  readonly others: string[] | undefined;
  readonly badCells: string[] = [];
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly person: Person,
    isArrayOfObjects = false,
  ) {
    this.others = isArrayOfObjects ? [] : undefined;
    this.names = new Set([person.user, ...person.visitors]);
  }

  /** @param isPersons the row belongs to the person */
  add(
    { line, raw }: Pick<InputRow, 'line' | 'raw'>,
    isPersons: boolean,
    badCells: readonly string[] = [],
  ): void {
    if (!isPersons) {
      this.others?.push(raw.toString());
      return;
    }
    this.rows += 1;
    const count = raw.toString().split('\n').length;
    for (let at = 0; at < count; at++) this.lines.add(line + at);
    this.badCells.push(...badCells);
  }

  isUser(value: string | null | undefined): boolean {
    if (value === null || value === undefined) return false;
    return value.trim() === this.person.user || value === this.person.pseudonym;
  }

  /** True if a cell names the person. */
  isIn(cells: readonly string[]): boolean {
    return cells.some((cell) => this.names.has(cell.trim()));
  }
}

/** True for the text of a row with a cell or value that names the person. */
export const namesIn = (person: Person, text: string): boolean => new Found(person).isIn(cellsOf(text));

/** The parts of a text that can be cells or values. */
const cellsOf = (text: string): string[] => text.split(/[\s,;|"'{}[\]]+|:\s/);

async function findOfKind(
  { header, readRows }: InputFile,
  table: PersonTable | undefined,
  { rules, person }: FileReader,
  found: Found,
) {
  const { columns } = header.contract;
  const at = (name: string | undefined) => columns.findIndex((column) => column.name === name);
  const [user, order] = [at(table?.columns.user?.name), at(table?.columns.order?.name)];
  const number = header.contract.kind === ORDERS ? at(ORDER_COLUMN) : -1;
  const check = new RowCheck(header, rules.values);
  return readRows((rows) => {
    for (const row of rows) {
      const judged = row.fault ? undefined : check.judge(row.cells, row.line);
      if (judged?.outcome !== 'good') {
        const isWhole = !row.fault && row.cells.length === header.width;
        const cells = row.fault ? cellsOf(row.raw.toString()) : row.cells;
        const named = isWhole ? [cells[header.positions[user] ?? -1] ?? ''] : cells;
        found.add(row, found.isIn(named), cells);
        continue;
      }
      const { values } = judged;
      const isUsers = found.isUser(values[user]);
      if (isUsers && values[number]) person.orders.add(values[number]);
      found.add(row, isUsers || person.orders.has(values[order] ?? ''));
    }
  });
}

/** The rows of a group belong together: the customer can be in the first one only. */
async function findInSource(
  { header, readRows }: InputFile,
  source: Catalog['sources'][number],
  found: Found,
) {
  const group = groupColumn(source);
  const cellAt = (name: string | undefined) =>
    header.positions[source.columns.findIndex((column) => column.name === name)] ?? -1;
  const named = new Set(
    Object.values(source.maps).flatMap((sql) =>
      sql.split('\n').filter((line) => /\bas user_id\b/.test(line)),
    ),
  );
  const ids = source.columns
    .filter(({ name }) => [...named].some((line) => line.includes(name)))
    .map(({ name }) => cellAt(name));
  const groupAt = cellAt(group);
  const groups = new Set<string>();
  const isPersons = (cells: readonly string[]) =>
    ids.length === 0 ? found.isIn(cells) : ids.some((at) => found.isUser(cells[at]));
  if (groupAt >= 0) {
    await readRows((rows) => {
      for (const { cells } of rows) if (cells[groupAt] && isPersons(cells)) groups.add(cells[groupAt]);
    });
  }
  return readRows((rows) => {
    for (const row of rows) {
      const { cells } = row;
      found.add(row, isPersons(cells) || groups.has(cells[groupAt] ?? ''), cells);
    }
  });
}

async function findEvents(file: LocalFile, { rules, person }: FileReader, found: Found) {
  const kinds = eventContracts(rules.contracts);
  if (!kinds) return undefined;
  const { events, items } = kinds;
  const normalize = eventNormalizer({ events, items, settings: rules.values });
  const at = (name: string) => events.columns.findIndex((column) => column.name === name);
  const [user, visitor] = [at(USER_COLUMN), at(VISITOR_COLUMN)];
  return readEvents(file, events, rules, async (lines) => {
    for (const line of lines) {
      const normal = 'fault' in line.event ? undefined : normalize(line.event);
      if (!normal?.ok) {
        const cells = cellsOf(line.raw.toString());
        found.add(line, found.isIn(cells), cells);
        continue;
      }
      const { values } = normal.event;
      const isUsers = found.isUser(values[user]);
      if (isUsers && values[visitor]) person.visitors.add(values[visitor]);
      found.add(line, isUsers || (values[user] === null && person.visitors.has(values[visitor] ?? '')));
    }
  });
}

/** Of a file that has the header of no kind, the lines with a cell that names the person. */
async function findTexts(file: LocalFile, { rules, person }: FileReader): Promise<RowsInFile | Unreadable> {
  const format = fileFormat(file.key);
  if ('format' in format && format.format === 'parquet')
    return { unreadable: 'it is no Parquet file of a known kind' };
  const found = new Found(person);
  try {
    let line = 0;
    for await (const text of linesOf(file, rules)) {
      line += 1;
      const raw = text.bytes.toString('utf8');
      const cells = cellsOf(raw);
      found.add({ line, raw }, found.isIn(cells), cells);
    }
    return found;
  } catch (error) {
    if (error instanceof UnpackError) return { unreadable: error.fault.reason };
    throw error;
  }
}

/**
 * Writes a file without the rows. Each of their lines stays, empty, so that the other rows keep their line numbers, by which their versions
 * are told apart; an array and a Parquet file have none. A packed file becomes a gzip file, whatever it was: readers tell by its bytes.
 */
export async function writeWithout(
  file: LocalFile,
  { lines, others }: RowsInFile,
  to: string,
  { db, rules }: { readonly db: DuckDb; readonly rules: FileRules },
): Promise<void> {
  const format = fileFormat(file.key);
  if ('format' in format && format.format === 'parquet') {
    const [from, into] = [quoteLiteral(file.path), quoteLiteral(to)];
    await db.run(
      `copy (select * exclude (file_row_number) from read_parquet(${from}, file_row_number = true) where file_row_number + 1 not in (${[...lines].join(', ')})) to ${into} (format parquet)`,
    );
    return;
  }
  const isPacked = filePackaging(file.path) !== 'none';
  const output = createWriteStream(to);
  const texts = Readable.from(others ? arrayOf(others) : linesWithout(file, lines, rules));
  await (isPacked ? pipeline(texts, createGzip(), output) : pipeline(texts, output));
  if (output.bytesWritten === 0) await writeFile(to, '');
}

async function* arrayOf(rows: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(`[\n${rows.join(',\n')}\n]\n`);
}

async function* linesWithout(
  file: LocalFile,
  lines: ReadonlySet<number>,
  rules: FileRules,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const { bytes, end } of linesOf(file, rules)) {
    at += 1;
    const kept = lines.has(at) ? end : Buffer.concat([bytes, end]);
    if (kept.length > 0) yield kept;
  }
}

async function isArray(file: LocalFile, rules: FileRules): Promise<boolean> {
  const format = fileFormat(file.key);
  if (!('format' in format) || format.format !== 'ndjson') return false;
  try {
    for await (const { bytes } of linesOf(file, rules)) {
      const text = bytes.toString('utf8').replace('\ufeff', '').trim();
      if (text !== '') return text.startsWith('[');
    }
  } catch (error) {
    // Whoever reads its rows says so.
    if (!(error instanceof UnpackError)) throw error;
  }
  return false;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The unpacked bytes of each physical line, and what ends it. @throws UnpackError */
async function* linesOf(
  file: LocalFile,
  limits: Pick<FileRules, 'maxUnpackedBytes' | 'maxUnpackedRatio'>,
): AsyncGenerator<{ readonly bytes: Buffer; readonly end: Buffer }> {
  const source = { path: file.path, packaging: filePackaging(file.path), size: file.size, limits };
  let rest: Buffer = Buffer.alloc(0);
  let width: 1 | 2 | undefined;
  let isBigEndian = false;
  for await (const chunk of readText(source)) {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (width === undefined) {
      isBigEndian = rest[0] === 0xfe && rest[1] === 0xff;
      width = isBigEndian || (rest[0] === 0xff && rest[1] === 0xfe) ? 2 : 1;
    }
    let start = 0;
    for (
      let at = lineFeed(rest, 0, width, isBigEndian);
      at >= 0;
      at = lineFeed(rest, start, width, isBigEndian)
    ) {
      yield splitEnd(rest.subarray(start, at + width), width, isBigEndian);
      start = at + width;
    }
    rest = Buffer.from(rest.subarray(start));
  }
  if (rest.length > 0) yield { bytes: rest, end: Buffer.alloc(0) };
}

/** The offset of the next line feed, which takes one byte or, in UTF-16, two; -1 if there is none. */
function lineFeed(bytes: Buffer, from: number, width: 1 | 2, isBigEndian: boolean): number {
  if (width === 1) return bytes.indexOf(LINE_FEED, from);
  for (let at = from; at + 1 < bytes.length; at += 2) {
    if (unitAt(bytes, at, isBigEndian) === LINE_FEED) return at;
  }
  return -1;
}

const unitAt = (bytes: Buffer, at: number, isBigEndian: boolean): number =>
  isBigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);

function splitEnd(line: Buffer, width: 1 | 2, isBigEndian: boolean): { bytes: Buffer; end: Buffer } {
  const before = line.length - 2 * width;
  const hasReturn =
    before >= 0 && (width === 1 ? line[before] : unitAt(line, before, isBigEndian)) === CARRIAGE_RETURN;
  const at = hasReturn ? before : line.length - width;
  return { bytes: line.subarray(0, at), end: line.subarray(at) };
}
