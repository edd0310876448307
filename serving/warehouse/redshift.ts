import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, equalOn } from '../../engine/duckdb/sql';
import { copyParquet, TEXT_BYTES } from './copy-parquet';
import type { Dialect, Statement, Upsert } from './dialect';
import starSchemaSql from './migrations/redshift/0001_star_schema.sql';
import viewsSql from './migrations/redshift/0002_views.sql';
import { postgres } from './postgres';

/** The comments of the tables and their columns, which are those of PostgreSQL. */
const comments = postgres.migrations
  .flatMap(({ sql }) => sql.match(/^comment on (table|column) .*;\n/gm) ?? [])
  .filter((comment) =>
    starSchemaSql.includes(`create table ${/^comment on \w+ (\w+)/.exec(comment)?.[1]} (`),
  );

/**
 * Amazon Redshift, a cluster or Serverless. The statements are those that it and PostgreSQL both have, except for the types and keys of tables,
 * COPY, and MERGE, of which it has less: https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
 *
 * @param copyRoleArn the role by which it reads rows from the bucket
 */
export const redshift = (copyRoleArn: string): Dialect => ({
  name: 'redshift',
  session: ["set timezone to 'UTC'", "set datestyle to 'ISO, YMD'"],
  prepare: ['create table if not exists load_lock (is_held boolean)'],
  migrations: [
    { number: 1, name: 'star_schema', sql: starSchemaSql + comments.join('') },
    { number: 2, name: 'views', sql: viewsSql },
  ],
  types: { text: `varchar(${TEXT_BYTES})`, amount: 'numeric(18, 4)', rate: 'numeric(18, 8)' },
  takesEvents: false,
  columnType: (type) => (type === 'text' ? `varchar(${TEXT_BYTES})` : type),
  // Within a statement, no line ends with a semicolon.
  statements: (script) => script.split(/;\n/).filter((statement) => statement.trim() !== ''),
  // There are no advisory locks. A lock comes before the snapshot that a transaction reads, which its first query takes.
  async lock(client, { waitSeconds }) {
    await client.query(`set statement_timeout to ${waitSeconds * 1000}`);
    await client.query('lock table load_lock');
    await client.query('reset statement_timeout');
  },
  // Nothing else writes meanwhile.
  ifAbsent: () => '',
  upsert: mergeStatements,
  // COPY into an empty table computes them.
  analyze: async () => {},
  copyRows: (...copied) => copyParquet(copyRoleArn, ...copied),
});

/** MERGE takes rows from a table alone, and updates every row that matches; so the table has those that differ. */
function mergeStatements({ table, key, columns, rows, touched }: Upsert): Statement[] {
  const others = columns.filter((name) => !key.includes(name));
  const changed = others.map((name) => `${quoteIdentifier(name)} = changed_rows.${quoteIdentifier(name)}`);
  const column = quoteIdentifier(touched.column);
  const name = table.slice(table.indexOf('.') + 1);
  const merge = `merge into ${table}
using changed_rows
on ${equalOn(key, name, 'changed_rows')}
when matched then update set ${changed.join(', ')}
when not matched then insert (${columnList(columns)}) values (${columnList(columns, 'changed_rows')})`;
  const insert = `insert into ${table} (${columnList(columns)}) select ${columnList(columns)} from changed_rows`;
  return [
    {
      sql: `create temp table changed_rows as
select ${columnList(columns)}
from (
${rows}
) as given
except
select ${columnList(columns)} from ${table}
where ${column} in (select ${column} from ${touched.table})`,
    },
    { sql: 'select count(*) as changed from changed_rows', counts: 'answered' },
    { sql: others.length === 0 ? insert : merge },
    { sql: 'drop table changed_rows' },
  ];
}
