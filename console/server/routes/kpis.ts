import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Deployment } from '../../../deployment/deployment';
import { KpiHistory } from '../../../deployment/kpi-changes';
import type { Kpi } from '../../../deployment/kpis';
import type { LakeReader } from '../../../deployment/lake-reader';
import { CATEGORY_KPIS, type KpiTableSpec, ORDER_KPIS } from '../../../domain/kpis';
import {
  type CategoryReport,
  type DayChanges,
  type DayKpis,
  type KpiRange,
  type NoKpis,
  type OrderReport,
  PERIODS,
} from '../../api/kpis';
import { GRANULARITIES, isDay } from '../kpis/calendar';
import { categoryReport, rank } from '../kpis/category-report';
import { kpiCsv } from '../kpis/csv';
import { dayChanges } from '../kpis/day-changes';
import { kpiSource } from '../kpis/kpi-source';
import { orderFigures, orderSum } from '../kpis/order-figures';
import { orderReport } from '../kpis/order-report';
import { includes, rangeOf } from '../kpis/range';

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
  const source = kpiSource(deployment);
  const history = new KpiHistory();

  /** The days that a request is about, with every day's KPIs; undefined where there are none. */
  const asked = async (context: Context) => {
    const wanted = askedSchema.parse(context.req.query());
    const orders = await source.orders();
    const [from, to] = [orders.at(0)?.order_date, orders.at(-1)?.order_date];
    return from && to ? { orders, range: rangeOf(wanted, { from, to }) } : undefined;
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
      const items = await source.categories({ from: before?.from ?? days.from, to: days.to });
      return context.json<CategoryReport>(categoryReport(items, found.range));
    })
    .get('/orders.csv', async (context) => {
      const found = await asked(context);
      return csv(context, ORDER_KPIS, found?.orders ?? [], found?.range);
    })
    .get('/categories.csv', async (context) => {
      const found = await asked(context);
      const items = found ? await source.categories(found.range.days) : [];
      return csv(context, CATEGORY_KPIS, items, found?.range);
    })
    .get('/days/:day', async (context) => {
      const day = dayOf(context);
      const [orders, categories] = await Promise.all([
        source.orders(),
        source.categories({ from: day, to: day }),
      ]);
      const isOfDay = ({ order_date }: Kpi) => order_date === day;
      const order = orders.find(isOfDay);
      return context.json<DayKpis>({
        day,
        order: order ? orderFigures(orderSum(order)) : null,
        categories: rank(categories.filter(isOfDay), undefined),
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

function csv(
  context: Context,
  spec: KpiTableSpec,
  items: readonly Kpi[],
  range: KpiRange | undefined,
): Response {
  const ofRange = items.filter(({ order_date = '' }) => range && includes(range.days, order_date));
  return context.body(kpiCsv(spec, ofRange), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}
