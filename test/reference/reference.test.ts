import { ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import type { Kind } from './kpis';
import { type CategoryKpi, computeKpis, type Kpis, type OrderKpi, type RowVersion } from './kpis';
import { parseCell, readRows } from './read-rows';

const product = (id: number, category: string, cost = '1', retail = '2') =>
  `${id},s,${cost},${category},n,b,${retail},d`;
const order = (id: number, day: string, { user = id, status = 'delivered', items = '1' } = {}) =>
  `${id},${user},${status},${day.length === 10 ? `${day}T12:00:00` : day},,,,${items}`;
const item = (id: number, orderId: number, productId: number | '', price: string, status = 'delivered') =>
  `${id},${orderId},1,${productId},${status},2025-06-30T12:00:00,,,,${price}`;

interface Drop {
  readonly products?: readonly string[];
  readonly orders?: readonly string[];
  readonly items?: readonly string[];
  /** The folder below input/, and the time of the upload. */
  readonly folder?: string;
  readonly at?: number;
}

function kpisOf(drops: readonly Drop[], timeZone?: string): Kpis {
  const versions: Record<Kind, RowVersion[]> = { products: [], orders: [], order_items: [] };
  drops.forEach(({ products = [], orders = [], items = [], folder = 'a', at }, index) => {
    const files = {
      products: [PRODUCTS, ...products],
      orders: [ORDERS, ...orders],
      order_items: [ORDER_ITEMS, ...items],
    };
    for (const [kind, lines] of Object.entries(files)) {
      const file = { key: `input/${folder}/${kind}.csv`, body: lines.join('\n'), uploadedAt: at ?? index };
      versions[kind as Kind].push(...readRows(file).rows);
    }
  });
  return computeKpis(versions, timeZone);
}

const onlyOrderKpi = (kpis: Kpis): OrderKpi | undefined => kpis.order_kpis[0];
const onlyCategoryKpi = (kpis: Kpis): CategoryKpi | undefined => kpis.category_kpis[0];

describe('reference KPIs', () => {
  test('are computed for a day and its categories', () => {
    const kpis = kpisOf([
      {
        products: [product(1, 'Toys'), product(2, 'Books')],
        orders: [
          order(1, '2025-03-08', { user: 7, status: ' RETURNED ' }),
          order(2, '2025-03-08', { user: 7 }),
          order(3, '2025-03-08', { user: 8 }),
        ],
        items: [
          item(1, 1, 1, '10.00', 'Returned'),
          item(2, 1, 1, '5.00'),
          item(3, 2, 1, '1.01'),
          item(4, 2, 2, '7'),
        ],
      },
    ]);
    expect(kpis).toEqual({
      order_kpis: [
        {
          order_date: '2025-03-08',
          total_orders: 3,
          total_revenue: '23.01',
          total_items_sold: 4,
          unique_customers: 2,
          return_rate: '33.33',
          returned_orders: 1,
        },
      ],
      category_kpis: [
        {
          category: 'Books',
          order_date: '2025-03-08',
          daily_revenue: '7.00',
          avg_order_value: '7.00',
          avg_return_rate: '0.00',
          orders: 1,
          items: 1,
          returned_items: 0,
        },
        {
          category: 'Toys',
          order_date: '2025-03-08',
          daily_revenue: '16.01',
          avg_order_value: '8.01',
          avg_return_rate: '33.33',
          orders: 2,
          items: 3,
          returned_items: 1,
        },
      ],
    });
  });

  test('are empty without rows', () => {
    expect(kpisOf([{}])).toEqual({ order_kpis: [], category_kpis: [] });
  });

  test('exclude orders without num_of_item above 0, and their items', () => {
    const orders = ['', '0', '-1'].map((items, index) => order(index + 1, '2025-03-08', { items }));
    expect(kpisOf([{ orders, items: [item(1, 1, 1, '5')] }]).order_kpis).toEqual([]);
  });

  test('exclude items without a product, or without a price above 0', () => {
    const items = [item(1, 1, '', '5'), item(2, 1, 1, ''), item(3, 1, 1, '0.00004'), item(4, 1, 1, '-5')];
    const kpis = kpisOf([{ orders: [order(1, '2025-03-08')], items }]);
    expect(onlyOrderKpi(kpis)).toMatchObject({ total_orders: 1, total_revenue: '0.00', total_items_sold: 0 });
    expect(kpis.category_kpis).toEqual([]);
  });

  test('include an item only with its order, on the day of the order', () => {
    const items = { items: [item(1, 5, 1, '5')] };
    expect(kpisOf([items]).order_kpis).toEqual([]);
    const later = kpisOf([items, { orders: [order(5, '2025-03-08')] }]);
    expect(onlyOrderKpi(later)).toMatchObject({ order_date: '2025-03-08', total_items_sold: 1 });
  });

  test('use the category Unknown for blank categories, and for unknown or excluded products', () => {
    const kpis = kpisOf([
      {
        products: [product(1, ' \t '), product(2, 'Toys', '', '2'), product(3, 'Toys', '1', '0')],
        orders: [order(1, '2025-03-08')],
        items: [1, 2, 3, 4].map((id) => item(id, 1, id, '2.50')),
      },
    ]);
    expect(kpis.category_kpis).toHaveLength(1);
    expect(onlyCategoryKpi(kpis)).toMatchObject({ category: 'Unknown', daily_revenue: '10.00' });
  });

  test.each([
    ['UTC', '2025-03-09T02:30:00', '2025-03-09'],
    ['America/New_York', '2025-03-09T02:30:00', '2025-03-08'],
    ['Pacific/Kiritimati', '2025-03-09T10:00:00Z', '2025-03-10'],
  ])('in %s put %s on the day %s', (timeZone, createdAt, day) => {
    const kpis = kpisOf([{ orders: [order(1, createdAt)] }], timeZone);
    expect(onlyOrderKpi(kpis)?.order_date).toBe(day);
  });

  test('include the last microsecond of a day, also before 1970', () => {
    const orders = [order(1, '1969-12-31T23:59:59.999999'), order(2, '2025-03-08T23:59:59.999999 UTC')];
    expect(kpisOf([{ orders }]).order_kpis.map((kpi) => kpi.order_date)).toEqual([
      '1969-12-31',
      '2025-03-08',
    ]);
  });

  describe('round half up, from exact sums', () => {
    const oneDay = (prices: readonly string[]) =>
      onlyCategoryKpi(
        kpisOf([
          {
            orders: prices.map((_, index) => order(index + 1, '2025-03-08')),
            items: prices.map((price, index) => item(index + 1, index + 1, 1, price)),
          },
        ]),
      );

    test.each([
      [['1.005'], '1.01', '1.01'],
      [['12.505'], '12.51', '12.51'],
      [['10.00495'], '10.01', '10.01'],
      [['0.0049'], '0.00', '0.00'],
      [['0.1', '0.2'], '0.30', '0.15'],
      [['10.005', '10.00'], '20.01', '10.00'],
      [['99999999999999.9999', '0.0051'], '100000000000000.01', '50000000000000.00'],
    ])('%j sums to %s, %s per order', (prices, daily_revenue, avg_order_value) => {
      expect(oneDay(prices)).toMatchObject({ daily_revenue, avg_order_value });
    });

    test('a rate of 3.125 percent is 3.13', () => {
      const orders = Array.from({ length: 32 }, (_, index) =>
        order(index + 1, '2025-03-08', { status: index === 0 ? 'returned' : 'shipped' }),
      );
      expect(onlyOrderKpi(kpisOf([{ orders }]))?.return_rate).toBe('3.13');
    });
  });

  describe('use the latest version of a row', () => {
    const users = (drops: readonly [folder: string, at: number, ...users: number[]][]) => {
      const files = drops.map(([folder, at, ...ids]) => ({
        folder,
        at,
        orders: ids.map((user) => order(1, `2025-03-0${user}`, { user })),
      }));
      return kpisOf(files).order_kpis.map((kpi) => kpi.order_date);
    };

    test('the later upload, whatever the order of the files', () => {
      expect(
        users([
          ['a', 20, 2],
          ['b', 10, 1],
        ]),
      ).toEqual(['2025-03-02']);
    });

    test('at the same time, the greater key in bytes', () => {
      expect(
        users([
          ['b', 1, 2],
          ['a', 1, 1],
        ]),
      ).toEqual(['2025-03-02']);
      // UTF-16 orders them the other way round.
      expect(
        users([
          ['\u{1f600}', 1, 2],
          ['\uff01', 1, 1],
        ]),
      ).toEqual(['2025-03-02']);
    });

    test('in the same file, the greater line', () => {
      expect(users([['a', 1, 1, 3, 2]])).toEqual(['2025-03-02']);
    });
  });
});

describe('reference cells', () => {
  test.each([
    ['int64', '7', 7n],
    ['int64', ' 7.0 ', 7n],
    ['int64', '7.5', undefined],
    ['int64', 'seven', undefined],
    ['int64', '9223372036854775807', 9223372036854775807n],
    ['int64', '9223372036854775808', undefined],
    ['int64', '  ', null],
    ['money', '1.23455', 12346n],
    ['money', '.5', 5000n],
    ['money', '-4', -40000n],
    ['money', 'free', undefined],
    ['money', '.', undefined],
    ['timestamp', '1970-01-01T00:00:01', 1_000_000n],
    ['timestamp', '1970-01-01 02:00:00.5+02:00', 500_000n],
    ['timestamp', '1969-12-31T19:00:00-05:00', 0n],
    ['timestamp', '1970-01-01 00:00:00 UTC', 0n],
    ['timestamp', '2025-02-30T00:00:00Z', undefined],
    ['timestamp', '2025-01-01T24:00:00Z', undefined],
    ['timestamp', 'yesterday', undefined],
    ['text', '', null],
    ['text', ' x ', ' x '],
  ] as const)('%s %j is %s', (type, text, value) => {
    expect(parseCell(type, text)).toBe(value);
  });
});
