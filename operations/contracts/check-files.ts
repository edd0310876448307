import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { type Catalog, LINEAGE } from '../../catalog/catalog';
import { hashDefinition } from '../../catalog/contract-hash';
import { INPUT, reasonKey, rejectedKey } from '../../domain/object-keys';
import { type Rejection, rejectionSchema } from '../../domain/rejection';
import { fileContracts } from '../../domain/source';
import { type BatchFile, type RowsOfKind, rowsByKind, type ValidatedFile } from '../../domain/workflow';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import { detectForm } from '../../formats/detect-form';
import { writeBatchManifest } from '../../storage/batch-manifest';
import { getJson } from '../../storage/json-object';
import { run as validate } from '../../tasks/validate/validate';
import { DirectoryBucket } from './directory-bucket';
import type { CheckedTable, FileCheck } from './views';

/** A file on this disk. */
export interface FileToCheck {
  readonly path: string;
  /** Its name, which can give its kind; default that of the path. */
  readonly name?: string;
}

/** By what the files are checked; the settings are those of the deployment. */
export interface CheckRules {
  readonly catalog: Pick<Catalog, 'contracts' | 'contract' | 'sources'>;
  /** The maximum share of bad rows in a file, 0 to 1. */
  readonly maxBadRowShare: number;
  readonly timeZone: string;
  /** The shop's currency, if it is declared. */
  readonly currency?: string | undefined;
}

/** Rows and bad rows that a check shows of a file. */
const SHOWN_ROWS = 10;
const SHOWN_BAD_ROWS = 20;
const EXECUTION = 'check';
/** No deployment has this key: a check shows that values are replaced, not their hashes. */
const SAMPLE_KEY = 'sample key of a check, not that of a deployment';

/**
 * What would happen to files in a pipeline: runs the task validate over them, with a bucket on this disk. Nothing else is read
 * or written.
 *
 * @returns one check per file, in their order
 * @throws errors of the file system; faults of files are in the result
 */
export async function checkFiles(files: readonly FileToCheck[], rules: CheckRules): Promise<FileCheck[]> {
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-check-'));
  try {
    const bucket = new DirectoryBucket(directory);
    const batch = await Promise.all(files.map((file, at) => addFile(bucket, file, at)));
    await writeBatchManifest(bucket, { execution_id: EXECUTION, files: batch, messages: [] });
    const workDirectory = path.join(directory, 'work');
    await mkdir(workDirectory);
    const openDuckDb = () => DuckDb.open({ tempDirectory: path.join(directory, 'duckdb') });
    const { files: validated } = await validate(
      { executionId: EXECUTION },
      {
        bucket,
        catalog: rules.catalog,
        config: {
          MAX_BAD_ROW_SHARE: rules.maxBadRowShare,
          REPORTING_TIME_ZONE: rules.timeZone,
          CURRENCY: rules.currency,
        },
        workDirectory,
        openDuckDb,
        clock: () => new Date(),
        logger: SILENT,
        pseudonymKey: async () => SAMPLE_KEY,
      },
    );
    const db = await openDuckDb();
    try {
      const checks: FileCheck[] = [];
      for (const [at, file] of validated.entries())
        checks.push(await describe(file, files[at] as FileToCheck, { bucket, db, rules }));
      return checks;
    } finally {
      db.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const SILENT = { info() {}, warn() {}, error() {} };

const nameOf = ({ name, path: local }: FileToCheck) => name ?? path.basename(local);

async function addFile(bucket: DirectoryBucket, file: FileToCheck, at: number): Promise<BatchFile> {
  const { size, mtime } = await stat(file.path);
  // Two files in different folders can have one name.
  const key = `${INPUT}${at}/${nameOf(file)}`;
  const { etag } = bucket.add(key, file.path, size, mtime);
  return { key, etag, size, uploaded_at: mtime.toISOString() };
}

interface Checked {
  readonly bucket: DirectoryBucket;
  readonly db: DuckDb;
  readonly rules: CheckRules;
}

async function describe(file: ValidatedFile, local: FileToCheck, checked: Checked): Promise<FileCheck> {
  const report = await getJson(checked.bucket, reasonKey(rejectedKey(EXECUTION, file.key)), rejectionSchema);
  const tables: CheckedTable[] = [];
  if (file.outcome === 'valid') {
    for (const rows of rowsByKind(file)) tables.push(await describeRows(file.key, rows, checked));
  }
  return {
    name: nameOf(local),
    outcome: file.outcome === 'valid' ? 'accepted' : 'rejected',
    bytes: file.bytes,
    form: await detectForm(
      { key: file.key, path: local.path, size: file.bytes },
      fileContracts(checked.rules.catalog),
    ),
    kind: file.kind ?? null,
    rows: file.rows,
    bad_rows: file.bad_rows,
    reason: report ? reasonOf(report) : null,
    extra_columns: file.extra_columns,
    missing_columns: file.missing_columns ?? [],
    tables,
    first_bad_rows: await firstBadRows(file, checked),
  };
}

/** @param rows of one kind that the file gives */
async function describeRows(file: string, rows: RowsOfKind, checked: Checked): Promise<CheckedTable> {
  const contract = checked.rules.catalog.contract(rows.kind);
  const columns = contract.columns.map(({ name, type, pseudonymize }) => ({
    name,
    type,
    ...(pseudonymize && { pseudonymized: true }),
  }));
  return {
    kind: rows.kind,
    contract: hashDefinition(contract),
    rows: rows.rows,
    columns,
    first_rows: await firstRows(file, rows.rows_key, columns, checked),
  };
}

const reasonOf = ({ reason, remedy, line, details, declarations, is_unknown }: Rejection) => ({
  reason,
  remedy,
  line: line ?? null,
  details,
  declarations,
  is_unknown,
});

/** Rows in the order of the file, as typed; a value is canonical text, or null. */
async function firstRows(
  file: string,
  rowsKey: string | undefined,
  columns: CheckedTable['columns'],
  { bucket, db }: Checked,
): Promise<(string | null)[][]> {
  const rows = rowsKey === undefined ? undefined : bucket.pathOf(rowsKey);
  if (rows === undefined) return [];
  const names = columns.map(({ name }) => `${quoteIdentifier(name)}::varchar as ${quoteIdentifier(name)}`);
  const [source, , line] = LINEAGE.map(({ name }) => quoteIdentifier(name));
  const sql = `select ${names.join(', ')} from read_parquet(${quoteLiteral(rows)}) where ${source} = $file order by ${line} limit ${SHOWN_ROWS}`;
  const reader = await db.connection.runAndReadAll(sql, { file });
  return reader.getRows() as (string | null)[][];
}

async function firstBadRows(
  { rejected_rows_key }: ValidatedFile,
  { bucket }: Checked,
): Promise<FileCheck['first_bad_rows']> {
  const found = rejected_rows_key === undefined ? undefined : await bucket.get(rejected_rows_key);
  if (!found) return [];
  const [, ...records] = parse(Buffer.from(found), { to: SHOWN_BAD_ROWS + 1 }) as string[][];
  return records.map(([line, column = '', reason = '', row = '']) => ({
    line: Number(line),
    column,
    reason,
    row,
  }));
}
