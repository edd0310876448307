import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, distinctOn, equalOn, fill, greaterOn } from '../../engine/duckdb/sql';
import { type Lake, temporaryName } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { columnNames, type TableSpec } from '../../lake/table-spec';
import { type Difference, type DifferenceRow, differenceOf } from './compare-rows';
import differencesSql from './history-differences.sql';

export interface VerifiedHistory {
  readonly table: string;
  /** Versions of rows in the history, and rows in the staging table, deleted ones too. */
  readonly versions: number;
  readonly rows: number;
}

export interface HistoryComparison extends VerifiedHistory {
  readonly differences: number;
  readonly first: readonly Difference[];
  /** The history has versions that the staging table does not have yet: a batch is running, or its stage task failed. */
  readonly isAhead: boolean;
}

/**
 * Compares the latest version of every key in a history with its row in the staging table. Changes nothing.
 * @param staging a snapshot of the staging table that is not newer than the history
 * @returns undefined if there is no history yet
 */
export async function verifyHistory(
  lake: Lake,
  { deletedColumn: _, ...table }: TableSpec,
  history: TableSpec,
  staging: Snapshot | undefined,
  maxListed: number,
): Promise<HistoryComparison | undefined> {
  const snapshot = await readSnapshot(lake, history.location);
  if (!snapshot) return undefined;
  const names = columnNames(history);
  const [historyView, stagingView, differences] = ['history', 'staging', 'history_differences'].map((role) =>
    temporaryName(lake, role),
  ) as [string, string, string];
  await scan(lake, snapshot, history, historyView, names);
  await scan(lake, staging, table, stagingView, names);
  await lake.db.run(
    fill(differencesSql, {
      differences,
      history: historyView,
      staging: stagingView,
      key: columnList(table.key),
      version: table.versionOrder.map((name) => `${quoteIdentifier(name)} desc nulls last`).join(', '),
      texts: names.flatMap((name, at) => [textOf('h', name, at), textOf('s', name, at)]).join(', '),
      same_key: equalOn(table.key, 'h', 's'),
      differs: distinctOn(names, 'h', 's'),
      ahead: greaterOn(table.versionOrder, 'h', 's'),
    }),
  );
  const [counts] = await lake.db.rows(
    `select (select count(*) from ${historyView}) as versions, (select count(*) from ${stagingView}) as rows, count(*) as differences, coalesce(bool_or(is_ahead), false) as is_ahead from ${differences}`,
  );
  const found = await lake.db.rows<DifferenceRow>(
    `select * from ${differences} order by all limit ${Math.floor(maxListed)}`,
  );
  return {
    table: history.name,
    versions: Number(counts?.versions),
    rows: Number(counts?.rows),
    differences: Number(counts?.differences),
    first: found.map((row) => differenceOf(row, history.location, table.key, names)),
    isAhead: counts?.is_ahead === true,
  };
}

/** As `differenceOf` reads it: the row of the staging table is expected, that of the history found. */
const textOf = (side: 'h' | 's', name: string, at: number): string =>
  `cast(${side}.${quoteIdentifier(name)} as varchar) as ${side === 's' ? 'e' : 'f'}${at}`;
