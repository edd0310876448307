/**
 * Computes the marts over events in memory, from the latest version of every event. Written from the definitions of the marts,
 * independently of the SQL and of tasks/. Amounts are BigInt, without floats.
 */

import { dayIn } from './counted';
import { entry } from './grouped';
import type { MartRow } from './mart-row';
import { exact, hundredths, money, percent } from './rounded';

/** The latest version of an event, which is not of a program. */
export interface VisitEvent {
  readonly id: string;
  readonly name: string;
  /** Microseconds since 1970 UTC. */
  readonly at: bigint;
  readonly visitor: string | null;
  readonly session: string | null;
  readonly path: string | null;
  readonly device: string | null;
  readonly traffic: {
    readonly source: string;
    readonly medium: string;
    readonly campaign: string | null;
    readonly channel: string;
  } | null;
  readonly transaction: string | null;
  /** Ten-thousandths. */
  readonly value: bigint | null;
  readonly items: readonly { readonly product: string | null; readonly list: string | null }[];
}

interface Visit {
  readonly key: string;
  readonly day: string;
  /** In the order in which they happened. */
  readonly events: readonly VisitEvent[];
}

const GAP = 30n * 60_000_000n;
const STEPS = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase'];

const byTime = (a: VisitEvent, b: VisitEvent) =>
  a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1;

/** The rows of each mart over events, in any order. @param timeZone the reporting time zone, an IANA name */
export function computeVisits(
  given: readonly VisitEvent[],
  timeZone = 'UTC',
): Readonly<Record<string, readonly MartRow[]>> {
  const dayOf = dayIn(timeZone);
  const events = given.toSorted(byTime);
  const sent = events.filter(({ name, transaction }) => name === 'purchase' && transaction !== null);
  const first = new Map<string | null, VisitEvent>();
  for (const event of sent) entry(first, event.transaction, () => event);
  /** A purchase that was sent before is none. */
  const isRepeated = (event: VisitEvent) => sent.includes(event) && first.get(event.transaction) !== event;
  const counted = events.map((event) => (isRepeated(event) ? { ...event, name: '(repeated)' } : event));
  const visits = visitsOf(counted, dayOf);
  const interactions = interactionsOf(counted, visits, dayOf);
  return {
    purchases: sent.map((event) => ({
      event_id: event.id,
      event_date: dayOf(event.at),
      event_time: `${event.at}`,
      transaction_id: event.transaction,
      visitor_id: event.visitor,
      session_id: event.session,
    })),
    transactions: [...first.values()].map((event) => ({
      transaction_id: event.transaction,
      event_id: event.id,
      event_time: `${event.at}`,
      visitor_id: event.visitor,
      session_id: event.session,
    })),
    sessions: visits.map(sessionRow),
    session_items: groupsOf(interactions, ({ visitKey, day, product, list }) => [
      visitKey,
      day,
      product,
      list,
    ]).map((all) => itemRow(all)),
    funnel_kpis: groupsOf(visits, (visit) => [visit.day, trafficOf(visit).channel]).map(funnelRow),
    traffic_kpis: groupsOf(visits, (visit) => {
      const { channel, source, medium } = trafficOf(visit);
      return [visit.day, channel, source, medium];
    }).map(trafficRow),
    product_engagement: groupsOf(
      interactions.filter(({ product }) => product !== ''),
      ({ product, day }) => [product, day],
    ).map(productRow),
    list_engagement: groupsOf(
      interactions.filter(({ list, name, isClick }) => list !== '' && (name === 'view_item_list' || isClick)),
      ({ list, day }) => [list, day],
    ).map(listRow),
  };
}

function groupsOf<T>(all: readonly T[], keyOf: (one: T) => readonly string[]): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const held = groups.get(JSON.stringify(keyOf(one)));
    if (held) held.push(one);
    else groups.set(JSON.stringify(keyOf(one)), [one]);
  }
  return [...groups.values()];
}

/** An item in an event. */
interface Interaction {
  readonly event: VisitEvent;
  readonly name: string;
  readonly day: string;
  readonly product: string;
  readonly list: string;
  readonly isClick: boolean;
  readonly visit: Visit | undefined;
  readonly visitKey: string;
}

