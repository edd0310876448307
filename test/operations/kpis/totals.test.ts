import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import { decimal, divide, percentage } from '../../../operations/kpis/decimals';
import type { Kpi } from '../../../operations/kpis/kpis';
import { totalOf, totalsByKey } from '../../../operations/kpis/totals';

const order = (values: Partial<Kpi> = {}): Kpi => ({
  order_date: '2025-03-01',
  total_orders: '10',
  total_revenue: '100',
  total_items_sold: '20',
  unique_customers: '8',
  return_rate: '10',
  returned_orders: '1',
  ...values,
});

const toys = (values: Partial<Kpi> = {}): Kpi => ({
  category: 'Toys',
  order_date: '2025-03-01',
  daily_revenue: '30',
  avg_order_value: '10',
  avg_return_rate: '25',
  orders: '3',
  items: '4',
  returned_items: '1',
  ...values,
});

test('sums are exact where floats would be a cent off', () => {
  const days = Array.from({ length: 10 }, () => order({ total_revenue: '0.1' }));
  expect(totalOf(catalog.mart('order_kpis'), days)).toMatchObject({
    total_revenue: '1.00',
    total_orders: '100',
    total_items_sold: '200',
    returned_orders: '10',
  });
  const large = [order({ total_revenue: '90071992547409931234.56' }), order({ total_revenue: '0.01' })];
  expect(totalOf(catalog.mart('order_kpis'), large).total_revenue).toBe('90071992547409931234.57');
});

test('daily customers are not added up; a single day keeps its stored values', () => {
  expect(totalOf(catalog.mart('order_kpis'), [order(), order()])).not.toHaveProperty('unique_customers');
  const { returned_orders, ...oldDay } = order();
  expect(totalOf(catalog.mart('order_kpis'), [oldDay])).toMatchObject({
    unique_customers: '8',
    return_rate: '10.00',
  });
  expect(totalOf(catalog.mart('order_kpis'), [])).not.toHaveProperty('return_rate');
});

test('rates over several days are those of all their orders and items, however many', () => {
  const counts = fc
    .bigInt({ min: 1n, max: 10_000_000n })
    .chain((of) => fc.tuple(fc.bigInt({ min: 0n, max: of }), fc.constant(of), fc.bigInt({ min: 1n })));
  fc.assert(
    fc.property(fc.array(counts, { minLength: 2 }), (days) => {
      const [part, of, revenue] = [0, 1, 2].map((index) =>
        days.reduce((sum, day) => sum + (day[index] ?? 0n), 0n),
      ) as [bigint, bigint, bigint];
      const orders = days.map(([returned, all]) =>
        order({ returned_orders: String(returned), total_orders: String(all) }),
      );
      expect(totalOf(catalog.mart('order_kpis'), orders).return_rate).toBe(percentage(part, of));
      const sales = days.map(([returned, all, cents]) =>
        toys({
          daily_revenue: decimal(cents),
          orders: String(all),
          items: String(all),
          returned_items: String(returned),
        }),
      );
      expect(totalOf(catalog.mart('category_kpis'), sales)).toMatchObject({
        avg_order_value: decimal(divide(revenue, of)),
        avg_return_rate: percentage(part, of),
      });
    }),
  );
});

test('without the counts of every day there are sums, but no rates and no counts', () => {
  const { returned_orders, ...oldDay } = order();
  expect(totalOf(catalog.mart('order_kpis'), [order(), oldDay])).toEqual({
    total_orders: '20',
    total_revenue: '200.00',
    total_items_sold: '40',
  });
  const { orders, items, returned_items, ...oldToys } = toys();
  expect(totalOf(catalog.mart('category_kpis'), [toys(), oldToys])).toEqual({ daily_revenue: '60.00' });
});

test('categories have a total each, orders one for all', () => {
  const rows = [toys(), toys({ category: 'Books', daily_revenue: '5' }), toys()];
  expect(
    totalsByKey(catalog.mart('category_kpis'), rows).map((total) => [total.category, total.daily_revenue]),
  ).toEqual([
    ['Books', '5.00'],
    ['Toys', '60.00'],
  ]);
  expect(totalsByKey(catalog.mart('order_kpis'), [order(), order()])).toMatchObject([{ total_orders: '20' }]);
});
