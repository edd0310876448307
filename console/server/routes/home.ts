import { Hono } from 'hono';
import { catalog } from '../../../catalog/catalog';
import { isDay } from '../../../domain/time';
import type { Deployment } from '../../../operations/deployment';
import { readVisitDays } from '../../../operations/home/visit-days';
import { dayAt, daysLater } from '../../../operations/home/zoned-days';
import { readKpis } from '../../../operations/kpis/kpis';
import { readTimeZone } from '../../../operations/kpis/time-zone';
import type { LakeReader } from '../../../operations/lake/reader';
import { martOfDays } from '../../../operations/visits/mart-days';
import type { HomeReport } from '../../api/home';
import { cached } from '../cached';
import { cachedRead } from '../cached-read';
import { homeDays } from '../home/home-report';

/** The time zone changes only with a deployment. */
const TIME_ZONE_FOR_MS = 60_000;
/** The day before the newest is compared with one a week earlier. */
const DAYS_BACK = 8;

const ORDERS = catalog.servedMart('order_kpis');

/** GET /: see api/home.ts. */
export function homeRoutes(deployment: Deployment, lake: LakeReader): Hono {
  const timeZone = cached(TIME_ZONE_FOR_MS, () => lake.use(readTimeZone));
  // Another writer's items can have an invalid day.
  const readOrders = cachedRead(async () =>
    (await readKpis(deployment, ORDERS)).filter(({ order_date = '' }) => isDay(order_date)),
  );
  const readVisitRange = cachedRead(() =>
    lake.use(async (open, signal) => (await martOfDays(open, 'funnel_kpis', signal))?.data),
  );
  let visits: { readonly key: string; readonly read: ReturnType<typeof readVisitsOf> } | undefined;
  const readVisitsOf = (newest: string, zone: string) =>
    cachedRead(() =>
      lake.use((open, signal) =>
        readVisitDays(open, { from: daysLater(newest, -DAYS_BACK), to: newest }, zone, signal),
      ),
    );
  const visitsOf = (newest: string, zone: string) => {
    const key = `${newest} ${zone}`;
    if (visits?.key !== key) visits = { key, read: readVisitsOf(newest, zone) };
    return visits.read();
  };

  return new Hono().get('/', async (context) => {
    const zone = await timeZone();
    const today = dayAt(new Date(), zone);
    const [items, visitDays] = await Promise.all([readOrders(), readVisitRange()]);
    const all = items.map(({ order_date = '' }) => order_date);
    const newest = newestDay([...all, ...(visitDays ? [visitDays.from, visitDays.to] : [])], today);
    const report: HomeReport = {
      today,
      days: newest
        ? homeDays({
            today,
            newest,
            orders: new Map(items.map((item) => [item.order_date ?? '', item])),
            orderDays: upTo(newest, { from: all.at(0), to: all.findLast((day) => day <= newest) }),
            visitDays: upTo(newest, visitDays),
            visits: await visitsOf(newest, zone),
          })
        : [],
      has_later_days: [all.at(-1), visitDays?.to].some((day) => newest && day && day > newest),
    };
    return context.json(report);
  });
}

/** The newest day that is not after today; without one, the newest of all. */
function newestDay(days: readonly string[], today: string): string | undefined {
  const sorted = [...days].sort();
  return sorted.findLast((day) => day <= today) ?? sorted.at(-1);
}

/** The days, at most to the newest one that is shown; undefined if there is none. */
function upTo(
  newest: string,
  days: { readonly from?: string | undefined; readonly to?: string | undefined } | undefined,
) {
  const { from, to } = days ?? {};
  if (from === undefined || to === undefined || from > newest) return undefined;
  return { from, to: to < newest ? to : newest };
}
