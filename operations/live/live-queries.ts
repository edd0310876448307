import type { DuckDb, SqlRow } from '../../engine/duckdb/session';
import bucketEventsSql from './bucket-events.sql';
import bucketSalesSql from './bucket-sales.sql';
import type { LiveStore } from './live-store';
import minutesSql from './minutes.sql';
import {
  LIVE_MINUTES,
  type LiveBucket,
  type LiveMinutes,
  type LiveNumbers,
  type LiveOrigin,
  type LiveRange,
  type LiveSales,
  type LiveWindow,
} from './views';
import windowSql from './window.sql';
import windowOriginsSql from './window-origins.sql';
import windowProductsSql from './window-products.sql';
import windowSalesSql from './window-sales.sql';

const BUCKET_SECONDS: Readonly<Record<LiveMinutes, number>> = { 5: 10, 60: 60, 1440: 900 };
const MAX_NAMES = 7;

/** The numbers of all windows, and of the last 60 minutes. */
export async function readNumbers(
  { db }: LiveStore,
  at: Date,
): Promise<Pick<LiveNumbers, 'windows' | 'minutes'>> {
  const windows: LiveWindow[] = [];
  for (const minutes of LIVE_MINUTES) windows.push(await readWindow(db, at, minutes));
  const minutes = await db.rows(minutesSql, { now: at.toISOString() });
  const sales = await readBucketSales(db, bucketStarts(at, 60, 60)[0] ?? 0, 60);
  return {
    windows,
    minutes: minutes.map((minute) => {
      const start = isoOf(minute.minute);
      return { minute: start, ...visitsOf(minute), ...salesOf(sales.get(start) ?? []) };
    }),
  };
}

/** The numbers of one window, with buckets and origins. */
export async function readRange(store: LiveStore, at: Date, minutes: LiveMinutes): Promise<LiveRange> {
  const { db } = store;
  const now = at.toISOString();
  const seconds = BUCKET_SECONDS[minutes];
  const starts = bucketStarts(at, minutes, seconds);
  const window = await readWindow(db, at, minutes);
  const active =
    minutes === 5 ? window.visitors : (await db.rows(windowSql, { now, minutes: 5 }))[0]?.visitors;
  const [bots] = await db.rows(
    'select count(*) as bots from live_bots where happened_at > cast($now as timestamp) - to_minutes(cast($minutes as bigint))',
    { now, minutes },
  );
  const events = await db.rows(bucketEventsSql, { from: new Date(starts[0] ?? 0).toISOString(), seconds });
  const sales = await readBucketSales(db, starts[0] ?? 0, seconds);
  const named = events.map(({ start, name, events: count }) => ({
    start: isoOf(start),
    name: store.nameOf(Number(name)),
    events: Number(count),
  }));
  const names = topNames(named);
  return {
    at: now,
    ...window,
    active_visitors: Number(active ?? 0),
    bots: Number(bots?.bots ?? 0),
    top_origins: (await db.rows(windowOriginsSql, { now, minutes })).map((row) => originOf(store, row)),
    bucket_seconds: seconds,
    buckets: bucketsOf(starts, named, names, sales),
    names,
  };
}

async function readWindow(db: DuckDb, at: Date, minutes: LiveMinutes): Promise<LiveWindow> {
  const parameters = { now: at.toISOString(), minutes };
  const [window = {}] = await db.rows(windowSql, parameters);
  const { viewed, carted, checked_out, purchased } = window;
  const products = await db.rows(windowProductsSql, parameters);
  return {
    minutes,
    ...visitsOf(window),
    funnel: numbersOf({ viewed, carted, checked_out, purchased }),
    ...salesOf(await db.rows(windowSalesSql, parameters)),
    top_products: products.map(({ product_id, name, views, carts, sold }) => ({
      product_id: String(product_id),
      name: name === null ? null : String(name),
      ...numbersOf({ views, carts, sold }),
    })),
  };
}

/** The starts of the buckets, the last one now, in epoch milliseconds. */
function bucketStarts(at: Date, minutes: number, seconds: number): number[] {
  const last = Math.floor(at.getTime() / (seconds * 1000));
  const count = (minutes * 60) / seconds;
  return Array.from({ length: count }, (_, index) => (last - count + 1 + index) * seconds * 1000);
}

/** The rows per currency by the start of their bucket. @param from epoch milliseconds */
async function readBucketSales(db: DuckDb, from: number, seconds: number): Promise<Map<string, SqlRow[]>> {
  const rows = await db.rows(bucketSalesSql, { from: new Date(from).toISOString(), seconds });
  const byStart = new Map<string, SqlRow[]>();
  for (const row of rows) byStart.set(isoOf(row.start), [...(byStart.get(isoOf(row.start)) ?? []), row]);
  return byStart;
}

interface Named {
  readonly start: string;
  readonly name: string | null;
  readonly events: number;
}

function topNames(named: readonly Named[]): (string | null)[] {
  const totals = new Map<string | null, number>();
  for (const { name, events } of named) totals.set(name, (totals.get(name) ?? 0) + events);
  const known = [...totals.keys()]
    .filter((name) => name !== null)
    .sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0) || (a < b ? -1 : 1));
  return [...known.slice(0, MAX_NAMES), ...(totals.size > Math.min(known.length, MAX_NAMES) ? [null] : [])];
}

function bucketsOf(
  starts: readonly number[],
  named: readonly Named[],
  names: readonly (string | null)[],
  sales: ReadonlyMap<string, readonly SqlRow[]>,
): LiveBucket[] {
  const byStart = new Map(starts.map((start) => [isoOf(new Date(start).toISOString()), names.map(() => 0)]));
  const places = new Map(names.map((name, place) => [name, place]));
  for (const { start, name, events } of named) {
    const counts = byStart.get(start);
    const place = places.get(name) ?? places.get(null);
    if (counts && place !== undefined) counts[place] = (counts[place] ?? 0) + events;
  }
  return [...byStart].map(([start, events]) => ({ start, events, ...salesOf(sales.get(start) ?? []) }));
}

const DIRECT = { channel: 'Direct', source: '(direct)', medium: '(none)' };
const OTHERS = { channel: null, source: '', medium: '' };

function originOf(store: LiveStore, { origin, visitors, purchases }: SqlRow): LiveOrigin {
  const found = origin === null ? DIRECT : (store.origin(Number(origin)) ?? OTHERS);
  return { ...found, ...numbersOf({ visitors, purchases }) };
}

const numbersOf = <Name extends string>(counts: Record<Name, unknown>): Record<Name, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])) as Record<
    Name,
    number
  >;

const visitsOf = ({ events, visitors }: SqlRow) => numbersOf({ events, visitors });

/** @param rows one per currency */
const salesOf = (rows: readonly SqlRow[]): LiveSales => ({
  purchases: rows.reduce((sum, { purchases }) => sum + Number(purchases), 0),
  revenue: rows.map(({ currency, amount }) => ({
    currency: currency === null ? null : String(currency),
    amount: String(amount),
  })),
});

/** DuckDB's or ISO text of a UTC time, as ISO 8601 without fractions of a second. */
const isoOf = (time: unknown): string => `${String(time).slice(0, 19).replace(' ', 'T')}Z`;
