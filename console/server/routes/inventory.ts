import { Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import { inventoryRows } from '../../../operations/inventory/inventory-rows';
import { stockSummary } from '../../../operations/inventory/summary';
import type { RowTables } from '../../../operations/marts/row-tables';
import { absent, reports } from '../rows/report';
import { answerCsv, answerRows, rowColumns } from '../rows/row-answers';
import { rowChoice } from '../rows/row-query';

const MART = 'inventory_status';

/** GET summary, rows, rows.csv: see api/inventory.ts and api/rows.ts. */
export function inventoryRoutes(tables: RowTables): Hono {
  const answer = reports(tables);
  const source = inventoryRows(catalog);
  if (!source) return new Hono().get('/*', (context) => absent(context, MART));
  return new Hono()
    .get('/summary', (context) => answer(context, source, 'summary', stockSummary))
    .get('/rows', (context) =>
      answerRows(context, tables, source, rowColumns(source, []), rowChoice(source, context)),
    )
    .get('/rows.csv', (context) => answerCsv(context, tables, source, rowChoice(source, context)));
}
