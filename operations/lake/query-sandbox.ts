import { rm } from 'node:fs/promises';
import { lock } from '../../engine/duckdb/locked';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { requireSelect, SelectError } from '../../engine/duckdb/select';
import { DuckDb } from '../../engine/duckdb/session';
import { duckDbType } from '../../lake/schema';
import { columnNames, type TableSpec, visibleColumns } from '../../lake/table-spec';
import { LakeQueryError } from './query-error';

const INTERRUPT_MS = 50;
/** DuckDB checks for an interrupt between two chunks of rows. */
const GRACE_MS = 500;

/** Limit per query; larger intermediate results are spilled to disk. */
const MEMORY = '1GB';
const SPILL_BYTES = 4_000_000_000;

/** The columns that a query reads of a table. */
export interface TableUse {
  readonly spec: TableSpec;
  /** At least one. */
  readonly columns: readonly string[];
}

export interface SandboxOptions {
  /** For spilled data; created, and removed afterwards. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs work in its own DuckDB instance, which is interrupted on timeout and when the signal aborts. It does not wait for
 * functions that cannot be interrupted: the sandbox is closed when they return.
 * @throws LakeQueryError on timeout and abort
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
      // An interrupt between two statements has no effect.
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

const CANCELLED = () => new LakeQueryError('cancelled', 'the query was cancelled');

const timeoutOf = (timeoutMs: number) =>
  new LakeQueryError(
    'timeout',
    `the query timed out after ${timeoutMs / 1000} s: filter or aggregate earlier, or increase the timeout`,
  );

/**
 * The tables and columns that a query reads, from DuckDB's plan over empty tables; reads nothing from the lake.
 * @throws LakeQueryError if it is not a single SELECT without parameters; DuckDB's error if it cannot be bound
 */
export async function planQuery(
  sandbox: DuckDb,
  specs: readonly TableSpec[],
  sql: string,
): Promise<TableUse[]> {
  for (const spec of specs) {
    const declared = visibleColumns(spec).map(
      (column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`,
    );
    await sandbox.run(`create temp table ${quoteIdentifier(spec.name)} (${declared.join(', ')})`);
  }
  // The others would remove an empty table from the plan.
  const optimizers = await sandbox.rows<{ name: string }>(
    "select name from duckdb_optimizers() where name <> 'unused_columns'",
  );
  await sandbox.run(`set disabled_optimizers = '${optimizers.map(({ name }) => name).join(',')}'`);
  await lock(sandbox, []);
  await requireQuery(sandbox, sql);
  const [plan] = await sandbox.rows<{ explain_value: string }>(`explain (format json)\n${sql}`);
  const scanned = scansOf(JSON.parse(plan?.explain_value ?? '[]'));
  return specs.flatMap((spec) => {
    const columns = scanned.get(spec.name);
    if (!columns) return [];
    const read = columnNames(spec).filter((name) => columns.has(name));
    // A row count needs one column.
    return [{ spec, columns: read.length > 0 ? read : spec.key.slice(0, 1) }];
  });
}

async function requireQuery(sandbox: DuckDb, sql: string): Promise<void> {
  await requireSelect(sandbox, sql).catch((error: unknown) => {
    throw error instanceof SelectError ? new LakeQueryError(error.failure, error.message) : error;
  });
}

interface PlanNode {
  readonly children?: readonly PlanNode[];
  readonly extra_info?: { readonly Table?: string; readonly Projections?: string | readonly string[] };
}

/** The columns that are read, by table, over all scans of it. */
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
