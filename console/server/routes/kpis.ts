import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { CATEGORY_KPIS, ORDER_KPIS } from '../../../catalog/kpis';
import type { KpiTableSpec } from '../../../domain/mart';
import { isDay } from '../../../domain/time';
import type { Deployment } from '../../../operations/deployment';
import { KpiHistory } from '../../../operations/kpis/changes';
import { type Kpi, readCategoryKpis, readOrderKpis } from '../../../operations/kpis/kpis';
import type { LakeReader } from '../../../operations/lake/reader';
import {
  type CategoryReport,
  type DayChanges,
  type DayKpis,
  type Days,
  type NoKpis,
  type OrderReport,
  PERIODS,
} from '../../api/kpis';
import { GRANULARITIES } from '../kpis/calendar';
import { categoryReport, rank } from '../kpis/category-report';
import { CategorySource, categoryReads } from '../kpis/category-source';
import { kpiCsv } from '../kpis/csv';
import { dayChanges } from '../kpis/day-changes';
import { orderFigures, orderSum } from '../kpis/order-figures';
import { orderReport } from '../kpis/order-report';
import { includes, rangeOf } from '../kpis/range';
import { readings } from '../kpis/readings';

const daySchema = z.string().refine(isDay, 'expected a day as YYYY-MM-DD');

const askedSchema = z
  .object({
    period: z.enum(PERIODS).optional(),
    from: daySchema.optional(),
    to: daySchema.optional(),
    by: z.enum(GRANULARITIES).optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, 'expected "from" to be no later than "to"');

/** GET orders, categories, orders.csv, categories.csv, days/{day}, days/{day}/changes: see api/kpis.ts. */
export function kpiRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const history = new KpiHistory();
  const categories = new CategorySource(categoryReads(deployment, lake, history));
  // What others put into the table may have a day that is none.
  const readOrders = readings(async () =>
    (await readOrderKpis(deployment)).filter(({ order_date = '' }) => isDay(order_date)),
  );
  /** The last report: ten years of categories take a while to add up, and are asked for again and again. */
  let last: { readonly key: string; readonly report: CategoryReport } | undefined;

  /** The days that a request is about, with every day's KPIs; undefined where there are none. */
  const asked = async (context: Context) => {
    const wanted = askedSchema.parse(context.req.query());
    const orders = await readOrders();
    const [from, to] = [orders.at(0)?.order_date, orders.at(-1)?.order_date];
    return from && to ? { orders, range: rangeOf(wanted, { from, to }) } : undefined;
  };
  const categoriesOf = (orders: readonly Kpi[], days: Days) => {
    const all = orders.map(({ order_date = '' }) => order_date);
    return categories.of(
      all.filter((day) => includes(days, day)),
      all,
    );
  };
  const dayOf = (context: Context) => daySchema.parse(context.req.param('day'));

  return new Hono()
    .get('/orders', async (context) => {
      const found = await asked(context);
      if (!found) return context.json<NoKpis>({ range: null });
      return context.json<OrderReport>(orderReport(found.orders, found.range));
    })
    .get('/categories', async (context) => {
      const found = await asked(context);
      if (!found) return context.json<NoKpis>({ range: null });
      const { days, before } = found.range;
      const { items, state } = await categoriesOf(found.orders, {
        from: before?.from ?? days.from,
        to: days.to,
      });
      const key = `${state} ${JSON.stringify(found.range)}`;
      if (last?.key !== key) last = { key, report: categoryReport(items, found.range) };
      return context.json<CategoryReport>(last.report);
    })
    .get('/orders.csv', async (context) => {
      const found = await asked(context);
      return csv(context, ORDER_KPIS, found?.orders.filter(isWithin(found.range.days)) ?? []);
    })
    .get('/categories.csv', async (context) => {
      const found = await asked(context);
      return csv(
        context,
        CATEGORY_KPIS,
        found ? (await categoriesOf(found.orders, found.range.days)).items : [],
      );
    })
    .get('/days/:day', async (context) => {
      const day = dayOf(context);
      const [orders, ofDay] = await Promise.all([
        readOrders(),
        readCategoryKpis(deployment, { from: day, to: day }),
      ]);
      const order = orders.find(({ order_date }) => order_date === day);
      return context.json<DayKpis>({
        day,
        order: order ? orderFigures(orderSum(order)) : null,
        categories: rank(ofDay, undefined),
      });
    })
    .get('/days/:day/changes', async (context) => {
      const day = dayOf(context);
      const commits = await lake.use(
        (open) => history.ofDay(open.lake, day, (location) => open.snapshots.newest(location)),
        context.req.raw.signal,
      );
      return context.json<DayChanges>(dayChanges(commits));
    });
}

const isWithin =
  (days: Days) =>
  ({ order_date = '' }: Kpi) =>
    includes(days, order_date);

function csv(context: Context, spec: KpiTableSpec, items: readonly Kpi[]): Response {
  return context.body(kpiCsv(spec, items), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}
