import { type Context, Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import { dayRange } from '../../../operations/marts/day-sums';
import { martSource } from '../../../operations/marts/row-source';
import type { RowTables } from '../../../operations/marts/row-tables';
import { PRODUCT_DAYS, productRows } from '../../../operations/products/product-rows';
import { productTotals } from '../../../operations/products/totals';
import type { ProductReport } from '../../api/products';
import type { Days } from '../../api/range';
import type { RowsPage, RowsPreparing } from '../../api/rows';
import { BoundedMap } from '../bounded-map';
import { rangeOf } from '../range/range';
import { rangeSchema } from '../range/range-query';
import { absent, reports } from '../rows/report';
import { answerCsv, answerRows, DOWNLOAD_WAIT_MS, rowColumns, WAIT_MS } from '../rows/row-answers';
import { rowFilters } from '../rows/row-query';

/** GET summary, rows, rows.csv, each of a range of days: see api/products.ts and api/rows.ts. */
export function productRoutes(tables: RowTables): Hono {
  const answer = reports(tables);
  /** The days of a mart at a version. */
  const ranges = new BoundedMap<string, { readonly days: Days | undefined }>(PRODUCT_DAYS.length * 2);
  const marts = PRODUCT_DAYS.flatMap(({ mart }) => catalog.marts.filter(({ name }) => name === mart));

  /** The first and the last day of sales and of engagement; or how far they are. */
  const dataDays = async (waitMs: number): Promise<Days | undefined | RowsPreparing> => {
    const found: Days[] = [];
    for (const mart of marts) {
      const source = martSource(catalog, mart);
      const days = await tables.read(
        source,
        async (rows) => {
          const key = `${mart.name} ${rows.state}`;
          const range = ranges.get(key) ?? { days: await dayRange(rows, source, { filters: [] }) };
          ranges.set(key, range);
          return range.days;
        },
        { waitMs },
      );
      if ('progress' in days) return { preparing: days.progress };
      if (days.result) found.push(days.result);
    }
    const [from] = found.map((days) => days.from).sort();
    const to = found
      .map((days) => days.to)
      .sort()
      .at(-1);
    return from !== undefined && to !== undefined ? { from, to } : undefined;
  };

  /** Answers for the products of the requested days. */
  const ofDays = async (
    context: Context,
    work: (range: ReturnType<typeof rangeOf>) => Promise<Response>,
    nothing: () => Response,
    waitMs = WAIT_MS,
  ): Promise<Response> => {
    if (marts.length === 0) return absent(context, PRODUCT_DAYS[0].mart);
    const query = rangeSchema.parse(context.req.query());
    const data = await dataDays(waitMs);
    if (data === undefined) return nothing();
    if ('preparing' in data) return context.json<RowsPreparing>(data, 202);
    return work(rangeOf(query, data));
  };

  return new Hono()
    .get('/summary', (context) =>
      ofDays(
        context,
        (range) =>
          answer(context, productRows(catalog, range.days), JSON.stringify(range), async (rows) => ({
            range,
            totals: await productTotals(rows),
          })),
        () => context.json<ProductReport>({ preparing: null, range: null, totals: null }),
      ),
    )
    .get('/rows', (context) =>
      ofDays(
        context,
        ({ days }) => {
          const source = productRows(catalog, days);
          return answerRows(context, tables, source, rowColumns(source, []), rowFilters(source, context));
        },
        () => context.json<RowsPage>(NO_ROWS),
      ),
    )
    .get('/rows.csv', (context) =>
      ofDays(
        context,
        ({ days }) => {
          const source = productRows(catalog, days);
          return answerCsv(context, tables, source, rowFilters(source, context));
        },
        () => context.body('', 200, { 'Content-Type': 'text/csv; charset=utf-8' }),
        DOWNLOAD_WAIT_MS,
      ),
    );
}

const NO_ROWS: RowsPage = {
  preparing: null,
  columns: [],
  rows: [],
  total: 0,
  page: 1,
  pages: 1,
  state: '',
  is_current: true,
};
