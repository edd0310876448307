/**
 * The star schema, computed in memory from the rows of the lake. Written from the definitions of its tables, independently of the SQL and of
 * tasks/. Times have milliseconds.
 */

import type { TextRow } from '../builders/read-delta';
import { type StarRows, starRow } from '../builders/read-star';

/** Rows of the tables below staging/, deleted ones too, as `readDeltaRows` gives them. */
export interface LakeRows {
  readonly users: readonly TextRow[];
  /** Every version. */
  readonly products_history: readonly TextRow[];
  readonly currency_rates: readonly TextRow[];
  readonly orders: readonly TextRow[];
  readonly order_items: readonly TextRow[];
  readonly events: readonly TextRow[];
  readonly event_items: readonly TextRow[];
}

const FIRST = Date.UTC(1900, 0, 1);
const LAST = Date.UTC(9999, 11, 31);

interface Version {
  readonly from: number;
  readonly to: number;
  readonly row: TextRow | null;
  readonly isInferred: boolean;
}

const INFERRED: Version = { from: FIRST, to: LAST, row: null, isInferred: true };

/** @param timeZone the reporting time zone, an IANA name. @param currency of the shop; null if unknown */
export function computeStar(lake: LakeRows, timeZone: string, currency: string | null): StarRows {
  const live = (rows: readonly TextRow[]) => rows.filter(({ _deleted }) => _deleted !== 'true');
  const local = localTimes(timeZone);
  const users = new Map(live(lake.users).map((row) => [row.id, row]));
  const products = productVersions(lake.products_history);
  const rates = live(lake.currency_rates);
  const orders = live(lake.orders);
  const items = live(lake.order_items);
  const events = eventRows(live(lake.events), live(lake.event_items));

  const named = {
    users: new Set(users.keys()),
    products: new Set(products.keys()),
    hours: new Set<string>(),
  };
  const currencies = new Set(rates.map((rate) => rate.currency));
  const userOf = (id: string | null | undefined) => {
    if (id === null || id === undefined) return 'unknown';
    named.users.add(id);
    return id;
  };
  const productOf = (id: string | null | undefined, at: string | null | undefined) => {
    if (id === null || id === undefined) return 'unknown';
    named.products.add(id);
    const time = millis(at);
    const { from } =
      (products.get(id) ?? [INFERRED]).find((one) => one.from <= time && time < one.to) ?? INFERRED;
    return `${id} since ${from / 1000}`;
  };
  const currencyOf = (code: string | null) => {
    if (code === null) return 'unknown';
    currencies.add(code);
    return code;
  };
  const hourOf = (at: string | null | undefined) => {
    const hour = local(millis(at)).slice(0, 13);
    named.hours.add(hour);
    return hour;
  };
  const instant = (at: string | null | undefined) => (at ? new Date(millis(at)).toISOString() : null);
  const isReturned = ({ status }: TextRow) => status?.trim().toLowerCase() === 'returned';

  const fact_orders = orders.map((row) => [
    row.order_id,
    userOf(row.user_id),
    hourOf(row.created_at),
    currencyOf(row.currency?.trim().toUpperCase() || currency),
    midnight(local(millis(row.created_at)).slice(0, 10)),
    instant(row.created_at),
    row.status,
    instant(row.shipped_at),
    instant(row.delivered_at),
    instant(row.returned_at),
    row.num_of_item,
    isReturned(row),
    Number(row.num_of_item) > 0,
  ]);
  const fact_order_items = items.map((row) => [
    row.id,
    row.order_id,
    userOf(row.user_id),
    productOf(row.product_id, row.created_at),
    hourOf(row.created_at),
    instant(row.created_at),
    row.status,
    instant(row.shipped_at),
    instant(row.delivered_at),
    instant(row.returned_at),
    row.quantity ?? '1',
    amount(row.sale_price),
    isReturned(row),
    row.product_id !== null && Number(row.sale_price) > 0 && Number(row.quantity ?? '1') > 0,
  ]);
  const rowsOfEvents = events.map(({ event, item, isFirst }) => {
    const shared = [
      event.event_id,
      item?.item_index ?? '-1',
      userOf(event.user_id),
      productOf(item?.product_id, event.event_time),
      hourOf(event.event_time),
    ];
    const when = [
      event.event_name,
      midnight(local(millis(event.event_time)).slice(0, 10)),
      instant(event.event_time),
    ];
    return { event, item, isFirst, shared, when };
  });
  const ofPeople = rowsOfEvents.filter(({ event, item }) => item && event.is_bot !== 'true');
  const isNamed = (event: TextRow, ...names: string[]) => names.includes(event.event_name ?? '');
  const facts = {
    fact_orders,
    fact_order_items,
    fact_events: rowsOfEvents.map(({ event, item, isFirst, shared, when }) => [
      ...shared,
      currencyOf(event.currency ?? null),
      ...when,
      instant(event.received_at),
      isFirst,
      event.is_bot,
      event.visitor_id,
      event.session_id,
      event.page_path,
      event.traffic_source,
      event.traffic_medium,
      event.utm_campaign,
      event.channel,
      event.device_type,
      event.country,
      event.transaction_id,
      amount(event.value),
      item?.list_name,
      item?.position,
      amount(item?.price),
      item?.quantity,
    ]),
    fact_clicks: ofPeople
      .filter(({ event }) => isNamed(event, 'select_item', 'view_item'))
      .map(({ event, item, shared, when }) => [
        ...shared,
        ...when,
        event.visitor_id,
        event.session_id,
        item?.list_name,
        item?.position,
        amount(item?.price),
      ]),
    fact_cart: ofPeople
      .filter(({ event }) => isNamed(event, 'add_to_cart', 'remove_from_cart'))
      .map(({ event, item, shared, when }) => [
        ...shared,
        ...when,
        event.visitor_id,
        event.session_id,
        amount(item?.price),
        isNamed(event, 'add_to_cart') ? item?.quantity : `-${item?.quantity}`,
      ]),
  };
  const star = {
    dim_user: [...named.users].map((id) => {
      const user = users.get(id);
      return [
        id,
        user?.age,
        user?.gender,
        user?.city,
        user?.state,
        user?.country,
        user?.traffic_source,
        instant(user?.created_at),
        user === undefined,
      ];
    }),
    dim_product: [...named.products].flatMap((id) =>
      (products.get(id ?? '') ?? [INFERRED]).map(({ from, to, row, isInferred }) => [
        `${id} since ${from / 1000}`,
        row?.sku,
        row?.name,
        row?.brand,
        row?.category?.trim() || 'Unknown',
        row?.department,
        amount(row?.cost),
        amount(row?.retail_price),
        new Date(from).toISOString(),
        new Date(to).toISOString(),
        to === LAST,
        row === null && !isInferred,
        isInferred,
      ]),
    ),
    dim_time: [...named.hours].map(hourRow),
    dim_currency: [...currencies].map((code) => [code, !rates.some((rate) => rate.currency === code)]),
    currency_rates: rates.map((rate) => [rate.currency, midnight(rate.rate_date ?? ''), amount(rate.rate)]),
    shop: [[currency]],
    ...facts,
  };
  return Object.fromEntries(Object.entries(star).map(([table, rows]) => [table, rows.map(starRow).sort()]));
}