const ITEM_EVENTS = ['view_item_list', 'select_item', 'view_item', 'add_to_cart', 'purchase'];

function interactionsOf(
  events: readonly VisitEvent[],
  visits: readonly Visit[],
  dayOf: (micros: bigint) => string,
): Interaction[] {
  const visitOf = new Map(visits.flatMap((visit) => visit.events.map((event) => [event.id, visit] as const)));
  return events
    .filter(({ name }) => ITEM_EVENTS.includes(name))
    .flatMap((event) =>
      event.items.map(({ product, list }) => {
        const visit = visitOf.get(event.id);
        const isSelected = (visit?.events ?? [event]).some(
          ({ name, items }) =>
            name === 'select_item' && items.some((item) => item.product === product && item.list === list),
        );
        return {
          event,
          name: event.name,
          day: dayOf(event.at),
          product: product ?? '',
          list: list ?? '',
          isClick:
            event.name === 'select_item' || (event.name === 'view_item' && list !== null && !isSelected),
          visit,
          visitKey: visit?.key ?? `///${event.id}`,
        };
      }),
    );
}

function itemCounts(all: readonly Interaction[]) {
  const named = (wanted: string) => all.filter(({ name }) => name === wanted).length;
  return {
    impressions: named('view_item_list'),
    clicks: all.filter(({ isClick }) => isClick).length,
    views: named('view_item'),
    carts: named('add_to_cart'),
    purchases: named('purchase'),
  };
}

const asText = (counts: Readonly<Record<string, number>>): MartRow =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, `${count}`]));

const rate = (part: number, whole: number): string | null => (whole === 0 ? null : percent(part, whole));

function itemRow(all: readonly [Interaction, ...Interaction[]]): MartRow {
  const [{ event, day, product, list, visit, visitKey }] = all;
  return {
    session_key: visitKey,
    event_date: day,
    product_id: product,
    list_name: list,
    visitor_id: event.visitor,
    session_id: event.session,
    started_at: `${visit?.events[0]?.at ?? event.at}`,
    is_engaged: visit ? `${isEngaged(visit)}` : null,
    ...asText(itemCounts(all)),
  };
}

function productRow(all: readonly [Interaction, ...Interaction[]]): MartRow {
  const counts = itemCounts(all);
  return {
    product_id: all[0].product,
    event_date: all[0].day,
    ...asText(counts),
    ctr: rate(counts.clicks, counts.impressions),
    view_to_purchase: rate(counts.purchases, counts.views),
  };
}

function listRow(all: readonly [Interaction, ...Interaction[]]): MartRow {
  const { impressions, clicks } = itemCounts(all);
  const visits = [...new Set(all.flatMap(({ visit }) => visit ?? []))];
  return {
    list_name: all[0].list,
    event_date: all[0].day,
    ...asText({ impressions, clicks }),
    ctr: rate(clicks, impressions),
    ...asText({ sessions: visits.length, engaged_sessions: visits.filter(isEngaged).length }),
  };
}

function funnelRow(visits: readonly [Visit, ...Visit[]]): MartRow {
  const reached = (steps: number) => visits.filter((visit) => stepsOf(visit) >= steps).length;
  const any = (step: string) => visits.filter((visit) => countOf(visit, step) > 0).length;
  return {
    event_date: visits[0].day,
    channel: trafficOf(visits[0]).channel,
    ...asText({
      sessions: visits.length,
      viewed: reached(1),
      carted: reached(2),
      checked_out: reached(3),
      purchased: reached(4),
      viewed_any: any('view_item'),
      carted_any: any('add_to_cart'),
      checked_out_any: any('begin_checkout'),
      purchased_any: any('purchase'),
    }),
    conversion_rate: percent(any('purchase'), visits.length),
  };
}

