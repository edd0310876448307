import type { Mart, MartView } from '../domain/mart';
import { quoteIdentifier } from '../engine/duckdb/quote';
import { type DeltaType, martDeltaType, type TableColumn } from '../lake/schema';
import { athenaSql } from './athena-sql';

/** The view of a mart beside its stored table. */
export const viewName = (mart: string): string => `${mart}_view`;

export const viewColumns = (mart: Mart & { readonly view: MartView }): TableColumn[] =>
  [...mart.columns, ...mart.view.columns].map(({ name, type }) => ({ name, type: martDeltaType(type) }));

/** The view's query for Athena. Its types are exactly those of the columns: a view whose query gives others is invalid there. */
export function athenaViewSql(mart: Mart & { readonly view: MartView }): string {
  const columns = viewColumns(mart).map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return `cast(${quoted} as ${athenaType(type)}) as ${quoted}`;
  });
  return `select ${columns.join(', ')}\nfrom (\n${athenaSql(mart.view.sql)})`;
}

/**
 * The text that Athena keeps of a view: the query and its columns in base64, which it reads instead of the columns in Glue.
 * https://trino.io/docs/current/connector/hive.html#hive-views
 */
export function encodedView(sql: string, database: string, columns: readonly TableColumn[]): string {
  const view = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: athenaType(type) })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;
}

/** A view cannot have an instant with a zone: its instants are those of UTC. */
function athenaType(type: DeltaType): string {
  if (type === 'long') return 'bigint';
  if (type === 'string') return 'varchar';
  return type === 'timestamp' ? 'timestamp(3)' : type;
}
