import { rename, rm } from 'node:fs/promises';
import { pseudonymizes } from '../../domain/contract';
import { type FileFault, percent, tooManyBadRows } from '../../domain/file-rules';
import { plural } from '../../domain/plural';
import { RowCheck } from '../../domain/row-rules';
import type { ValueSettings } from '../../domain/values';
import type { DuckDb } from '../../engine/duckdb/session';
import {
  type CanonicalFile,
  type CanonicalRows,
  type PlainFile,
  readCanonicalRows,
} from '../../formats/canonical-rows';
import type { InputFile, InputRow, InspectionRules } from '../../formats/input-file';
import { type Pseudonym, type ReplaceValues, valuesReplaced } from '../../runtime/pseudonyms';
import type { FaultTally } from './fault-tally';
import { RowSplitter } from './row-splitter';
import { TypedRows } from './typed-rows';
import { invalid, type ValidFile, type Verdict } from './verdict';
import { writeRows } from './write-rows';

export interface FileRules extends InspectionRules {
  /** The maximum share of bad rows in a file, 0 to 1. */
  readonly maxBadRowShare: number;
  readonly values: ValueSettings;
  /** Called only for contracts that pseudonymize. */
  readonly pseudonym: () => Promise<Pseudonym>;
}

/**
 * Applies the row rules to files of one contract. Files of one shape are read together. A fault of a file is in its verdict;
 * only other errors throw.
 *
 * @param rowsPath path of the Parquet file for the good rows of all valid files; not written if there are none
 * @returns one verdict per file, in the order of the files
 */
export async function checkFiles(
  files: readonly InputFile[],
  rules: FileRules,
  db: DuckDb,
  rowsPath: string,
): Promise<Verdict[]> {
  const { contract } = (files as readonly [InputFile])[0].header;
  const replace = await valuesReplaced(contract, rules.pseudonym);
  const typed = await TypedRows.open(db, contract.columns.length);
  const canonicalPaths: string[] = [];
  const checked: CheckedFile[] = [];
  try {
    for (const { files: group, canonical } of await readByShape(db, files, rowsPath)) {
      if (canonical?.path) canonicalPaths.push(canonical.path);
      for (const [at, file] of group.entries()) {
        checked.push(await checkRows(file, checked.length, canonical?.files[at], rules, typed, replace));
      }
    }
    const good = checked.filter(({ verdict }) => verdict.outcome === 'valid' && verdict.rows > 0);
    const [canonicalPath] = canonicalPaths;
    if (canonicalPath && isOneFileWithoutChanges(checked)) {
      await rename(canonicalPath, rowsPath);
    } else if (good.length > 0) {
      typed.flush();
      const sources = good.map(({ file, number, firstRow }) => ({
        file: number,
        origin: file.origin,
        firstRow,
        firstLine: file.plain?.firstLine,
      }));
      const hasTyped = checked.some(({ typedRows }) => typedRows > 0);
      const from = {
        canonical: canonicalPaths,
        typed: hasTyped ? typed.table : undefined,
        deleted: checked.some(({ deletedRows }) => deletedRows > 0),
      };
      await writeRows(db, contract, sources, from, rowsPath);
    }
    const verdicts = new Map<InputFile, Verdict>(checked.map(({ file, verdict }) => [file, verdict]));
    for (const { file, verdict } of good) verdicts.set(file, { ...(verdict as ValidFile), rowsPath });
    return files.map((file) => verdicts.get(file) as Verdict);
  } finally {
    await typed.close();
    for (const path of canonicalPaths) await rm(path, { force: true });
  }
}

/** True if the canonical rows are exactly the good rows of a single file. */
function isOneFileWithoutChanges(checked: readonly CheckedFile[]): boolean {
  const [only, ...others] = checked;
  if (!only || others.length > 0 || only.verdict.outcome !== 'valid') return false;
  const { plain } = only.file;
  return (
    only.typedRows === 0 && only.verdict.rows === plain?.rows && (plain.isNumbered || plain.firstLine === 2)
  );
}

interface ReadFiles {
  readonly files: readonly InputFile[];
  /** Undefined if the files must be read row by row. */
  readonly canonical?: Omit<CanonicalRows, 'path'> & { readonly path?: string };
}

/** Reads the files of each shape together in DuckDB where possible, so that their rows do not pass through JavaScript. */
async function readByShape(db: DuckDb, files: readonly InputFile[], rowsPath: string): Promise<ReadFiles[]> {
  const shapes = new Map<string, PlainFile[]>();
  const read: ReadFiles[] = [];
  for (const file of files) {
    if (!isPlain(file)) {
      read.push({ files: [file] });
      continue;
    }
    const { shape, rows } = file.plain;
    if (rows === 0) read.push({ files: [file], canonical: { files: [NO_ROWS] } });
    else if (shapes.get(shape)?.push(file) === undefined) shapes.set(shape, [file]);
  }
  // A file's number is its position in the result.
  let first = read.length;
  const readShape = async (ofShape: readonly PlainFile[]): Promise<void> => {
    const canonical = await readCanonicalRows(db, ofShape, first, `${rowsPath}.${first}`);
    if (canonical || ofShape.length === 1) {
      read.push({ files: ofShape, ...(canonical && { canonical }) });
      first += ofShape.length;
      return;
    }
    // DuckDB cannot read one of them. Split the group, so that it can still read the others.
    const half = Math.ceil(ofShape.length / 2);
    await readShape(ofShape.slice(0, half));
    await readShape(ofShape.slice(half));
  };
  for (const ofShape of shapes.values()) await readShape(ofShape);
  return read;
}

