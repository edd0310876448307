import { DuckDb } from '../../../engine/duckdb/session';
import { newestCohorts } from '../../../operations/customers/cohorts';
import { binWidth, customerSummary } from '../../../operations/customers/summary';

let db: DuckDb;
beforeAll(async () => {
  db = await DuckDb.open({ tempDirectory: '/tmp/daybook-customer-summary', threads: 1 });
});
afterAll(() => db.close());

const rowsOf = (relation: string) => ({ db, relation: `(${relation})`, isTable: false, state: '' });

test.each([
  [0n, 100n],
  [100n, 100n],
  [2_000n, 100n],
  [2_001n, 200n],
  [10_001n, 1_000n],
  [9_000_000n, 500_000n],
])('20 bins up to %d hundredths are %d wide', (high, width) => {
  expect(binWidth(high)).toBe(width);
});

test('customers with a negative net revenue have a bin of their own, and the last one is open', async () => {
  const { revenue_bins, order_bins, totals } = await customerSummary(
    rowsOf(`
      select
        cast(v as decimal(38, 2)) as net_revenue,
        n as orders,
        false as is_top_decile,
        1 as rfm_recency,
        1 as rfm_frequency
      from (values (-5.00, 1), (0.00, 12), (0.99, 2), (1000.00, 2)) as t(v, n)`),
  );
  expect(revenue_bins.slice(0, 2)).toEqual([
    { from: null, to: '0.00', customers: 1 },
    { from: '0.00', to: '50.00', customers: 2 },
  ]);
  expect(revenue_bins.at(-1)).toEqual({ from: '1000.00', to: null, customers: 1 });
  expect(order_bins.slice(0, 2)).toEqual([
    { from: '1', to: '2', customers: 1 },
    { from: '2', to: '3', customers: 2 },
  ]);
  expect(order_bins.at(-1)).toEqual({ from: '10', to: null, customers: 1 });
  expect(totals).toMatchObject({
    customers: 4,
    repeat_customers: 3,
    net_revenue: '995.99',
    mean_revenue: '249.00',
  });
});

test('cohorts end with the last month of all data, and are 0 in months without an order', async () => {
  const cohorts = await newestCohorts(
    rowsOf(`
      select
        m as cohort_month,
        since as months_since,
        active as active_customers,
        4 as customers,
        cast(active * 25 as decimal(5, 2)) as retention_rate,
        cast(active as decimal(38, 2)) as revenue
      from (values (date '2024-11-01', 0, 4), (date '2024-11-01', 2, 1), (date '2024-12-01', 0, 4), (date '2025-01-01', 0, 4))
        as t(m, since, active)`),
    2,
  );
  const zero = { active_customers: 0, retention_rate: '0.00', revenue: '0.00' };
  const all = { active_customers: 4, retention_rate: '100.00', revenue: '4.00' };
  expect(cohorts).toEqual([
    { month: '2025-01-01', customers: 4, months: [all] },
    { month: '2024-12-01', customers: 4, months: [all, zero] },
  ]);
});
