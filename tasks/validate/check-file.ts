import {
  type FileFault,
  type FileFormat,
  fileFormat,
  type HeaderMatch,
  percent,
  plural,
  tooManyBadRows,
} from '../../domain/file-rules';
import type { Kind } from '../../domain/kinds';
import { rowCheck, STRAY_QUOTE } from '../../domain/row-rules';
import type { DuckDb } from '../../lake/duckdb';
import { FaultTally } from './fault-tally';
import { isPlain, writePlainRows } from './plain-rows';
import { readHeader } from './read-header';
import { type Delimiter, readRows } from './read-rows';
import { readText, type TextSource, type UnpackLimits } from './read-text';
import { RejectedRows } from './rejected-rows';
import { scanText, type TextScan } from './scan-text';
import type { RowSource } from './typed-columns';
import { TypedRows } from './typed-rows';

/** An input file on local disk. What is made of it lies beside it: `<path>.parquet` and `<path>.rows.csv`. */
export interface LocalFile extends RowSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface FileRules extends UnpackLimits {
  /** The share of a file's rows, 0 to 1, that may be bad. */
  readonly maxBadRowShare: number;
}

/** `plain`: read by DuckDB alone; `exact`: row by row. Both give the same rows. */
export type Reader = 'plain' | 'exact';

interface RowFindings {
  readonly badRows: number;
  readonly extraColumns: readonly string[];
  /** The bad rows as CSV, where there are any. */
  readonly rejectedRowsPath?: string;
}

export interface ValidFile extends RowFindings {
  readonly outcome: 'valid';
  readonly kind: Kind;
  readonly reader: Reader;
  readonly rows: number;
  /** The good rows as Parquet, where there are any. */
  readonly rowsPath?: string;
}

export interface InvalidFile extends RowFindings {
  readonly outcome: 'invalid';
  readonly kind?: Kind;
  readonly fault: FileFault;
}

export type Verdict = ValidFile | InvalidFile;

/** The rules of files and rows, applied to one file. Only a fault of ours, or of the machine, throws. */
export async function checkFile(file: LocalFile, rules: FileRules, db: DuckDb): Promise<Verdict> {
  const format: FileFormat = fileFormat(file.key);
  if ('fault' in format) return invalid(format.fault);
  const source: TextSource = { path: file.path, size: file.size, gzip: format.gzip, limits: rules };

  const scanned = await scanText(source);
  if ('fault' in scanned) return invalid(scanned.fault);
  const header = readHeader(file.key, scanned.scan.headerBytes);
  if ('fault' in header) return invalid(header.fault);

  const { match, delimiter } = header;
  const readable: ReadableFile = { file, source, scan: scanned.scan, header: match, delimiter };
  return (await readPlain(readable, db)) ?? (await readExact(readable, rules, db));
}

function invalid(fault: FileFault, findings: Partial<RowFindings> & { kind?: Kind } = {}): InvalidFile {
  const kind = findings.kind ?? fault.kind;
  return { outcome: 'invalid', badRows: 0, extraColumns: [], ...findings, ...(kind && { kind }), fault };
}

interface ReadableFile {
  readonly file: LocalFile;
  readonly source: TextSource;
  readonly scan: TextScan;
  readonly header: HeaderMatch;
  readonly delimiter: Delimiter;
}

async function readPlain(readable: ReadableFile, db: DuckDb): Promise<ValidFile | undefined> {
  const { file, scan, header, delimiter } = readable;
  const { kind, extraColumns } = header;
  if (!isPlain(scan, header, delimiter)) return undefined;
  const base = { outcome: 'valid', kind, extraColumns, badRows: 0, reader: 'plain' } as const;
  if (scan.lines === 1) return { ...base, rows: 0 };
  const rowsPath = `${file.path}.parquet`;
  const rows = await writePlainRows(db, { ...readable, origin: file }, rowsPath);
  return rows === undefined ? undefined : { ...base, rows, rowsPath };
}

async function readExact(readable: ReadableFile, rules: FileRules, db: DuckDb): Promise<Verdict> {
  const { file, source, scan, header, delimiter } = readable;
  const { kind, extraColumns } = header;
  const check = rowCheck(header);
  const good = await TypedRows.open(db, kind);
  const rejected = new RejectedRows(`${file.path}.rows.csv`);
  const tally = new FaultTally();
  try {
    const text = withoutFirst(scan.bomBytes, readText(source));
    const fault = await readRows(text, delimiter, async (rows) => {
      for (const row of rows) {
        const checked = row.strayQuote ? ({ ok: false, faults: [STRAY_QUOTE] } as const) : check(row.cells);
        if (checked.ok) good.add(checked.values, row.line);
        else {
          rejected.add(row.line, checked.faults, row.raw.toString('utf8'));
          tally.add(checked.faults, row.line);
        }
      }
      await rejected.flush();
    });
    // How many rows are bad means nothing where not all of them could be read.
    if (fault) return invalid(fault, { kind, extraColumns });
    const badRows = rejected.rows;
    const findings = { kind, badRows, extraColumns, ...(badRows > 0 && { rejectedRowsPath: rejected.path }) };
    const total = good.rows + badRows;
    if (tooManyBadRows(badRows, total, rules.maxBadRowShare)) {
      return invalid(badRowsFault(badRows, total, rules.maxBadRowShare, tally), findings);
    }
    const base = { outcome: 'valid', reader: 'exact', rows: good.rows, ...findings } as const;
    if (good.rows === 0) return base;
    const rowsPath = `${file.path}.parquet`;
    await good.writeParquet(rowsPath, file);
    return { ...base, rowsPath };
  } finally {
    await rejected.close();
    await good.close();
  }
}

function badRowsFault(badRows: number, rows: number, share: number, tally: FaultTally): FileFault {
  const details = tally.commonest();
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
