/**
 * The floor: the minimum work to compute these KPIs from these files, in one DuckDB process without lake, bucket or storage.
 *
 *   node floor.cjs DIRECTORY OUT.json
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { catalog } from '../../catalog/catalog';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { fill } from '../../engine/duckdb/sql';
import categoryKpisSql from './category_kpis.sql';
import latestSql from './latest.sql';
import orderKpisSql from './order_kpis.sql';
import soldSql from './sold.sql';

/** The columns the KPIs need, by table. */
const WANTED: readonly { name: string; kind: string; columns: string }[] = [
  { name: 'products', kind: 'products', columns: 'id, category, cost, retail_price' },
  { name: 'orders', kind: 'orders', columns: 'order_id, user_id, status, created_at, num_of_item' },
  { name: 'items', kind: 'order_items', columns: 'id, order_id, product_id, status, sale_price' },
];

const TYPES: Readonly<Record<string, string>> = {
  int64: 'bigint',
  money: 'decimal(18, 4)',
  timestamp: 'timestamp',
  text: 'varchar',
};

async function main([directory = '', out = '']: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const db = await instance.connect();
  for (const { name, kind, columns } of WANTED) {
    const { key, columns: all } = catalog.contract(kind);
    const typeOf = new Map(all.map((column) => [column.name, TYPES[column.type]]));
    const types = headerOf(directory, kind).map((column) => `'${column}': '${typeOf.get(column)}'`);
    const parts = {
      name,
      key: key.join(', '),
      wanted: columns,
      columns: `{${types.join(', ')}}`,
      files: quoteLiteral(path.join(directory, `${kind}*.csv`)),
    };
    await db.run(fill(latestSql, parts));
  }
  await db.run(soldSql);
  const orderKpis = await read(db, orderKpisSql);
  const categoryKpis = await read(db, categoryKpisSql);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const answer = {
    order_kpis: orderKpis,
    category_kpis: categoryKpis,
    // maxRSS is in units of 1,024 bytes, times are in microseconds.
    peak_rss_bytes: maxRSS * 1024,
    cpu_seconds: (userCPUTime + systemCPUTime) / 1e6,
  };
  writeFileSync(out, JSON.stringify(answer));
}

/** The columns that the files of a kind have: those of its contract, without optional ones that the generator does not write. */
function headerOf(directory: string, kind: string): string[] {
  const [first = ''] = readdirSync(directory).filter(
    (file) => file.startsWith(kind) && file.endsWith('.csv'),
  );
  const [header = ''] = readFileSync(path.join(directory, first), 'utf8').split('\n', 1);
  return header.split(',');
}

async function read(db: DuckDBConnection, sql: string): Promise<Record<string, string>[]> {
  const rows = (await db.runAndReadAll(sql)).getRowObjectsJson();
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`floor: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});