function trafficRow(visits: readonly [Visit, ...Visit[]]): MartRow {
  const { channel, source, medium } = trafficOf(visits[0]);
  const visitors = visits.map(({ events, key }) => events[0]?.visitor ?? `(of ${key})`);
  const purchases = visits.flatMap(purchasesOf);
  const total = visits.reduce((sum, visit) => sum + micros(visit), 0n);
  const engaged = visits.filter(isEngaged).length;
  return {
    event_date: visits[0].day,
    channel,
    source,
    medium,
    ...asText({
      sessions: visits.length,
      visitors: new Set(visitors).size,
      engaged_sessions: engaged,
      purchases: purchases.length,
    }),
    bounce_rate: percent(visits.length - engaged, visits.length),
    avg_duration_seconds: hundredths(total, BigInt(visits.length) * 10_000n),
    revenue: money(amount(purchases)),
  };
}

function visitsOf(events: readonly VisitEvent[], dayOf: (micros: bigint) => string): Visit[] {
  const groups = new Map<string, VisitEvent[][]>();
  for (const event of events) {
    if (event.visitor === null && event.session === null) continue;
    const runs = entry(groups, JSON.stringify([event.visitor, event.session]), () => [] as VisitEvent[][]);
    const last = runs.at(-1);
    const previous = last?.at(-1);
    if (last && previous && (event.session !== null || event.at - previous.at <= GAP)) last.push(event);
    else runs.push([event]);
  }
  return [...groups.values()].flat().map((run) => {
    const [start] = run;
    if (!start) throw new RangeError('a session without an event');
    const part = (text: string | null) => (text ?? '').replaceAll('%', '%25').replaceAll('/', '%2F');
    const rest = start.session === null ? `/${start.at}` : part(start.session);
    return { key: `${part(start.visitor)}/${rest}`, day: dayOf(start.at), events: run };
  });
}

const countOf = ({ events }: Visit, wanted: string) => events.filter(({ name }) => name === wanted).length;

const purchasesOf = ({ events }: Visit) => events.filter(({ name }) => name === 'purchase');

const micros = ({ events }: Visit): bigint => (events.at(-1)?.at ?? 0n) - (events[0]?.at ?? 0n);

const isEngaged = (visit: Visit): boolean =>
  micros(visit) > 10_000_000n || countOf(visit, 'page_view') > 1 || purchasesOf(visit).length > 0;

const trafficOf = ({ events }: Visit) =>
  events.find(({ traffic }) => traffic !== null)?.traffic ?? {
    source: '(direct)',
    medium: '(none)',
    campaign: null,
    channel: 'Direct',
  };

/** How many steps of the funnel happened one after the other: tries every way through it. */
function stepsOf({ events }: Visit, from = 0n, step = 0): number {
  const next = events.filter(({ name, at }) => name === STEPS[step] && at >= from);
  return Math.max(step, ...next.map(({ at }) => stepsOf({ key: '', day: '', events }, at, step + 1)));
}

const amount = (events: readonly VisitEvent[]): bigint =>
  events.reduce((sum, { value }) => sum + (value ?? 0n), 0n);

function sessionRow(visit: Visit): MartRow {
  const { key, day, events } = visit;
  const traffic = trafficOf(visit);
  const purchases = purchasesOf(visit);
  return {
    session_key: key,
    event_date: day,
    visitor_id: events[0]?.visitor ?? null,
    session_id: events[0]?.session ?? null,
    started_at: `${events[0]?.at}`,
    ended_at: `${events.at(-1)?.at}`,
    duration_seconds: `${micros(visit) / 1_000_000n}.${String(micros(visit) % 1_000_000n).padStart(6, '0')}`,
    events: `${events.length}`,
    page_views: `${countOf(visit, 'page_view')}`,
    landing_page: events.find(({ path }) => path !== null)?.path ?? null,
    source: traffic.source,
    medium: traffic.medium,
    campaign: traffic.campaign,
    channel: traffic.channel,
    device_type: events.find(({ device }) => device !== null)?.device ?? null,
    item_views: `${countOf(visit, 'view_item')}`,
    cart_additions: `${countOf(visit, 'add_to_cart')}`,
    checkouts: `${countOf(visit, 'begin_checkout')}`,
    furthest_step: STEPS.findLast((step) => countOf(visit, step) > 0) ?? null,
    funnel_steps: `${stepsOf(visit)}`,
    purchases: `${purchases.length}`,
    revenue: exact(amount(purchases)),
    is_engaged: `${isEngaged(visit)}`,
  };
}
