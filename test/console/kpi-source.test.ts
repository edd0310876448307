import { CategorySource, type LogChanges } from '../../console/server/kpis/category-source';
import type { Kpi } from '../../operations/kpis/kpis';

/** A table of three days that records its reads. */
class Table {
  now = 0;
  log: LogChanges = {};
  revenue = '1';
  readonly reads: string[] = [];
  readonly days = ['2025-03-01', '2025-03-02', '2025-04-01'];
  readonly source = new CategorySource(
    {
      all: async () => this.read('all', this.days),
      ofDays: async (days) => this.read(days.join(' '), days),
      changes: async (since) => ({ ...this.log, days: since === undefined ? undefined : this.log.days }),
    },
    () => this.now,
  );

  async revenues(days = this.days): Promise<string[]> {
    const { items } = await this.source.of(days, this.days);
    return items.map(({ daily_revenue = '' }) => daily_revenue);
  }

  private read(what: string, days: readonly string[]): Kpi[] {
    this.reads.push(what);
    this.now += 100;
    return days.map((order_date) => ({ order_date, category: 'Toys', daily_revenue: this.revenue }));
  }
}

let table: Table;
beforeEach(() => {
  table = new Table();
});

test('items are cached while the log has no change, for ten minutes at most', async () => {
  table.log = { published: 4, days: new Set() };
  expect(await table.revenues(['2025-03-01'])).toEqual(['1']);
  expect(await table.revenues()).toEqual(['1', '1', '1']);
  const { state } = await table.source.of(table.days, table.days);
  table.now += 590_000;
  expect((await table.source.of(table.days, table.days)).state).toBe(state);
  expect(table.reads).toEqual(['2025-03-01', '2025-03-02 2025-04-01']);
  table.now += 20_000;
  table.revenue = '2';
  expect(await table.revenues()).toEqual(['2', '2', '2']);
});

test('changed days are read again, other days are not', async () => {
  table.log = { published: 4, days: new Set() };
  await table.revenues();
  const { state } = await table.source.of(table.days, table.days);
  table.revenue = '2';
  table.log = { published: 6, days: new Set(['2025-03-01']) };
  expect(await table.revenues()).toEqual(['2', '1', '1']);
  expect((await table.source.of(table.days, table.days)).state).not.toBe(state);
});

test('everything is read again once there is a log', async () => {
  expect(await table.revenues()).toEqual(['1', '1', '1']);
  table.revenue = '2';
  table.log = { published: 0, days: new Set() };
  expect(await table.revenues()).toEqual(['2', '2', '2']);
});

test('without a log, items are cached for twenty times as long as reading took', async () => {
  await table.revenues();
  table.revenue = '2';
  table.now = 2_000;
  expect(await table.revenues()).toEqual(['1', '1', '1']);
  table.now = 2_101;
  expect(await table.revenues()).toEqual(['2', '2', '2']);
});

test('concurrent requests share one read, but not its failure', async () => {
  await Promise.all([table.revenues(), table.revenues()]);
  expect(table.reads).toHaveLength(1);
  const failing = new CategorySource({
    all: () => Promise.reject(new Error('throttled')),
    ofDays: (days) => (days.length > 1 ? Promise.reject(new Error('throttled')) : Promise.resolve([])),
    changes: async () => ({}),
  });
  const [first, second] = [failing.of(table.days, table.days), failing.of(['2025-03-01'], table.days)];
  await expect(first).rejects.toThrow('throttled');
  expect((await second).items).toEqual([]);
});

test('the whole table is read if most of many days are wanted', async () => {
  const many = Array.from({ length: 100 }, (_, day) => `20${String(day).padStart(2, '0')}-01-01`);
  await table.source.of(many.slice(0, 40), many);
  expect(table.reads).toEqual([many.slice(0, 40).join(' ')]);
  const more = Array.from({ length: 200 }, (_, day) => `1${String(day).padStart(3, '0')}-01-01`);
  await table.source.of(more, [...more, ...many]);
  expect(table.reads.at(-1)).toBe('all');
});
