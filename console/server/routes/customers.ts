import { Hono } from 'hono';
import { z } from 'zod';
import { catalog } from '../../../catalog/catalog';
import { newestCohorts } from '../../../operations/customers/cohorts';
import { customerSummary } from '../../../operations/customers/summary';
import { martSource } from '../../../operations/marts/row-source';
import type { RowTables } from '../../../operations/marts/row-tables';
import { absent, reports } from '../rows/report';

const cohortsSchema = z.object({ cohorts: z.coerce.number().int().min(1).max(60).default(12) });

const CUSTOMERS = 'customer_value';
const COHORTS = 'cohort_kpis';
const martOf = (name: string) => catalog.marts.find((mart) => mart.name === name);

/** GET summary, cohorts: see api/customers.ts. The list of customers is the rows of the mart. */
export function customerRoutes(tables: RowTables): Hono {
  const answer = reports(tables);
  return new Hono()
    .get('/summary', (context) => {
      const mart = martOf(CUSTOMERS);
      if (!mart) return absent(context, CUSTOMERS);
      return answer(context, martSource(catalog, mart), 'summary', customerSummary);
    })
    .get('/cohorts', (context) => {
      const { cohorts } = cohortsSchema.parse(context.req.query());
      const mart = martOf(COHORTS);
      if (!mart) return absent(context, COHORTS);
      return answer(context, martSource(catalog, mart), `cohorts ${cohorts}`, async (rows) => ({
        cohorts: await newestCohorts(rows, cohorts),
      }));
    });
}
