import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, distinctOn, equalOn, fill } from '../../engine/duckdb/sql';
import { dropTables, type Lake, temporaryName } from '../../lake/lake';
import differencesSql from './row-differences.sql';

/** A row that differs from the expected one. */
export interface Difference {
  /** `OrderKPIs`, `kpis/order_kpis`, ... */
  readonly table: string;
  /** Values of the key, the partition key of DynamoDB first. */
  readonly key: readonly string[];
  /** `unexpected`: the row should not exist, or exists twice. */
  readonly kind: 'missing' | 'unexpected' | 'different';
  /** The differing columns of a `different` row; null without a value. */
  readonly columns: readonly {
    readonly name: string;
    readonly expected: string | null;
    readonly found: string | null;
  }[];
}

export interface Comparison {
  readonly expected: number;
  readonly found: number;
  readonly differences: number;
  /** The first differences in the order of the key, up to the maximum. */
  readonly first: readonly Difference[];
}

/** Two relations of the same columns to compare. */
export interface ComparedRows {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** At most one row per key. */
  readonly expected: string;
  readonly found: string;
  /** SQL of a column's value as text, from SQL of the value. */
  readonly textOf: (value: string, column: string) => string;
}

/**
 * Compares rows by key in DuckDB, with bounded memory. Changes neither relation.
 * @param maxListed maximum number of listed differences; all are counted
 */
export async function compareRows(
  lake: Pick<Lake, 'db' | 'newId'>,
  { table, key, columns, expected, found, textOf }: ComparedRows,
  maxListed: number,
): Promise<Comparison> {
  const differences = temporaryName(lake, 'differences');
  const text = (side: 'e' | 'f', name: string, at: number) =>
    `${textOf(`${side}.${quoteIdentifier(name)}`, name)} as ${side}${at}`;
  await lake.db.run(
    fill(differencesSql, {
      differences,
      expected,
      found,
      key: columnList(key),
      same_key: equalOn(key, 'e', 'f'),
      differs: distinctOn(columns, 'e', 'f'),
      texts: columns.flatMap((name, at) => [text('e', name, at), text('f', name, at)]).join(', '),
    }),
  );
  const [counts] = await lake.db.rows(
    `select (select count(*) from ${expected}) as expected, (select count(*) from ${found}) as found, (select count(*) from ${differences}) as differences`,
  );
  const order = key.map((name) => columns.indexOf(name)).map((at) => `coalesce(e${at}, f${at})`);
  const listed = await lake.db.rows<DifferenceRow>(
    `select * from ${differences} order by ${order.join(', ')}, is_unexpected limit ${Math.floor(maxListed)}`,
  );
  await dropTables(lake, [differences]);
  return {
    expected: Number(counts?.expected),
    found: Number(counts?.found),
    differences: Number(counts?.differences),
    first: listed.map((row) => differenceOf(row, table, key, columns)),
  };
}

/** A row of a table of differences. */
export interface DifferenceRow {
  readonly is_missing: boolean;
  readonly is_unexpected: boolean;
  /** `e0`, `f0`, ...: the value of each column as expected and as found. */
  readonly [text: string]: unknown;
}

/** @param names the columns, in the order of the row's texts */
export function differenceOf(
  row: DifferenceRow,
  table: string,
  key: readonly string[],
  names: readonly string[],
): Difference {
  const cell = (side: 'e' | 'f', at: number) => {
    const text = row[`${side}${at}`];
    return text === null || text === undefined ? null : String(text);
  };
  const kind = row.is_missing ? 'missing' : row.is_unexpected ? 'unexpected' : 'different';
  const columns = names
    .map((name, at) => ({ name, expected: cell('e', at), found: cell('f', at) }))
    .filter(({ expected, found }) => expected !== found);
  return {
    table,
    key: key.map((name) => cell('e', names.indexOf(name)) ?? cell('f', names.indexOf(name)) ?? ''),
    kind,
    columns: kind === 'different' ? columns : [],
  };
}
