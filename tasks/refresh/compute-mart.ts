import type { Catalog } from '../../catalog/catalog';
import { byColumns, isServed, type Mart, SESSION_START } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, fill } from '../../engine/duckdb/sql';
import { hasLayout } from '../../lake/check';
import { dropTables, type Lake, temporaryName } from '../../lake/lake';
import { type MergeSource, merge, type Txn } from '../../lake/merge';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import type { Snapshot } from '../../lake/snapshot';
import { columnNames } from '../../lake/table-spec';
import { startPublishing } from '../../serving/dynamodb/publishers';
import { type Belonging, belongs, filesOf } from './belonging';
import changedKeysSql from './changed_keys.sql';
import { addedRows, completeRows, queryOf } from './mart-rows';
import { tablesOf } from './source';
import type { WorkingSet } from './working-set';

/** An additive mart's stored rows do not contain what a change takes from them: they were not written by this task. */
export class UnaddableMartError extends Error {
  override readonly name = 'UnaddableMartError';
}

/** A mart to bring up to date, and the rows to do it with. */
export interface MartUpdate {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly mart: Mart;
  readonly timeZone: string;
  /** The mart's table as it was when the run started; undefined if there is none. */
  readonly before: Snapshot | undefined;
  readonly basis: readonly Txn[];
}

export interface ComputedMart {
  /** The version of the mart's table that has the rows. */
  readonly version: number | null;
  /** When this run started to write to DynamoDB, as recorded in the commit; undefined if no row changed. */
  readonly startedAt: number | undefined;
}

/** Whether a change is all that a working set holds: otherwise it holds everything. */
export type Changed = 'added' | 'replaced' | 'everything';

/** Up to this many rows are merged beside the computation of other marts: it takes little memory, and most of the time is that of requests. */
const FEW_ROWS = 100_000;

/**
 * Computes a mart's rows from a working set and merges them into its table, in one commit with its basis. Only rows that differ are
 * written.
 *
 * @param how `everything`: the working set holds all rows; `replaced`: those of the touched values, whose stored rows are replaced;
 * `added`: what changed, before and after
 * @returns once nothing more is read from the working set; few rows are merged meanwhile
 * @throws UnaddableMartError, with nothing written: compute everything
 */
export async function computeMart(
  update: MartUpdate,
  rows: WorkingSet,
  how: Changed,
): Promise<{ readonly merged: Promise<ComputedMart> }> {
  const { lake, catalog, mart, before, basis } = update;
  const { startedAt, txns: txnsOfRows } = startPublishing(before, lake.clock());
  const { source, computed, tables } =
    how === 'added' ? await added(update, rows) : await replaced(update, rows);
  const table = catalog.martTable(mart.name);
  // An earlier release stored it in other partitions.
  const replace = !hasLayout(table, before);
  const isRead = catalog.marts.some((other) => tablesOf(catalog, other).includes(mart.name));
  const options = {
    txns: basis,
    txnsOfRows,
    since: before ?? null,
    replace,
    keepsKeys: isServed(mart),
    keepsChanges: isRead && before ? ('cache' as const) : undefined,
  };
  const merged = (async () => {
    const { version, inserted, updated, deleted } = await merge(lake, table, source, options);
    await dropTables(lake, tables);
    return { version, startedAt: inserted + updated + deleted > 0 ? startedAt : undefined };
  })();
  // What fails here fails where it is awaited.
  merged.catch(() => {});
  if (computed === undefined || !(await hasFewRows(lake, computed))) await merged;
  return { merged };
}

async function hasFewRows({ db }: Lake, table: string): Promise<boolean> {
  const [count] = await db.rows(`select count(*) as rows from ${table}`);
  return Number(count?.rows) <= FEW_ROWS;
}

interface Computed {
  readonly source: MergeSource;
  /** The table that the source consists of; undefined if it reads the working set. */
  readonly computed: string | undefined;
  /** To drop after the merge. */
  readonly tables: readonly string[];
}

/** The rows of the touched values, or all, and the keys among them that no longer exist. */
async function replaced(update: MartUpdate, rows: WorkingSet): Promise<Computed> {
  const { lake, catalog, mart, before, timeZone } = update;
  const { touched } = rows;
  await rows.show('after');
  const query = completeRows(mart, `(${queryOf(mart, timeZone)})`);
  if (!before) return { source: { rows: `(${query})` }, computed: undefined, tables: [] };
  const now = temporaryName(lake, 'now');
  const of: Belonging | undefined = touched
    ? {
        relation: touched,
        columns: byColumns(mart),
        time: mart.refresh.by === 'session' ? SESSION_START : undefined,
      }
    : undefined;
  // Others are of rows that may not be complete.
  const ofTouched = of ? ` as q semi join ${of.relation} as t on ${belongs(of, 'q', 't')}` : '';
  await lake.db.run(`create temp table ${now} as select * from (${query})${ofTouched}`);
  const table = catalog.martTable(mart.name);
  const files = of && (await filesOf(lake, table, before.files, of));
  const old = temporaryName(lake, 'old');
  const read = new Set([...mart.key, ...(of?.columns ?? []), ...(of?.time === undefined ? [] : [of.time])]);
  await scan(lake, before, table, old, [...read], files);
  const key = columnList(mart.key);
  const affected = of ? `${old} as o semi join ${of.relation} as t on ${belongs(of, 'o', 't')}` : old;
  const deletes = `(select ${key} from ${affected} except select ${key} from ${now})`;
  return { source: { rows: now, deletes }, computed: now, tables: [now] };
}

/** The rows whose sums a change affects, and the keys among them of which nothing is left. */
async function added(update: MartUpdate, rows: WorkingSet): Promise<Computed> {
  const { lake, catalog, mart, before: snapshot, timeZone } = update;
  const { name, key, refresh } = mart;
  const [before, after, sums] = ['before', 'after', 'sums'].map((role) => temporaryName(lake, role)) as [
    string,
    string,
    string,
  ];
  for (const [state, into] of [
    ['before', before],
    ['after', after],
  ] as const) {
    await rows.show(state);
    await lake.db.run(`create temp table ${into} as ${queryOf(mart, timeZone)}`);
  }
  const keys = `(${fill(changedKeysSql, { before: `select * from ${before}`, after: `select * from ${after}`, key: columnList(key) })})`;
  const table = catalog.martTable(name);
  const files = await filesThatMayHold(lake, table, snapshot?.files ?? new Map(), keys);
  const stored = temporaryName(lake, 'stored');
  await scan(lake, snapshot, table, stored, columnNames(table), files);
  await lake.db.run(`create temp table ${sums} as ${addedRows(mart, keys, stored, before, after)}`);
  const exists = quoteIdentifier(refresh.exists ?? '');
  const wrong = await lake.db.rows(`select 1 from ${sums} where ${exists} < 0 limit 1`);
  if (wrong.length > 0) {
    await dropTables(lake, [before, after, sums]);
    throw new UnaddableMartError(`${table.location}: a row would have fewer than 0 ${refresh.exists}`);
  }
  const source = {
    rows: `(${completeRows(mart, `(select * from ${sums} where ${exists} > 0)`)})`,
    deletes: `(select ${columnList(key)} from ${sums} where ${exists} = 0)`,
  };
  return { source, computed: sums, tables: [before, after, sums] };
}
