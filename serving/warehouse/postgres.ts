import type { Client } from 'pg';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList } from '../../engine/duckdb/sql';
import { copyCsv } from './copy-csv';
import type { Dialect, Upsert } from './dialect';
import starSchemaSql from './migrations/0001_star_schema.sql';
import viewsSql from './migrations/0002_views.sql';
import ingestedEventsSql from './migrations/0003_ingested_events.sql';
import currenciesSql from './migrations/0004_currencies.sql';

/** The key of the advisory lock: "Daybook" would not fit in 32 bits, "dayb" does. */
const LOCK = 0x64617962;

/** PostgreSQL from version 15 on, Aurora and PGlite. */
export const postgres: Dialect = {
  name: 'postgres',
  session: ["set time zone 'UTC'; set datestyle = 'ISO, YMD'; set client_min_messages = warning"],
  prepare: [],
  migrations: [
    { number: 1, name: 'star_schema', sql: starSchemaSql },
    { number: 2, name: 'views', sql: viewsSql },
    { number: 3, name: 'ingested_events', sql: ingestedEventsSql },
    { number: 4, name: 'currencies', sql: currenciesSql },
  ],
  types: { text: 'text', amount: 'numeric', rate: 'numeric' },
  takesEvents: true,
  columnType: (type) => type,
  statements: (script) => [script],
  async lock(client: Client, { waitSeconds, isShared, maxIdle }) {
    await client.query(
      "select set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true)",
      [`${waitSeconds}s`, maxIdle],
    );
    await client.query(`select pg_advisory_xact_lock${isShared ? '_shared' : ''}($1)`, [LOCK]);
  },
  ifAbsent: (key) => `on conflict (${key}) do nothing`,
  upsert: (rows) => [{ sql: upsertSql(rows), counts: 'written' }],
  async analyze(client, tables) {
    await client.query(`analyze ${tables.join(', ')}`);
  },
  copyRows: copyCsv,
};

function upsertSql({ table, key, columns, rows, isConcurrent }: Upsert): string {
  const others = columns.filter((name) => !key.includes(name));
  const changed = others.map((name) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`);
  const update = `update set ${changed.join(', ')}
where (${columnList(others, 'kept')}) is distinct from (${columnList(others, 'excluded')})`;
  return `insert into ${table} as kept (${columnList(columns)})
${rows}
${isConcurrent ? `order by ${columnList(key)}` : ''}
on conflict (${columnList(key)}) do ${others.length === 0 ? 'nothing' : update}`;
}
