import type { Catalog } from '../../catalog/catalog';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { Lake } from '../../lake/lake';
import { scan } from '../../lake/scan';
import { readSnapshot } from '../../lake/snapshot';
import { columnNames } from '../../lake/table-spec';
import type { TextRow } from './read-delta';

/** All rows of the tables below staging/, deleted ones too, by table. Cells are text; times are ISO 8601 with milliseconds. */
export async function readLake(
  lake: Lake,
  { tables }: Pick<Catalog, 'tables'>,
): Promise<Readonly<Record<string, readonly TextRow[]>>> {
  const rows: Record<string, TextRow[]> = {};
  for (const table of tables.filter(({ location }) => location.startsWith('staging/'))) {
    const { deletedColumn: _, ...withDeletedRows } = table;
    const snapshot = await readSnapshot(lake, table.location);
    await scan(lake, snapshot, withDeletedRows, table.name, columnNames(table));
    const cells = table.columns.map(({ name, type }) => {
      const column = quoteIdentifier(name);
      if (type !== 'timestamp') return `cast(${column} as varchar) as ${column}`;
      return `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%S.%gZ') as ${column}`;
    });
    rows[table.name] = await lake.db.rows<TextRow>(
      `select ${cells.join(', ')} from ${quoteIdentifier(table.name)}`,
    );
  }
  return rows;
}
