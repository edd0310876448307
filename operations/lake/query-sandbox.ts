import { rm } from 'node:fs/promises';
import { types } from 'node:util';
import { StatementType } from '@duckdb/node-api';
import { DuckDb, quoteIdentifier, quoteList } from '../../engine/duckdb/session';
import { duckDbType } from '../../lake/schema';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { LakeQueryError } from './query-error';

const INTERRUPT_MS = 50;
/** DuckDB looks for an interruption between two chunks of rows. */
const GRACE_MS = 500;

/** Of one query; what does not fit is spilled. */
const MEMORY = '1GB';
const SPILL_BYTES = 4_000_000_000;

/** What the query reads of a table. */
export interface TableUse {
  readonly spec: TableSpec;
  /** One at least. */
  readonly columns: readonly string[];
}

export interface SandboxOptions {
  /** For what does not fit into memory; made, and removed afterwards. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Works with a DuckDB of its own, which is interrupted when its time is over or the signal aborts. A function that cannot
 * be interrupted is not waited for: the sandbox is closed when it comes to its end.
 * @throws LakeQueryError for either
 */
export async function inSandbox<Result>(
  { directory, timeoutMs, signal }: SandboxOptions,
  work: (sandbox: DuckDb) => Promise<Result>,
): Promise<Result> {
  requireNotCancelled(signal);
  const sandbox = await DuckDb.open({
    tempDirectory: directory,
    memoryLimit: MEMORY,
    spillLimit: SPILL_BYTES,
  });
  let stopped: LakeQueryError | undefined;
  const timers: NodeJS.Timeout[] = [];
  let onAbort = () => {};
  const overdue = new Promise<never>((_, reject) => {
    const stop = (error: LakeQueryError) => {
      stopped ??= error;
      // Between two statements an interruption goes by unnoticed.
      timers.push(setInterval(() => sandbox.connection.interrupt(), INTERRUPT_MS));
      timers.push(setTimeout(() => reject(stopped), GRACE_MS));
    };
    timers.push(setTimeout(() => stop(timeoutOf(timeoutMs)), timeoutMs));
    onAbort = () => stop(CANCELLED());
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  const working = work(sandbox).finally(async () => {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });
  try {
    return await Promise.race([working, overdue]);
  } catch (error) {
    throw stopped ?? error;
  }
}

export function requireNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw CANCELLED();
}

const CANCELLED = () => new LakeQueryError('cancelled', 'the query was stopped');

const timeoutOf = (timeoutMs: number) =>
  new LakeQueryError(
    'timeout',
    `the query was not done after ${timeoutMs / 1000} s, and stopped: filter or aggregate earlier, or give it more time`,
  );

/** Nothing but these files can be read or written from here on, no extension loaded, and no setting changed. */
export async function lock(sandbox: DuckDb, files: readonly string[]): Promise<void> {
  await sandbox.run(`set allowed_paths = ${quoteList(files)}`);
  await sandbox.run('set enable_external_access = false');
  await sandbox.run('set lock_configuration = true');
}

/**
 * What a query reads, as DuckDB plans it over tables without rows: nothing of the lake is read for it.
 * @throws LakeQueryError where it is not one SELECT without parameters; what DuckDB throws where it cannot be bound
 */
export async function planQuery(
  sandbox: DuckDb,
  specs: readonly TableSpec[],
  sql: string,
): Promise<TableUse[]> {
  for (const { name, columns } of specs) {
    const declared = columns.map((column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`);
    await sandbox.run(`create temp table ${quoteIdentifier(name)} (${declared.join(', ')})`);
  }
  // Others would take a table without rows out of the plan.
  const optimizers = await sandbox.rows<{ name: string }>(
    "select name from duckdb_optimizers() where name <> 'unused_columns'",
  );
  await sandbox.run(`set disabled_optimizers = '${optimizers.map(({ name }) => name).join(',')}'`);
  await lock(sandbox, []);
  await requireSelect(sandbox, sql);
  const [plan] = await sandbox.rows<{ explain_value: string }>(`explain (format json)\n${sql}`);
  const scanned = scansOf(JSON.parse(plan?.explain_value ?? '[]'));
  return specs.flatMap((spec) => {
    const columns = scanned.get(spec.name);
    if (!columns) return [];
    const read = columnNames(spec).filter((name) => columns.has(name));
    // To count rows.
    return [{ spec, columns: read.length > 0 ? read : spec.key.slice(0, 1) }];
  });
}

async function requireSelect({ connection }: DuckDb, sql: string): Promise<void> {
  const nothing = new LakeQueryError('sql', 'there is no SQL: expected one SELECT');
  // DuckDB takes it for the end.
  if (sql.includes('\0')) throw new LakeQueryError('sql', 'a NUL byte cannot stand in SQL');
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    throw types.isNativeError(error) && error.message.includes('native callback') ? nothing : error;
  });
  if (statements.count === 0) throw nothing;
  if (statements.count > 1) {
    throw new LakeQueryError('refused', `expected one statement, got ${statements.count}: run one at a time`);
  }
  const statement = await statements.prepare(0);
  if (statement.statementType !== StatementType.SELECT) {
    const type = StatementType[statement.statementType] ?? 'another';
    throw new LakeQueryError('refused', `expected a SELECT, got ${type}: the lake is read here, not changed`);
  }
  if (statement.parameterCount > 0) {
    throw new LakeQueryError('sql', 'there are no values for parameters: write the values into the SQL');
  }
}

interface PlanNode {
  readonly children?: readonly PlanNode[];
  readonly extra_info?: { readonly Table?: string; readonly Projections?: string | readonly string[] };
}

/** The columns that are read, by table: one of several scans of a table's reads them all. */
function scansOf(
  plan: readonly PlanNode[],
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  for (const { children = [], extra_info: { Table, Projections = [] } = {} } of plan) {
    if (Table !== undefined) {
      const name = Table.split('.').at(-1) ?? '';
      const columns = found.get(name) ?? new Set();
      for (const column of [Projections].flat()) columns.add(column);
      found.set(name, columns);
    }
    scansOf(children, found);
  }
  return found;
}
