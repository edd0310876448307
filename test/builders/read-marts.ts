import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import sparkFunctionsSql from '../../engine/duckdb/spark_functions.sql';
import type { Lake } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import type { MartRow } from '../reference/mart-row';

/** The rows of every mart as readers see them: those of its view if it has one. Times are microseconds since 1970. */
export async function readMarts(lake: Lake, catalog: Catalog): Promise<Record<string, MartRow[]>> {
  await lake.db.run(sparkFunctionsSql);
  for (const { name } of catalog.marts) {
    const table = catalog.martTable(name);
    const columns = catalog.mart(name).columns.map((column) => column.name);
    await scan(lake, await readSnapshot(lake, table.location), table, name, columns);
  }
  const marts: Record<string, MartRow[]> = {};
  for (const { name, columns, view } of catalog.marts) {
    const cells = [...columns, ...(view?.columns ?? [])].map(({ name: column, type }) => {
      const cell = quoteIdentifier(column);
      return `cast(${type === 'timestamp' ? `epoch_us(${cell})` : cell} as varchar) as ${cell}`;
    });
    marts[name] = await lake.db.rows(
      `select ${cells.join(', ')} from (${view?.sql ?? `from ${name}`}) order by all`,
    );
  }
  return marts;
}

/** Rows in an order that depends only on them, to compare them. */
export const sortedRows = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
