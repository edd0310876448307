import type { Catalog } from '../../catalog/catalog';
import { DAY, keyColumns, type MartInput, type RowDays } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/session';
import { columnList, fill, renamedList } from '../../engine/duckdb/sql';
import { changedRows } from '../../lake/changes';
import { type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import type { Staging } from './basis';
import changedKeysSql from './changed_keys.sql';
import { dayOf } from './days';
import { inputQuery } from './input-views';

/** The inputs that the affected days are derived from. */
export interface DaysSource {
  readonly lake: Lake;
  readonly catalog: Catalog;
  readonly staging: Staging;
  /** The inputs to read, in the order of the catalog. */
  readonly inputs: readonly MartInput[];
  readonly timeZone: string;
}

/**
 * Creates a temporary table of the distinct {@link DAY}s whose values can differ from those computed at earlier versions of
 * the staging tables. Reads the files added and removed since; from other files, only the columns needed to find the day of
 * a row.
 *
 * @param since version of each staging table by kind, exclusive; -1 to include its first version
 * @returns the table's name; undefined if the log does not reach back that far, so that every day can differ
 */
export async function affectedDays(
  source: DaysSource,
  since: Readonly<Record<string, number>>,
): Promise<string | undefined> {
  const changed = new Map<string, string>();
  for (const input of source.inputs) {
    const rows = await changesOf(source, input, since[input.kind] ?? -1);
    if (rows === undefined) return undefined;
    changed.set(input.kind, rows);
  }
  const days: string[] = [];
  for (const input of source.inputs) {
    if (input.days.of === 'own') days.push(await affectedDaysOf(source, input, input.days.column, changed));
  }
  const affected = temporaryName(source.lake, 'affected_days');
  await source.lake.db.run(
    `create temp table ${affected} as select distinct ${DAY} from (${days.join(' union all ')})`,
  );
  return affected;
}

/** A query for the days of an input's changed rows, and of its rows that changed children refer to. */
async function affectedDaysOf(
  source: DaysSource,
  input: MartInput,
  column: string,
  changed: ReadonlyMap<string, string>,
): Promise<string> {
  const { lake, catalog, inputs, timeZone } = source;
  const { key } = catalog.contract(input.kind);
  const columnName = quoteIdentifier(column);
  const touched: string[] = [];
  for (const child of inputs) {
    const { days } = child;
    if (days.of !== 'parent' || days.kind !== input.kind) continue;
    const references = keyColumns(days.column);
    const parents = temporaryName(lake, 'parents');
    await lake.db.run(
      `create temp table ${parents} as select distinct ${renamedList(references, key)} from ${changed.get(child.kind)}`,
    );
    for (const lookup of inputs) {
      if (lookup.days.of !== 'children' || lookup.days.kind !== child.kind) continue;
      const rows = changed.get(lookup.kind);
      const query = await referencesOfChildren(source, lookup, lookup.days, references, rows);
      await lake.db.run(`insert into ${parents} ${query}`);
    }
    const view = await scanHolding(source, input.kind, [...key, column], parents, key);
    touched.push(`select ${columnName} from ${view} semi join ${parents} using (${columnList(key)})`);
  }
  const instants = [`select ${columnName} from ${changed.get(input.kind)}`, ...touched].join(' union all ');
  return `select ${dayOf(columnName, timeZone)} as ${DAY} from (${instants})`;
}

/** A query for the parents, by `references`, of the child rows that refer to a row whose image in its view changed. */
async function referencesOfChildren(
  source: DaysSource,
  input: MartInput,
  days: Extract<RowDays, { of: 'children' }>,
  references: readonly string[],
  changed: string | undefined,
): Promise<string> {
  const { lake, timeZone } = source;
  const image = (change: 'before' | 'after') =>
    inputQuery(input, `(select * from ${changed} where _change = '${change}')`, timeZone);
  const keys = temporaryName(lake, 'changed_keys');
  const columns = keyColumns(days.column);
  const query = fill(changedKeysSql, {
    before: image('before'),
    after: image('after'),
    key: renamedList(keyColumns(days.key), columns),
  });
  await lake.db.run(`create temp table ${keys} as ${query}`);
  const view = await scanHolding(source, days.kind, [...references, ...columns], keys, columns);
  return `select distinct ${columnList(references)} from ${view} semi join ${keys} using (${columnList(columns)})`;
}

/** A relation with the images before and after of the rows changed since a version, in the columns that the input reads. */
async function changesOf(
  { lake, catalog, staging }: DaysSource,
  { kind, columns }: MartInput,
  since: number,
): Promise<string | undefined> {
  const table = catalog.stagingTable(kind);
  const snapshot = staging[kind];
  if (snapshot) return changedRows(lake, table, since, snapshot, columns);
  const view = temporaryName(lake, 'empty');
  const unchanged = temporaryName(lake, 'unchanged');
  await scan(lake, undefined, table, view, columns);
  await lake.db.run(
    `create temp table ${unchanged} as select cast(null as varchar) as _change, * from ${view}`,
  );
  return unchanged;
}

/**
 * A view over the files of a staging table that may contain one of the values in some of its columns.
 * @param values relation with the columns `by`
 */
async function scanHolding(
  { lake, catalog, staging }: DaysSource,
  kind: string,
  columns: readonly string[],
  values: string,
  by: readonly string[],
): Promise<string> {
  const table = catalog.stagingTable(kind);
  const view = temporaryName(lake, 'holding');
  const files = await filesThatMayHold(lake, table, staging[kind]?.files ?? new Map(), values, by);
  await scan(lake, staging[kind], table, view, [...new Set(columns)], files);
  return view;
}