/** Columns that are kept as JSON, and values that are replaced, are only read row by row. */
const isPlain = (file: InputFile): file is PlainFile =>
  file.plain !== undefined && file.header.kept.length === 0 && !pseudonymizes(file.header.contract);

const NO_ROWS: CanonicalFile = { firstRow: 0, rows: 0, remaining: [] };

interface CheckedFile {
  readonly file: InputFile;
  readonly number: number;
  readonly verdict: Verdict;
  readonly firstRow: number | undefined;
  /** Number of good rows in the table of typed rows. */
  readonly typedRows: number;
  /** Those that delete their key. */
  readonly deletedRows: number;
}

async function checkRows(
  file: InputFile,
  number: number,
  canonical: CanonicalFile | undefined,
  rules: FileRules,
  typed: TypedRows,
  replace: ReplaceValues,
): Promise<CheckedFile> {
  const { path, header } = file;
  const { extraColumns, missingColumns, renamedColumns, isReordered } = header;
  const { kind } = header.contract;
  const splitter = new RowSplitter(header, number, typed, `${path}.rows.csv`, rules.values, replace);
  const checked = (verdict: Verdict): CheckedFile => ({
    file,
    number,
    verdict,
    firstRow: canonical?.firstRow,
    typedRows: splitter.goodRows,
    deletedRows: splitter.deletedRows,
  });
  try {
    let fault: FileFault | undefined;
    const add = (rows: readonly InputRow[]) => splitter.add(rows);
    if (!canonical) fault = await file.readRows(add);
    else if (canonical.remaining.length > 0) fault = await file.plain?.readLines(canonical.remaining, add);
    fault ??= splitter.fault;
    // If the file was not read to its end, the share of bad rows means nothing.
    if (fault) return checked(invalid(fault, { kind, extraColumns, missingColumns }));

    const badRows = splitter.bad.rows;
    const findings = {
      kind,
      badRows,
      extraColumns,
      missingColumns,
      renamedColumns,
      isReordered,
      leftOutRows: splitter.leftOutRows,
      ...(badRows > 0 && { rejectedRowsPath: splitter.bad.path }),
    };
    const seen = splitter.mixedNotations;
    // Canonical rows have decimal points: they may contradict the others, and may do so first.
    const mixed =
      canonical && canonical.rows > 0 && (seen || splitter.hasDecimalComma)
        ? await mixedNotations(file, rules.values)
        : seen;
    if (mixed) return checked(invalid(mixed, findings));
    const rows = (canonical?.rows ?? 0) + splitter.goodRows;
    const { deletedRows } = splitter;
    const share = rules.maxBadRowShare;
    if (tooManyBadRows(badRows, rows + badRows, share)) {
      const tooMany = badRowsFault(badRows, rows + badRows, share, splitter.tally);
      return checked(invalid(tooMany, findings));
    }
    return checked({
      outcome: 'valid',
      reader: canonical ? 'plain' : 'exact',
      rows,
      deletedRows,
      ...findings,
    });
  } finally {
    await splitter.close();
  }
}

/** Reads all rows of a file of which the canonical ones were not checked one by one. */
async function mixedNotations(file: InputFile, settings: ValueSettings): Promise<FileFault | undefined> {
  const rules = new RowCheck(file.header, settings);
  await file.readRows((rows) => {
    for (const { cells, line, fault } of rows) if (!fault) rules.judge(cells, line);
  });
  return rules.mixedNotations;
}

const FIX_ROWS = 'fix the rows listed in the .rows.csv next to this file, and upload the whole file again';

/** The fault of a file with more than the allowed share of bad rows. */
export function badRowsFault(badRows: number, rows: number, share: number, tally: FaultTally): FileFault {
  const details = tally.mostFrequent();
  const { remedies, lines, all } = tally.declarations();
  const declared = remedies.join('; ');
  return {
    reason:
      `${badRows} of ${plural(rows, 'row')} ${badRows === 1 ? 'is' : 'are'} bad (${percent(badRows / rows)}), more than the ${percent(share)} allowed; ` +
      `most frequent: ${details.slice(0, 3).join(', ')}`,
    remedy:
      remedies.length === 0 ? FIX_ROWS : all ? `${declared}; or ${FIX_ROWS}` : `${declared}; ${FIX_ROWS}`,
    details,
    ...(lines.length > 0 && { declarations: lines }),
  };
}
