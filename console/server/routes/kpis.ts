import { type Context, Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import type { Mart } from '../../../domain/mart';
import { isDay } from '../../../domain/time';
import type { Deployment } from '../../../operations/deployment';
import { KpiHistory } from '../../../operations/kpis/changes';
import { type Kpi, readKpis } from '../../../operations/kpis/kpis';
import type { LakeReader } from '../../../operations/lake/reader';
import type { CategoryReport, DayChanges, DayKpis, OrderReport } from '../../api/kpis';
import type { Days, NoDays } from '../../api/range';
import { cachedRead } from '../cached-read';
import { categoryReport, rank } from '../kpis/category-report';
import { CategorySource, categoryReads } from '../kpis/category-source';
import { kpiCsv } from '../kpis/csv';
import { dayChanges } from '../kpis/day-changes';
import { orderFigures } from '../kpis/order-figures';
import { orderReport } from '../kpis/order-report';
import { includes, rangeOf } from '../range/range';
import { daySchema, rangeSchema } from '../range/range-query';

const ORDERS = catalog.servedMart('order_kpis');
const CATEGORIES = catalog.servedMart('category_kpis');

/** GET orders, categories, orders.csv, categories.csv, days/{day}, days/{day}/changes: see api/kpis.ts. */
export function kpiRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const history = new KpiHistory();
  const categories = new CategorySource(categoryReads(deployment, lake));
  // Another writer's items can have an invalid day.
  const readOrders = cachedRead(async () =>
    (await readKpis(deployment, ORDERS)).filter(({ order_date = '' }) => isDay(order_date)),
  );
  /** The page polls, and ten years of categories take a while to add up. */
  let last: { readonly key: string; readonly report: CategoryReport } | undefined;

  /** The requested range and the KPIs of every day; undefined without any KPIs. */
  const rangeAndOrders = async (context: Context) => {
    const query = rangeSchema.parse(context.req.query());
    const orders = await readOrders();
    const [from, to] = [orders.at(0)?.order_date, orders.at(-1)?.order_date];
    return from && to ? { orders, range: rangeOf(query, { from, to }) } : undefined;
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
      const found = await rangeAndOrders(context);
      if (!found) return context.json<NoDays>({ range: null });
      return context.json<OrderReport>(orderReport(found.orders, found.range));
    })
    .get('/categories', async (context) => {
      const found = await rangeAndOrders(context);
      if (!found) return context.json<NoDays>({ range: null });
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
      const found = await rangeAndOrders(context);
      return csv(context, ORDERS, found?.orders.filter(isWithin(found.range.days)) ?? []);
    })
    .get('/categories.csv', async (context) => {
      const found = await rangeAndOrders(context);
      return csv(
        context,
        CATEGORIES,
        found ? (await categoriesOf(found.orders, found.range.days)).items : [],
      );
    })
    .get('/days/:day', async (context) => {
      const day = dayOf(context);
      const [orders, ofDay] = await Promise.all([
        readOrders(),
        readKpis(deployment, CATEGORIES, { from: day, to: day }),
      ]);
      const order = orders.find(({ order_date }) => order_date === day);
      return context.json<DayKpis>({
        day,
        order: order ? orderFigures([order]) : null,
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

function csv(context: Context, mart: Mart, items: readonly Kpi[]): Response {
  return context.body(kpiCsv(mart, items), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}
