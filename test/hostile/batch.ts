import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { catalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { type FileFault, tooManyBadRows } from '../../domain/file-rules';
import { undeclaredQuantity } from '../../domain/quantity';
import { rowGuard } from '../../domain/row-guards';
import { RowCheck } from '../../domain/row-rules';
import type { ValidatedFile } from '../../domain/workflow';
import { DuckDb } from '../../engine/duckdb/session';
import { inspectFile } from '../../formats/inspect-file';
import { validatedRows } from '../../formats/validated-rows';
import { orders, UPLOADED_AT, Validation } from '../tasks/validate/validation';
import type { HostileFile } from './csv-files';
import { formulasIn } from './spreadsheet';
import { MARK } from './tokens';

const SENTINEL = 'input/orders_sentinel.csv';
const SENTINEL_ROWS = 3;
const LIMITS = { maxUnpackedBytes: 2 ** 30, maxUnpackedRatio: 200 };

/** What validate may write, besides the manifest that it is given. */
const OUR_KEYS =
  /^(results\/execution-1(\.json|\/batch\.json|\/moves\/(in)?valid-\d{3}\.json|\/rows\/(products|orders|order_items)\/\d{5}\.parquet)|rejected\/execution-1\/[\s\S]*\.(reason\.json|rows\.csv))$/;

/** A DuckDB session that many batches share, and the statements that it was given. */
export class RecordedDuckDb {
  readonly statements: string[] = [];

  private constructor(
    readonly db: DuckDb,
    private readonly closeSession: () => void,
  ) {}

  static async open(directory: string): Promise<RecordedDuckDb> {
    const db = await DuckDb.open({ tempDirectory: directory, threads: 1 });
    const recorded = new RecordedDuckDb(db, db.close.bind(db));
    const { connection } = db;
    for (const method of ['run', 'runAndReadAll'] as const) {
      const original = connection[method].bind(connection) as (...args: unknown[]) => unknown;
      Object.assign(connection, {
        [method]: (sql: string, ...rest: unknown[]) => {
          recorded.statements.push(sql);
          return original(sql, ...rest);
        },
      });
    }
    // The task closes what it opened; here the next batch goes on with it.
    db.close = () => {};
    return recorded;
  }

  async tables(): Promise<string[]> {
    return (await this.db.rows<{ name: string }>('select table_name as name from duckdb_tables()')).map(
      ({ name }) => name,
    );
  }

  close(): void {
    this.closeSession();
  }
}

/**
 * Validates hostile files beside a good one.
 * @param share of a file's rows that may be bad
 * @param contracts that of orders is the included one
 * @returns what is wrong with what came of it, a sentence each: nothing is to be
 */
export async function faultsOfBatch(
  files: readonly HostileFile[],
  share: number,
  recorded: RecordedDuckDb,
  contracts: readonly Contract[] = catalog.contracts,
): Promise<string[]> {
  const faults: string[] = [];
  const expect = (holds: boolean, otherwise: string) => {
    if (!holds) faults.push(otherwise);
  };
  const validation = new Validation();
  recorded.statements.length = 0;
  try {
    const byKey = new Map(files.map((file) => [file.key, file]));
    for (const { key, body } of byKey.values()) await validation.add(key, body);
    await validation.add(SENTINEL, orders(SENTINEL_ROWS));
    await validation.run(
      { MAX_BAD_ROW_SHARE: share, MAX_UNPACKED_BYTES: LIMITS.maxUnpackedBytes },
      { openDuckDb: async () => recorded.db, catalog: { ...catalog, contracts } },
    );

    const lines = await stagedLines(validation, recorded.db);
    const sentinel = validation.of(SENTINEL);
    expect(
      sentinel.outcome === 'valid' &&
        sentinel.rows === SENTINEL_ROWS &&
        lines.get(SENTINEL)?.length === SENTINEL_ROWS,
      `the good file beside it became ${JSON.stringify(sentinel)}`,
    );
    for (const file of byKey.values()) {
      const found = validation.of(file.key);
      const wanted = await rowByRow(file, validation.workDirectory, contracts);
      faults.push(...disagreements(validation, found, wanted, lines.get(file.key) ?? [], share));
    }
    const inputs = new Set([...byKey.keys(), SENTINEL]);
    for (const key of validation.bucket.keys()) {
      expect(inputs.has(key) || OUR_KEYS.test(key), `it wrote ${JSON.stringify(key)}`);
      expect(Buffer.byteLength(key) <= 1024, `${JSON.stringify(key)} is too long for S3`);
    }
    const left = readdirSync(validation.workDirectory).filter(
      (name) => !/^(duckdb|staged-\d+\.parquet|oracle(\.flat|\.text|\.text\.flat)?)$/.test(name),
    );
    expect(left.length === 0, `on local disk it left ${left}`);
    const ours = recorded.statements.filter((sql) => sql.includes(MARK));
    expect(ours.length === 0, `SQL holds what a file holds: ${ours[0]}`);
    const tables = await recorded.tables();
    expect(
      tables.every((table) => table === 'valid_sources'),
      `in DuckDB it left ${tables}`,
    );
  } finally {
    validation.close();
  }
  return faults;
}

interface RowByRow {
  readonly fault?: string;
  readonly good: readonly number[];
  readonly bad: readonly number[];
}

/** What the rules make of a file when every row passes through them. */
async function rowByRow(
  { key, body }: HostileFile,
  directory: string,
  contracts: readonly Contract[],
): Promise<RowByRow> {
  const local = path.join(directory, 'oracle');
  writeFileSync(local, body);
  const good: number[] = [];
  const bad: number[] = [];
  const inspection = await inspectFile(
    { key, uploadedAt: UPLOADED_AT, path: local, size: body.length },
    { ...LIMITS, contracts },
  );
  if ('fault' in inspection) return { fault: inspection.fault.reason, good, bad };
  const { header } = inspection.file;
  const rules = new RowCheck(header);
  const guard = rowGuard(header.guards);
  let ofPieces: FileFault | undefined;
  const fault = await inspection.file.readRows((rows) => {
    for (const { cells, line, fault } of rows) {
      const guarded = !fault && cells.length === header.width ? guard(cells) : undefined;
      if (guarded?.outcome === 'pieces') {
        ofPieces ??= undeclaredQuantity(header.contract, guarded.column, guarded.cell, line);
      } else if (guarded?.outcome === 'bad') {
        bad.push(line);
      } else if (guarded?.outcome !== 'leftOut') {
        const isGood = !fault && rules.check(cells, line, guarded?.outcome === 'deleted').ok;
        (isGood ? good : bad).push(line);
      }
    }
  });
  const found = fault ?? ofPieces ?? rules.mixedNotations;
  return { ...(found && { fault: found.reason }), good, bad };
}

/** The lines of every file's good rows, as stage will find them. */
async function stagedLines(validation: Validation, db: DuckDb): Promise<Map<string, number[]>> {
  const lines = new Map<string, number[]>();
  const staged = new Map([...validation.validated.values()].map(({ rows_key, kind }) => [rows_key, kind]));
  for (const [part, [key, kind]] of [...staged].entries()) {
    if (key === undefined || kind === undefined) continue;
    // Each under a name of its own: the session may go by what it knows of a file that lay there before.
    const local = path.join(validation.workDirectory, `staged-${part}.parquet`);
    await validation.bucket.download(key, local);
    const rows = await db.rows<{ key: string; line: string }>(
      `select _source_key as key, _source_line as line from ${validatedRows(catalog.contract(kind), [local])} order by _source_line`,
    );
    for (const row of rows) {
      const ofFile = lines.get(row.key);
      if (ofFile) ofFile.push(Number(row.line));
      else lines.set(row.key, [Number(row.line)]);
    }
  }
  return lines;
}

function disagreements(
  validation: Validation,
  found: ValidatedFile,
  wanted: RowByRow,
  lines: readonly number[],
  share: number,
): string[] {
  const { key } = found;
  const faults: string[] = [];
  const same = (what: string, one: unknown, other: unknown) => {
    if (JSON.stringify(one) !== JSON.stringify(other)) {
      faults.push(
        `${JSON.stringify(key)}: ${what} ${JSON.stringify(one)}, row by row ${JSON.stringify(other)}`,
      );
    }
  };
  const rejected = validation.bucket.text(found.rejected_rows_key ?? '') ?? '';
  if (wanted.fault !== undefined) {
    same('outcome', found.outcome, 'invalid');
    same('reason', found.reason?.startsWith(wanted.fault), true);
  } else {
    same('bad rows', found.bad_rows, wanted.bad.length);
    const records: { line: string }[] = rejected === '' ? [] : parse(rejected, { columns: true });
    same(
      'lines of bad rows',
      records.map(({ line }) => Number(line)),
      wanted.bad,
    );
    same('lines of good rows', lines, found.outcome === 'valid' ? wanted.good : []);
    same('outcome', found.outcome, tooMany(wanted, share) ? 'invalid' : 'valid');
  }
  for (const cell of formulasIn(rejected))
    faults.push(`${JSON.stringify(key)}: ${JSON.stringify(cell)} is a formula`);
  if (found.outcome === 'invalid') {
    same('key in the reason', validation.reason(key).key, key);
  }
  return faults;
}

const tooMany = ({ good, bad }: RowByRow, share: number): boolean =>
  tooManyBadRows(bad.length, good.length + bad.length, share);