const millis = (at: string | null | undefined): number =>
  Date.parse(`${at}`.replace(/(\.\d{3})\d*Z$/, '$1Z'));

/** As `pg` gives a date. */
const midnight = (day: string): string => new Date(`${day}T00:00:00`).toISOString();

/** Without zeros at the end. */
const amount = (text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');

/** `2025-03-01 13:05:00` on the clocks of a time zone, by epoch milliseconds. */
function localTimes(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (at) => format.format(at);
}

/** The intervals of each product, oldest first; the row of a deleted one is null. */
function productVersions(history: readonly TextRow[]): Map<string | null | undefined, Version[]> {
  const order = ['_source_modified_at', '_source_key', '_source_line'] as const;
  const isNewer = (a: TextRow, b: TextRow): number => {
    for (const name of order) {
      const [left, right] = [a[name] ?? '', b[name] ?? ''];
      const difference =
        name === '_source_line' ? Number(left) - Number(right) : Number(left > right) - Number(left < right);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const products = new Map<string | null | undefined, Version[]>();
  for (const row of history.toSorted(isNewer)) {
    const versions = products.get(row.id) ?? [];
    products.set(row.id, versions);
    const isDeleted = row._deleted === 'true';
    const at = millis(row._source_modified_at);
    const next = { at, row: isDeleted ? null : row };
    versions.push({ from: next.at, to: LAST, row: next.row, isInferred: false });
  }
  for (const [id, versions] of products) products.set(id, intervals(versions));
  return products;
}

function intervals(versions: readonly Version[]): Version[] {
  // Of several versions at a time the newest, which is the last, counts.
  const distinct = versions.filter(({ from }, at) => versions[at + 1]?.from !== from);
  const changed = distinct.filter(
    ({ row }, at) => at === 0 || described(row) !== described(distinct[at - 1]?.row),
  );
  return changed.map((version, at) => ({
    ...version,
    from: at === 0 ? FIRST : version.from,
    to: changed[at + 1]?.from ?? LAST,
  }));
}

const described = (row: TextRow | null | undefined): string =>
  row
    ? JSON.stringify([
        row.sku,
        row.name,
        row.brand,
        row.category?.trim() || null,
        row.department,
        row.cost,
        row.retail_price,
      ])
    : 'deleted';

function eventRows(events: readonly TextRow[], items: readonly TextRow[]) {
  return events.flatMap((event) => {
    const own = items
      .filter(
        ({ event_id, item_index }) =>
          event_id === event.event_id && Number(item_index) < Number(event.item_count),
      )
      .toSorted((a, b) => Number(a.item_index) - Number(b.item_index));
    const rows: readonly (TextRow | undefined)[] = own.length > 0 ? own : [undefined];
    return rows.map((item, at) => ({ event, item, isFirst: at === 0 }));
  });
}

function hourRow(hour: string): unknown[] {
  const at = new Date(`${hour.replace(' ', 'T')}:00:00Z`);
  const [year, month, weekday] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDay() || 7];
  // The week of its Thursday.
  const thursday = Date.UTC(year, month - 1, at.getUTCDate() + 4 - weekday);
  const firstDay = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  const week = 1 + Math.floor((thursday - firstDay) / (7 * 86_400_000));
  return [
    hour,
    midnight(hour.slice(0, 10)),
    year,
    Math.ceil(month / 3),
    month,
    week,
    at.getUTCDate(),
    weekday,
    at.getUTCHours(),
    weekday >= 6,
  ];
}
