import { categoryReport, rank } from '../../console/server/kpis/category-report';
import { orderChange, orderFigures } from '../../console/server/kpis/order-figures';
import { orderReport } from '../../console/server/kpis/order-report';
import { rangeOf } from '../../console/server/range/range';
import type { Kpi } from '../../operations/kpis/kpis';

const order = (order_date: string, values: Partial<Kpi> = {}): Kpi => ({
  order_date,
  total_orders: '10',
  total_revenue: '100',
  total_items_sold: '20',
  unique_customers: '8',
  return_rate: '10',
  returned_orders: '1',
  ...values,
});

const category = (name: string, order_date: string, revenue: string, values: Partial<Kpi> = {}): Kpi => ({
  category: name,
  order_date,
  daily_revenue: revenue,
  avg_order_value: revenue,
  avg_return_rate: '0',
  orders: '1',
  items: '1',
  returned_items: '0',
  ...values,
});

const { returned_orders, ...OLD_ORDER } = order('2025-03-01');
const { orders, items, returned_items, ...OLD_CATEGORY } = category('Toys', '2025-03-01', '30');

test('customers of several days are the mean of the days', () => {
  const figures = orderFigures([order('a'), order('b', { unique_customers: '9' })]);
  expect(figures).toMatchObject({ days: 2, orders: 20, customers_per_day: '8.50', return_rate: '10.00' });
});

test('items of the previous version keep their daily rates, and have no rates over several days', () => {
  expect(orderFigures([OLD_ORDER]).return_rate).toBe('10.00');
  const several = orderFigures([OLD_ORDER, order('2025-03-02')]);
  expect(several).toMatchObject({ revenue: '200.00', return_rate: null });
  expect(orderChange(several, orderFigures([OLD_ORDER])).return_rate_points).toBeNull();
  expect(rank([OLD_CATEGORY], undefined)).toMatchObject([{ avg_order_value: '30.00', return_rate: '0.00' }]);
  expect(rank([OLD_CATEGORY, OLD_CATEGORY], undefined)).toMatchObject([
    { revenue: '60.00', avg_order_value: null, return_rate: null },
  ]);
});

test('a category over several days has the rates of all its orders and items', () => {
  const days = [
    category('Toys', 'a', '30', { orders: '3', items: '4', returned_items: '1' }),
    category('Toys', 'b', '20', { orders: '1', items: '2', returned_items: '2' }),
  ];
  expect(rank([...days, category('Books', 'b', '50')], [category('Toys', '0', '25')])).toMatchObject([
    { category: 'Books' },
    { revenue: '50.00', avg_order_value: '12.50', return_rate: '50.00', share: '50.00', change: '100.00' },
  ]);
});

describe('a report', () => {
  const data = { from: '2025-02-27', to: '2025-03-04' };

  test('aligns the period before with the range', () => {
    const range = rangeOf({ from: '2025-03-02', to: '2025-03-04' }, data);
    const { buckets, totals, totals_before, change } = orderReport(
      [
        order('2025-02-27', { total_revenue: '20' }),
        order('2025-03-01', { total_revenue: '50' }),
        order('2025-03-04', { total_revenue: '84' }),
      ],
      range,
    );
    expect(range.before).toEqual({ from: '2025-02-27', to: '2025-03-01' });
    expect(buckets.map(({ from, now, before }) => [from, now.revenue, before?.revenue])).toEqual([
      ['2025-03-02', '0.00', '20.00'],
      ['2025-03-03', '0.00', '0.00'],
      ['2025-03-04', '84.00', '50.00'],
    ]);
    expect([totals.revenue, totals_before?.revenue, change?.revenue]).toEqual(['84.00', '70.00', '20.00']);
    expect(change).toMatchObject({ orders: '-50.00', items: '-50.00', return_rate_points: '0.00' });
  });

  test('names the seven largest categories, and adds up the others', () => {
    const range = rangeOf({ period: 'all' }, data);
    const sales = Array.from({ length: 12 }, (_, index) =>
      category(`c${String(index).padStart(2, '0')}`, '2025-03-03', `${index + 1}`),
    );
    const { stacks, ranking, heat } = categoryReport(sales, range);
    expect(stacks.map(({ category: name }) => name)).toEqual([
      'c11',
      'c10',
      'c09',
      'c08',
      'c07',
      'c06',
      'c05',
      null,
    ]);
    expect(stacks.at(-1)?.revenue).toEqual(['0.00', '0.00', '0.00', '0.00', '15.00', '0.00']);
    expect(ranking).toHaveLength(12);
    expect(heat.buckets).toEqual([
      { from: '2025-02-27', to: '2025-03-02' },
      { from: '2025-03-03', to: '2025-03-04' },
    ]);
    expect(heat.rows[0]).toEqual({ category: 'c11', rates: [null, '0.00'] });
  });
});
