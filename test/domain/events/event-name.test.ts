import { EVENTS, eventOf } from './event-builders';

const PRODUCT = { product_id: 'p1' };
const nameOf = (event: object, topic?: string) =>
  eventOf(event, topic === undefined ? {} : { topic }).event_name;

test.each<[object, string]>([
  [{ event_name: 'view_item' }, 'view_item'],
  [{ event: 'Product Viewed' }, 'view_item'],
  [{ event: 'Order Completed' }, 'purchase'],
  [{ event_name: 'product_view' }, 'view_item'],
  [{ event_name: 'click', ...PRODUCT }, 'view_item'],
  [{ event_name: 'click' }, 'page_view'],
  [{ event_name: 'impression' }, 'view_item_list'],
  [{ event_name: 'product_list_view' }, 'view_item_list'],
  [{ event_name: 'order_completed' }, 'purchase'],
  [{ event_type: 'click', event_subtype: 'product_view', metadata: PRODUCT }, 'view_item'],
  [{ event_type: 'cart', event_subtype: 'add' }, 'add_to_cart'],
  [{ event_type: 'cart', event_subtype: 'remove' }, 'remove_from_cart'],
  [{ event_type: 'checkout', event_subtype: 'start' }, 'begin_checkout'],
  [{ event_type: 'custom', event_subtype: 'Size chart' }, 'custom_size_chart'],
  [{ type: 'page', name: 'Home' }, 'page_view'],
  [{ type: 'track', event: 'Newsletter Signup' }, 'newsletter_signup'],
  [{ event_name: 'newsletterSignup' }, 'newsletter_signup'],
  [{ event_name: 'view_item', action: 'purchase' }, 'view_item'],
  [{ name: 'page_view' }, 'page_view'],
  [{ e: 'pv' }, 'page_view'],
  [{ event_name: 'Größentabelle' }, 'größentabelle'],
])('%j is %s', (event, name) => {
  expect(nameOf(event)).toBe(name);
});

test.each<[string, object, string]>([
  ['clicks', PRODUCT, 'view_item'],
  ['clicks', {}, 'page_view'],
  ['shop.cart.v1', PRODUCT, 'add_to_cart'],
  ['cart', { action: 'remove', ...PRODUCT }, 'remove_from_cart'],
  ['purchases', { name: 'Mug', ...PRODUCT }, 'purchase'],
  ['purchases', { event_name: 'refund' }, 'refund'],
])('in the topic %s, %j is %s', (topic, event, name) => {
  expect(nameOf(event, topic)).toBe(name);
});

test('every name in the vocabulary of the contract stands for its own one, written in any way', () => {
  const { names = {}, withoutProduct = {} } = EVENTS.events ?? {};
  for (const [name, others] of Object.entries(names)) {
    for (const other of [name, ...others]) {
      expect([other, nameOf({ event_name: other.toUpperCase(), ...PRODUCT })]).toEqual([other, name]);
      expect(nameOf({ event_name: other.replaceAll('_', ' ') })).toBe(withoutProduct[other] ?? name);
    }
  }
});

test('no name is in the vocabulary twice', () => {
  const all = Object.entries(EVENTS.events?.names ?? {}).flatMap(([name, others]) => [name, ...others]);
  expect(all.filter((name, at) => all.indexOf(name) !== at)).toEqual([]);
});
