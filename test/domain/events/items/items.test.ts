import { faultsOf, rowsOf } from '../event-builders';

const LIST = [
  {
    item_id: 'p1',
    item_name: "Men's shirt, blue",
    item_category: 'Clothes',
    price: 12.5,
    quantity: 2,
    index: 1,
  },
  { item_id: '12345678901234567', item_name: 'Mug "Best" ~ 0.3 l', price: 3, quantity: 1, index: 2 },
];

const PYTHON = `{'item_id': 'p1', 'item_name': "Men's shirt, blue", 'item_category': 'Clothes', 'price': 12.5, 'quantity': 2, 'index': 1, 'coupon': None},
 {'item_id': '12345678901234567', 'item_name': 'Mug "Best" ~ 0.3 l', 'item_category': nan, 'price': np.float64(3.0), 'quantity': 1, 'index': 2}`;

const GA = [
  "idp1~nmMen's shirt, blue~caClothes~pr12.5~qt2~lp1",
  'id12345678901234567~nmMug "Best" ~~ 0.3 l~pr3~qt1~lp2',
];

const params = ({ item_id, ...rest }: (typeof LIST)[number]) => ({
  item_id,
  item_params: Object.entries(rest).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { string_value: value } : { string_value: null, double_value: value },
  })),
});

/** One list in every form in which events carry it. */
const FORMS: readonly (readonly [string, object])[] = [
  ['an array of objects', { items: LIST }],
  ['objects with item_params', { items: LIST.map(params) }],
  ['JSON text', { items: JSON.stringify(LIST) }],
  ['JSON text, encoded twice', { items: JSON.stringify(JSON.stringify(LIST)) }],
  ['an array of JSON texts', { items: LIST.map((item) => JSON.stringify(item)) }],
  ['Python text', { items: `[${PYTHON}]` }],
  ['Python text of an array', { items: `array([${PYTHON}], dtype=object)` }],
  ["texts of Google Analytics' web tag", { pr1: GA[0], pr2: GA[1] }],
  [
    'a query of such texts',
    { items: GA.map((text, at) => `pr${at + 1}=${encodeURIComponent(text)}`).join('&') },
  ],
  ["Parquet's list", { items: { list: LIST.map((element) => ({ element })) } }],
  ['objects by number', { items: { 1: LIST[1], 0: LIST[0] } }],
  ['a list in a group', { ecommerce: { items: LIST } }],
  [
    'other names',
    { products: LIST.map(({ item_id, item_name, ...item }) => ({ ...item, sku: item_id, name: item_name })) },
  ],
];

const itemsOf = (forms: object) => rowsOf({ event_name: 'view_item_list', event_id: 'e1', ...forms });

test.each(FORMS)('%s: the same rows', (_, form) => {
  expect(itemsOf(form)).toEqual(itemsOf({ items: LIST }));
});

test('the rows have the values of the list', () => {
  expect(itemsOf({ items: LIST }).items).toMatchObject([
    {
      item_index: '0',
      product_id: 'p1',
      name: "Men's shirt, blue",
      category: 'Clothes',
      price: '12.5000',
      quantity: '2',
      position: '1',
    },
    {
      item_index: '1',
      product_id: '12345678901234567',
      name: 'Mug "Best" ~ 0.3 l',
      category: null,
      price: '3.0000',
      quantity: '1',
      position: '2',
    },
  ]);
});

test('one object is one item, and so is an event about one product', () => {
  const [item] = LIST;
  const one = itemsOf({ items: item });
  expect(one.items).toHaveLength(1);
  expect(
    itemsOf({
      product_id: 'p1',
      product_name: "Men's shirt, blue",
      category: 'Clothes',
      price: 12.5,
      quantity: 2,
      position: 1,
    }),
  ).toEqual(one);
  expect(
    itemsOf({
      product: { id: 'p1', name: "Men's shirt, blue", category: 'Clothes', price: '12.5' },
      quantity: 2,
      position: 1,
    }),
  ).toEqual(one);
});

test('what no column has is kept with its item', () => {
  const { items } = itemsOf({
    items: [
      { id: 'p1', brand: 'Acme', item_params: [{ key: 'size', value: { int_value: 42 } }], coupon: null },
    ],
  });
  expect(JSON.parse(items[0]?._extra ?? '')).toEqual({ brand: 'Acme', size: 42 });
});

test('a quantity that is not given is 1; the list of the event is that of items without one', () => {
  const { items } = itemsOf({
    item_list_name: 'related',
    items: [{ id: 'p1' }, { id: 'p2', list_name: 'new', quantity: 0 }],
  });
  expect(items).toMatchObject([
    { quantity: '1', list_name: 'related' },
    { quantity: '0', list_name: 'new' },
  ]);
});

test('no items: none, null, empty lists, empty objects, and a number of items', () => {
  for (const items of [undefined, null, [], '', '[]', '{}', {}, [{}], [{ item_id: '(not set)' }], 3]) {
    expect(itemsOf({ items })).toMatchObject({ event: { item_count: '0' }, items: [] });
  }
});

test('a text that is no list, and more items than a cart has, are faults of the event', () => {
  for (const items of ['a mug', '[{"id": "p1"', "[{'id': p1}]", '[1, 2', [1, 2], [['a']]])
    expect(faultsOf({ event_name: 'purchase', items })).toEqual([
      expect.stringMatching(/^items: expected a list of items/),
    ]);
  expect(
    faultsOf({ event_name: 'purchase', items: Array.from({ length: 1001 }, () => ({ id: 'p1' })) }),
  ).toEqual(['items: expected at most 1000 items, got 1001']);
});
