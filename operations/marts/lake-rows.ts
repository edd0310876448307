import type { Catalog } from '../../catalog/catalog';
import { dayColumn, type Mart } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { SqlValue } from '../../engine/duckdb/session';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import { columnList, equalOn, fill } from '../../engine/duckdb/sql';
import { dropTables, type Lake, temporaryName } from '../../lake/lake';
import { filesThatMayHold, filesThatMayOverlap } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { duckDbType, martDeltaType } from '../../lake/schema';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { cellSql } from '../../serving/dynamodb/cells';
import { DeploymentError } from '../errors';
import { type MartChoice, readColumns } from './choice';
import chosenSql from './chosen-rows.sql';
import type { MartRow, MartRows } from './rows';

/**
 * The rows of a mart from the lake, with the columns of its view. Downloads what the rows depend on: the files that may hold them,
 * or all if the mart has a view.
 * @throws DeploymentError if there is no table yet; LakeError if one cannot be read
 */
export async function readFromLake(
  lake: Lake,
  catalog: Catalog,
  mart: Mart,
  choice: MartChoice,
): Promise<MartRows> {
  const snapshot = await readSnapshot(lake, catalog.martTable(mart.name).location);
  if (!snapshot) {
    throw new DeploymentError(
      `${mart.name} has no table yet: the first execution with rows for it creates it`,
    );
  }
  const conditions = await conditionsOf(lake, mart, choice);
  const columns = readColumns(mart);
  await showRows(lake, catalog, mart, snapshot, conditions);
  const chosen = fill(chosenSql, {
    rows: mart.view ? `(${mart.view.sql})` : quoteIdentifier(mart.name),
    condition: conditions.sql,
  });
  const cells = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    return `${cellSql(column, type)} as ${column}`;
  });
  const rows = await lake.db.rows<MartRow>(
    `select ${cells.join(', ')} from (${chosen} order by ${columnList(mart.key, 'r')} limit ${Math.floor(choice.limit)})`,
  );
  const count =
    rows.length < choice.limit
      ? rows.length
      : (await lake.db.rows(`select count(*) as n from (${chosen})`))[0]?.n;
  await dropTables(lake, [conditions.values, conditions.days]);
  return { source: 'lake', columns, rows, left_out: Number(count) - rows.length };
}

interface Conditions {
  /** Table of one row with the values that columns must have. */
  readonly values: string;
  readonly columns: readonly string[];
  /** Table of one row with the first and the last day, `low` and `high`. */
  readonly days: string;
  readonly day: string | undefined;
  /** The condition of the rows `r`. */
  readonly sql: string;
}

/** The conditions as tables: values are bound, never part of SQL. */
async function conditionsOf(lake: Lake, mart: Mart, { where, from, to }: MartChoice): Promise<Conditions> {
  const [values, days] = [temporaryName(lake, 'values'), temporaryName(lake, 'days')];
  const bound: Record<string, SqlValue> = {};
  const casts = where.map(({ column: { name, type }, value }, at) => {
    bound[`v${at}`] = value;
    return `cast($v${at} as ${duckDbType(martDeltaType(type))}) as ${quoteIdentifier(name)}`;
  });
  await lake.db.run(
    `create temp table ${values} as select ${['true as _chosen', ...casts].join(', ')}`,
    bound,
  );
  await lake.db.run(
    `create temp table ${days} as select cast($low as date) as low, cast($high as date) as high`,
    { low: from ?? '0001-01-01', high: to ?? '9999-12-31' },
  );
  const day = from === undefined && to === undefined ? undefined : dayColumn(mart);
  const columns = where.map(({ column }) => column.name);
  const sql = [
    ...(columns.length > 0 ? [`exists (from ${values} as v where ${equalOn(columns, 'v', 'r')})`] : []),
    ...(day === undefined
      ? []
      : [`exists (from ${days} as d where r.${quoteIdentifier(day)} between d.low and d.high)`]),
  ];
  return { values, columns, days, day, sql: sql.join(' and ') || 'true' };
}

/** Creates the views that the mart's rows, or its view, are read from. */
async function showRows(
  lake: Lake,
  catalog: Catalog,
  mart: Mart,
  snapshot: Snapshot,
  { values, columns, days, day }: Conditions,
): Promise<void> {
  const spec = catalog.martTable(mart.name);
  const names = mart.columns.map(({ name }) => name);
  if (!mart.view) {
    let files = snapshot.files;
    const keep = (paths: readonly string[]) => new Map([...files].filter(([path]) => paths.includes(path)));
    if (columns.length > 0) files = keep(await filesThatMayHold(lake, spec, files, values, columns));
    if (day !== undefined) files = keep(await filesThatMayOverlap(lake, spec, files, day, days));
    return scan(lake, snapshot, spec, mart.name, names, [...files.keys()]);
  }
  await lake.db.run(sparkFunctionsSql);
  await scan(lake, snapshot, spec, mart.name, names);
  for (const name of mart.view.reads) {
    const table = catalog.table(name);
    const of = catalog.marts.find((other) => other.name === name) ?? catalog.contract(name);
    const read = of.columns.map((column) => column.name);
    await scan(lake, await readSnapshot(lake, table.location), table, name, read);
  }
}
