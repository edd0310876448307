import { rename, rm } from 'node:fs/promises';
import { type FileFault, percent, tooManyBadRows } from '../../domain/file-rules';
import { plural } from '../../domain/plural';
import type { DuckDb } from '../../engine/duckdb/session';
import {
  type CanonicalFile,
  type CanonicalRows,
  plainShape,
  readCanonicalRows,
} from '../../formats/csv/canonical-rows';
import type { InspectedFile, InspectionRules } from '../../formats/csv/inspect-file';
import { readLines } from '../../formats/csv/read-lines';
import { type CsvRow, readRows } from '../../formats/csv/read-rows';
import { readText } from '../../formats/csv/read-text';
import { SortedRows } from './sorted-rows';
import { TypedRows } from './typed-rows';
import { invalid, type ValidFile, type Verdict } from './verdict';
import { writeRows } from './write-rows';

export interface FileRules extends InspectionRules {
  /** The share of a file's rows, 0 to 1, that may be bad. */
  readonly maxBadRowShare: number;
}

/**
 * The rules of rows, applied to files of one contract; those of one shape are read together. Only a fault of ours, or of the
 * machine, throws.
 *
 * @param rowsPath where the good rows of all valid files go, as one Parquet file, if there are any
 * @returns a verdict for each file, in their order
 */
export async function checkFiles(
  files: readonly InspectedFile[],
  rules: FileRules,
  db: DuckDb,
  rowsPath: string,
): Promise<Verdict[]> {
  const { contract } = (files as readonly [InspectedFile])[0].header;
  const typed = await TypedRows.open(db, contract.columns.length);
  const canonicalPaths: string[] = [];
  const checked: CheckedFile[] = [];
  try {
    for (const { files: together, canonical } of await readTogether(db, files, rowsPath)) {
      if (canonical?.path) canonicalPaths.push(canonical.path);
      for (const [at, file] of together.entries()) {
        checked.push(await checkRows(file, checked.length, canonical?.files[at], rules, typed));
      }
    }
    const good = checked.filter(({ verdict }) => verdict.outcome === 'valid' && verdict.rows > 0);
    const [canonicalPath] = canonicalPaths;
    if (canonicalPath && isWholeOfOneFile(checked)) {
      await rename(canonicalPath, rowsPath);
    } else if (good.length > 0) {
      typed.flush();
      const sources = good.map(({ file, number, firstRow }) => ({
        file: number,
        origin: file.origin,
        firstRow,
      }));
      const hasTyped = checked.some(({ typedRows }) => typedRows > 0);
      const from = { canonical: canonicalPaths, typed: hasTyped ? typed.table : undefined };
      await writeRows(db, contract, sources, from, rowsPath);
    }
    const verdicts = new Map<InspectedFile, Verdict>(checked.map(({ file, verdict }) => [file, verdict]));
    for (const { file, verdict } of good) verdicts.set(file, { ...(verdict as ValidFile), rowsPath });
    return files.map((file) => verdicts.get(file) as Verdict);
  } finally {
    await typed.close();
    for (const path of canonicalPaths) await rm(path, { force: true });
  }
}

/** Nothing is to be taken out of the canonical rows, or to be added. */
function isWholeOfOneFile(checked: readonly CheckedFile[]): boolean {
  const [only, ...others] = checked;
  if (!only || others.length > 0 || only.verdict.outcome !== 'valid') return false;
  return only.typedRows === 0 && only.verdict.rows === only.file.scan.lines - 1;
}

interface ReadFiles {
  readonly files: readonly InspectedFile[];
  /** None where they are to be read row by row. */
  readonly canonical?: Omit<CanonicalRows, 'path'> & { readonly path?: string };
}

/** Reads what can be read without its rows passing through JavaScript, the files of each shape together. */
async function readTogether(
  db: DuckDb,
  files: readonly InspectedFile[],
  rowsPath: string,
): Promise<ReadFiles[]> {
  const shapes = new Map<string, InspectedFile[]>();
  const read: ReadFiles[] = [];
  for (const file of files) {
    const shape = plainShape(file);
    if (shape === undefined) read.push({ files: [file] });
    else if (file.scan.lines === 1) read.push({ files: [file], canonical: { files: [NO_ROWS] } });
    else if (shapes.get(shape)?.push(file) === undefined) shapes.set(shape, [file]);
  }
  // The files get their numbers in the order of the result.
  let first = read.length;
  const readShape = async (ofShape: readonly InspectedFile[]): Promise<void> => {
    const canonical = await readCanonicalRows(db, ofShape, first, `${rowsPath}.${first}`);
    if (canonical || ofShape.length === 1) {
      read.push({ files: ofShape, ...(canonical && { canonical }) });
      first += ofShape.length;
      return;
    }
    // One of them is not what it seemed; the others need not suffer for it.
    const half = Math.ceil(ofShape.length / 2);
    await readShape(ofShape.slice(0, half));
    await readShape(ofShape.slice(half));
  };
  for (const ofShape of shapes.values()) await readShape(ofShape);
  return read;
}

const NO_ROWS: CanonicalFile = { firstRow: 0, rows: 0, remaining: [] };

interface CheckedFile {
  readonly file: InspectedFile;
  readonly number: number;
  readonly verdict: Verdict;
  readonly firstRow: number | undefined;
  /** Good rows in the table of those that the rules decided on. */
  readonly typedRows: number;
}

async function checkRows(
  file: InspectedFile,
  number: number,
  canonical: CanonicalFile | undefined,
  rules: FileRules,
  typed: TypedRows,
): Promise<CheckedFile> {
  const { source, scan, header, delimiter } = file;
  const { extraColumns } = header;
  const { kind } = header.contract;
  const sorted = new SortedRows(header, number, typed, `${source.path}.rows.csv`);
  const checked = (verdict: Verdict): CheckedFile => ({
    file,
    number,
    verdict,
    firstRow: canonical?.firstRow,
    typedRows: sorted.goodRows,
  });
  try {
    let fault: FileFault | undefined;
    const text = withoutFirst(scan.bomBytes, readText(source));
    const take = (rows: readonly CsvRow[]) => sorted.take(rows);
    if (!canonical) fault = await readRows(text, delimiter, take);
    else if (canonical.remaining.length > 0) await readLines(text, canonical.remaining, delimiter, take);
    // How many rows are bad means nothing where not all of them could be read.
    if (fault) return checked(invalid(fault, { kind, extraColumns }));

    const badRows = sorted.bad.rows;
    const findings = {
      kind,
      badRows,
      extraColumns,
      ...(badRows > 0 && { rejectedRowsPath: sorted.bad.path }),
    };
    const rows = (canonical?.rows ?? 0) + sorted.goodRows;
    if (tooManyBadRows(badRows, rows + badRows, rules.maxBadRowShare)) {
      const reason = badRowsFault(badRows, rows + badRows, rules.maxBadRowShare, sorted.tally.commonest());
      return checked(invalid(reason, findings));
    }
    return checked({ outcome: 'valid', reader: canonical ? 'plain' : 'exact', rows, ...findings });
  } finally {
    await sorted.close();
  }
}

function badRowsFault(badRows: number, rows: number, share: number, details: readonly string[]): FileFault {
  return {
    reason:
      `${badRows} of ${plural(rows, 'row')} ${badRows === 1 ? 'is' : 'are'} bad (${percent(badRows / rows)}), more than the ${percent(share)} allowed; ` +
      `most of all ${details.slice(0, 3).join(', ')}`,
    remedy: 'mend the rows listed in the .rows.csv beside this file, and drop the whole file in again',
    details,
  };
}

async function* withoutFirst(bytes: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}
