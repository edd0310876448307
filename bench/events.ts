/** Events of a shop's visitors, as raw lines, by position: the same seed gives the same lines. */

import type { RawEvent } from '../domain/events/envelope';
import { Random } from '../fixtures/generator/random';

/** Events per visitor, of one device. */
const PER_VISITOR = 8;

const START = Date.UTC(2026, 10, 1);

const PLATFORMS = [
  (minor: number, major: number) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.${6000 + minor}.${minor % 120} Safari/537.36`,
  (minor: number, major: number) =>
    `Mozilla/5.0 (Linux; Android ${10 + (minor % 6)}; SM-A${100 + (minor % 60)}B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Mobile Safari/537.36`,
  (minor: number, major: number) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${15 + (major % 4)}_${minor % 8} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${15 + (major % 4)}.${minor % 8} Mobile/15E148 Safari/604.1`,
  (minor: number, major: number) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${major}.${minor % 3}) Gecko/20100101 Firefox/${major}.${minor % 3}`,
  (minor: number, major: number) =>
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_${minor % 8}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${15 + (major % 4)}.${minor % 7} Safari/605.1.15`,
] as const;

const REFERRERS = [
  'https://www.google.com/',
  'https://www.google.de/',
  'https://duckduckgo.com/',
  'https://l.instagram.com/',
  'https://t.co/x',
  '',
  '',
] as const;

const QUERIES = [
  '',
  '',
  '?utm_source=google&utm_medium=cpc&utm_campaign=autumn',
  '?gclid=Cj0KCQ',
  '?utm_source=news&utm_medium=email',
] as const;

/** Of 1,000 views about 25 carts and 8 purchases. */
function nameOf(unit: number): string {
  if (unit < 0.45) return 'page_view';
  if (unit < 0.6) return 'view_item_list';
  if (unit < 0.985) return 'view_item';
  return unit < 0.995 ? 'add_to_cart' : unit < 0.997 ? 'begin_checkout' : 'purchase';
}

const ITEMS: Readonly<Record<string, number>> = { page_view: 0, view_item_list: 6, purchase: 2 };

/** The raw line of an event. @param form that of the event */
export function rawEventLine(seed: number, index: number, form: 'native' | 'GA4'): string {
  const random = new Random(seed);
  const visitor = Math.floor(index / PER_VISITOR);
  random.at(1, visitor);
  const platform = random.pick(PLATFORMS);
  const user_agent = platform(random.below(400), 110 + random.below(34));
  const referrer = random.pick(REFERRERS);
  const query = random.pick(QUERIES);
  const user_id = random.chance(0.2) ? `u${visitor}` : null;
  random.at(2, index);
  const name = nameOf(random.unit());
  const time = START + index * 40 + random.below(1000);
  const items = Array.from({ length: ITEMS[name] ?? 1 }, (_, at) => {
    const product = random.below(2000);
    return {
      product_id: `p${product}`,
      name: `Product ${product}`,
      category: `Category ${product % 20}`,
      price: (500 + product) / 100,
      quantity: 1,
      list_name: 'related',
      position: at + 1,
    };
  });
  const value = items.reduce((sum, { price }) => sum + price, 0);
  const shown = {
    page_url: `https://shop.example/${name === 'page_view' ? 'blog' : 'p'}/${random.below(3000)}${query}`,
    referrer: index % PER_VISITOR === 0 ? referrer : 'https://shop.example/',
  };
  const ids = { user_id, client_id: `c${visitor}`, session_id: `s${visitor}` };
  const sale = { value, currency: 'EUR', ...(name === 'purchase' && { transaction_id: `t${index}` }) };
  const native = {
    event_id: `e${seed}-${index}`,
    event_name: name,
    event_time: new Date(time).toISOString(),
    ...ids,
    ...shown,
    user_agent,
    country: 'DE',
    ...(items.length > 0 && { ...sale, items }),
  };
  const raw: RawEvent = {
    event_id: native.event_id,
    received_at: new Date(time + 1500).toISOString(),
    source: 'http',
    position: `m${index}`,
    user_agent,
    key_name: 'web',
    event: form === 'native' ? native : ga4(native, time, items),
  };
  return JSON.stringify(raw);
}

/** The same event as GA4 exports it. */
function ga4(
  {
    event_name,
    user_id,
    client_id,
    session_id,
    page_url,
    referrer,
    country,
    event_id,
    ...rest
  }: Readonly<Record<string, unknown>>,
  time: number,
  items: readonly Readonly<Record<string, unknown>>[],
): object {
  const { user_agent, value, currency, transaction_id } = rest;
  const given = {
    insert_id: event_id,
    ga_session_id: session_id,
    page_location: page_url,
    page_referrer: referrer,
    user_agent,
    value,
    currency,
    transaction_id,
  };
  return {
    event_date: new Date(time).toISOString().slice(0, 10).replaceAll('-', ''),
    event_timestamp: time * 1000,
    event_name,
    event_params: Object.entries(given).flatMap(([key, one]) =>
      one === undefined
        ? []
        : [
            {
              key,
              value: typeof one === 'number' ? { double_value: one } : { string_value: one, int_value: null },
            },
          ],
    ),
    user_id,
    user_pseudo_id: client_id,
    geo: { country, region: '(not set)' },
    device: { category: 'desktop', language: 'de-de', mobile_brand_name: '(not set)' },
    items: items.map(({ product_id, name, category, price, quantity, list_name, position }) => ({
      item_id: product_id,
      item_name: name,
      item_category: category,
      price,
      quantity,
      item_list_name: list_name,
      item_params: [{ key: 'index', value: { int_value: position } }],
    })),
  };
}
