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
import { type CheckedRow, rowCheck, STRAY_QUOTE } from '../../domain/row-rules';
import type { DuckDb } from '../../lake/duckdb';
import { type PlainFile, writeCanonicalRows } from './canonical-rows';
import { FaultTally } from './fault-tally';
import { readHeader } from './read-header';
import { readLines } from './read-lines';
import { type CsvRow, readRows } from './read-rows';
import { readText, type TextSource, type UnpackLimits } from './read-text';
import { RejectedRows } from './rejected-rows';
import { scanText } from './scan-text';
import type { RowSource } from './typed-columns';
import { TypedRows } from './typed-rows';

/** An input file on local disk. What is made of it lies beside it, under its path with a suffix. */
export interface LocalFile extends RowSource {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface FileRules extends UnpackLimits {
  /** The share of a file's rows, 0 to 1, that may be bad. */
  readonly maxBadRowShare: number;
}

/** `plain`: by DuckDB but for the lines it does not take; `exact`: row by row. Both give the same rows. */
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
  return checkRows({ origin: file, source, scan: scanned.scan, header: match, delimiter }, rules, db);
}

function invalid(fault: FileFault, findings: Partial<RowFindings> & { kind?: Kind } = {}): InvalidFile {
  const kind = findings.kind ?? fault.kind;
  return { outcome: 'invalid', badRows: 0, extraColumns: [], ...findings, ...(kind && { kind }), fault };
}

async function checkRows(file: PlainFile, rules: FileRules, db: DuckDb): Promise<Verdict> {
  const { source, scan, header, delimiter } = file;
  const { kind, extraColumns } = header;
  const canonicalPath = `${source.path}.canonical.parquet`;
  const canonical = await writeCanonicalRows(db, file, canonicalPath);
  const sorted = await SortedRows.open(header, `${source.path}.rows.csv`, db);
  try {
    let fault: FileFault | undefined;
    const text = withoutFirst(scan.bomBytes, readText(source));
    const take = (rows: readonly CsvRow[]) => sorted.take(rows);
    if (!canonical) fault = await readRows(text, delimiter, take);
    else if (canonical.remaining.length > 0) await readLines(text, canonical.remaining, delimiter, take);
    // How many rows are bad means nothing where not all of them could be read.
    if (fault) return invalid(fault, { kind, extraColumns });

    const badRows = sorted.bad.rows;
    const findings = {
      kind,
      badRows,
      extraColumns,
      ...(badRows > 0 && { rejectedRowsPath: sorted.bad.path }),
    };
    const rows = (canonical?.rows ?? 0) + sorted.good.rows;
    if (tooManyBadRows(badRows, rows + badRows, rules.maxBadRowShare)) {
      return invalid(badRowsFault(badRows, rows + badRows, rules.maxBadRowShare, sorted.tally), findings);
    }
    const valid = { outcome: 'valid', reader: canonical ? 'plain' : 'exact', rows, ...findings } as const;
    if (rows === 0) return valid;
    if (canonical && sorted.good.rows === 0) return { ...valid, rowsPath: canonicalPath };
    const rowsPath = `${source.path}.parquet`;
    await sorted.good.writeParquet(rowsPath, file.origin, canonical && canonicalPath);
    return { ...valid, rowsPath };
  } finally {
    await sorted.close();
  }
}

/** Where the rows of a file go that the rules of domain/ decide on. */
class SortedRows {
  readonly tally = new FaultTally();
  private readonly check: ReturnType<typeof rowCheck>;

  private constructor(
    header: HeaderMatch,
    readonly good: TypedRows,
    readonly bad: RejectedRows,
  ) {
    this.check = rowCheck(header);
  }

  static async open(header: HeaderMatch, rejectedRowsPath: string, db: DuckDb): Promise<SortedRows> {
    return new SortedRows(header, await TypedRows.open(db, header.kind), new RejectedRows(rejectedRowsPath));
  }

  async take(rows: readonly CsvRow[]): Promise<void> {
    for (const row of rows) {
      const checked = row.strayQuote ? STRAY : this.check(row.cells);
      if (checked.ok) {
        this.good.add(checked.values, row.line);
      } else {
        this.bad.add(row.line, checked.faults, row.raw.toString('utf8'));
        this.tally.add(checked.faults, row.line);
      }
    }
    await this.bad.flush();
  }

  async close(): Promise<void> {
    await this.bad.close();
    await this.good.close();
  }
}

const STRAY: CheckedRow = { ok: false, faults: [STRAY_QUOTE] };

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
