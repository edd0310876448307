import fc from 'fast-check';
import {
  addCategory,
  categoryFigures,
  categorySum,
  rateCell,
} from '../../console/server/kpis/category-figures';
import { categoryReport } from '../../console/server/kpis/category-report';
import { decimal, divide, growth, hundredths, percentage } from '../../console/server/kpis/decimals';
import { addOrders, orderChange, orderFigures, orderSum } from '../../console/server/kpis/order-figures';
import { orderReport } from '../../console/server/kpis/order-report';
import { rangeOf } from '../../console/server/kpis/range';
import type { Kpi } from '../../operations/kpis/kpis';

const order = (order_date: string, values: Partial<Kpi> = {}): Kpi => ({
  order_date,
  total_orders: '10',
  total_revenue: '100',
  total_items_sold: '20',
  unique_customers: '8',
  return_rate: '10',
  ...values,
});

const category = (name: string, order_date: string, revenue: string, average: string, rate = '0'): Kpi => ({
  category: name,
  order_date,
  daily_revenue: revenue,
  avg_order_value: average,
  avg_return_rate: rate,
});

describe('decimals', () => {
  test.each([
    ['12.5', '12.50'],
    ['0.01', '0.01'],
    ['7', '7.00'],
    ['1.2E+3', '1200.00'],
    ['-0.05', '-0.05'],
    ['12345678901234567890123456789012345.67', '12345678901234567890123456789012345.67'],
    ['none', '0.00'],
  ])('%s keeps its digits', (text, expected) => {
    expect(decimal(hundredths(text))).toBe(expected);
  });

  test('a quotient is rounded half up, away from zero', () => {
    expect([divide(5n, 2n), divide(-5n, 2n), divide(4n, 3n), divide(-4n, 3n)]).toEqual([3n, -3n, 1n, -1n]);
    expect(percentage(1n, 3n)).toBe('33.33');
    expect(percentage(1n, 0n)).toBeNull();
    expect(growth(50n, 200n)).toBe('-75.00');
    expect(growth(50n, 0n)).toBeNull();
  });
});

describe('days add up', () => {
  test('to sums of exact decimals, where floats would be a cent off', () => {
    const days = Array.from({ length: 10 }, () => orderSum(order('2025-03-01', { total_revenue: '0.1' })));
    const total = days.reduce(addOrders);
    expect(orderFigures(total)).toMatchObject({ revenue: '1.00', orders: 100, items: 200, days: 10 });
    const great = orderSum(order('2025-03-01', { total_revenue: '90071992547409931234.56' }));
    expect(
      orderFigures(addOrders(great, orderSum(order('2025-03-02', { total_revenue: '0.01' })))).revenue,
    ).toBe('90071992547409931234.57');
  });

  test('but customers, who may come on several days: they are told by day', () => {
    const two = addOrders(orderSum(order('a')), orderSum(order('b', { unique_customers: '9' })));
    expect(orderFigures(two).customers_per_day).toBe('8.50');
  });

  test("to the rate of the returned orders, which each day's rounded rate tells exactly below 10,000 orders", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .integer({ min: 1, max: 9_999 })
            .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of))),
          {
            minLength: 1,
          },
        ),
        (days) => {
          const sums = days.map(([returned, of]) =>
            orderSum(
              order('a', {
                total_orders: String(of),
                return_rate: percentage(BigInt(returned), BigInt(of)) ?? '',
              }),
            ),
          );
          const [returned, of] = days.reduce(([r, n], [dayR, dayN]) => [r + dayR, n + dayN], [0, 0]);
          const figures = orderFigures(sums.reduce(addOrders));
          expect(figures.return_rate).toBe(percentage(BigInt(returned), BigInt(of)));
          expect(figures.is_return_rate_exact).toBe(true);
        },
      ),
    );
  });

  test('and a rate of more orders than that is said to be about', () => {
    const large = orderSum(order('a', { total_orders: '10000' }));
    expect(orderFigures(large).is_return_rate_exact).toBe(true);
    expect(orderFigures(addOrders(large, orderSum(order('b')))).is_return_rate_exact).toBe(false);
  });
});

describe('a category', () => {
  test('over several days has the revenue by order that its days tell, where they tell how many orders they had', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 10_000_000n }), fc.bigInt({ min: 1n, max: 500n })), {
          minLength: 1,
        }),
        (days) => {
          const sums = days.map(([revenue, orders]) =>
            categorySum(category('Toys', 'a', decimal(revenue), decimal(divide(revenue, orders)))),
          );
          const sum = sums.reduce(addCategory);
          if (!sum.areOrdersExact) return;
          expect(sum.orders).toBe(days.reduce((total, [, orders]) => total + orders, 0n));
        },
      ),
    );
    const two = addCategory(
      categorySum(category('Toys', 'a', '30', '10')),
      categorySum(category('Toys', 'b', '20', '20')),
    );
    expect(categoryFigures('Toys', two, 100_00n, 25_00n)).toMatchObject({
      revenue: '50.00',
      avg_order_value: '12.50',
      is_avg_order_value_exact: true,
      share: '50.00',
      change: '100.00',
    });
  });

  test('has a mean return rate by orders, said to be about, unless its days have one and the same', () => {
    const three = categorySum(category('Toys', 'a', '30', '10', '10'));
    const one = categorySum(category('Toys', 'b', '20', '20', '50'));
    expect(rateCell(three)).toEqual(['10.00', true]);
    expect(rateCell(addCategory(three, one))).toEqual(['20.00', false]);
    expect(rateCell(addCategory(three, three))).toEqual(['10.00', true]);
  });
});

describe('a report', () => {
  const data = { from: '2025-02-27', to: '2025-03-04' };

  test('puts each day of the period before on the day as many days later', () => {
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
    expect(change).toEqual(orderChange(orderSum(order('', { total_revenue: '84' })), orderSumOfTwo()));
  });

  const orderSumOfTwo = () =>
    addOrders(orderSum(order('', { total_revenue: '20' })), orderSum(order('', { total_revenue: '50' })));

  test('names the seven greatest categories, and adds up the others', () => {
    const range = rangeOf({ period: 'all' }, data);
    const items = Array.from({ length: 12 }, (_, index) =>
      category(`c${String(index).padStart(2, '0')}`, '2025-03-03', `${index + 1}`, '1'),
    );
    const { stacks, ranking, heat } = categoryReport(items, range);
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
    expect(heat.rows[0]).toEqual({ category: 'c11', rates: [null, ['0.00', true]] });
  });
});
