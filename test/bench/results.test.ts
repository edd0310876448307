import { asMarkdown, asText, goalsTable } from '../../bench/format';
import { compareKpis, compareRows, KpisDifferError } from '../../bench/kpi-sets';
import { niceTicks, plot } from '../../bench/plot';
import { fillMarks } from '../../bench/publish';
import { type Goal, isMet } from '../../bench/results';
import { spread } from '../../bench/statistics';

const goal = (bound: Goal['bound'], measured: number): Goal => ({
  what: 'a ratio',
  bound,
  goal: 4,
  unit: 'ratio',
  measured,
  judged: true,
});

test('a goal is met at its bound, except for a strict bound', () => {
  expect(isMet(goal('at most', 4))).toBe(true);
  expect(isMet(goal('at most', 4.01))).toBe(false);
  expect(isMet(goal('at least', 4))).toBe(true);
  expect(isMet(goal('at least', 3.99))).toBe(false);
  expect(isMet(goal('below', 4))).toBe(false);
});

test('a goal without a measurement is not met', () => {
  expect(isMet(goal('at most', Number.NaN))).toBe(false);
  expect(isMet(goal('at least', Number.NaN))).toBe(false);
});

test('the median of an even number of values is between the middle two', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 });
  expect(spread([7])).toEqual({ min: 7, median: 7, max: 7 });
  expect(() => spread([])).toThrow(RangeError);
});

test('tables have the same content as text and as Markdown', () => {
  const table = {
    title: 'Cost',
    columns: [
      { heading: 'what', unit: 'text' as const },
      { heading: 'read', unit: 'bytes' as const },
      { heading: 'time', unit: 'seconds' as const },
    ],
    rows: [
      ['stage', 12_345_678, 1.234],
      ['settle', 999, null],
    ],
  };
  expect(asText(table)).toBe(
    'Cost\n  what       read    time\n  stage   12.3 MB  1.23 s\n  settle    999 B\n',
  );
  expect(asMarkdown(table)).toBe(
    '**Cost**\n\n| what | read | time |\n| --- | --: | --: |\n| stage | 12.3 MB | 1.23 s |\n| settle | 999 B |  |',
  );
});

test('a goal of a run that was too small is not judged', () => {
  const { rows } = goalsTable([{ ...goal('at most', 5), judged: false }, goal('at most', 5)]);
  expect(rows.map((row) => row.at(-1))).toEqual(['not judged', 'no']);
});

describe('markers of a page', () => {
  const page =
    'before\n<!-- bench:cold -->\nold\n<!-- /bench -->\nbetween\n<!-- bench:floor --><!-- /bench -->';

  test('are filled, repeatedly, and nothing else is changed', () => {
    const once = fillMarks(page, { cold: 'new $& table', floor: 'floor' });
    expect(once).toBe(
      'before\n<!-- bench:cold -->\n\nnew $& table\n\n<!-- /bench -->\nbetween\n<!-- bench:floor -->\n\nfloor\n\n<!-- /bench -->',
    );
    expect(fillMarks(once, { cold: 'new $& table' })).toBe(once);
  });

  test('are required', () => {
    expect(() => fillMarks(page, { memory: '' })).toThrow('bench:memory');
  });
});

describe('KPIs of two programs', () => {
  const order_kpis = [{ order_date: '2025-01-01', total_revenue: '12.5', total_orders: '3' }];
  const category_kpis = [{ category: 'Toys', order_date: '2025-01-01', daily_revenue: '12.5' }];
  const ours = { order_kpis, category_kpis };

  test('are equal if their numbers are equal', () => {
    const theirs = { order_kpis: [{ ...order_kpis[0], total_revenue: '12.50' }], category_kpis };
    expect(compareKpis('a program', theirs, ours)).toBe(2);
  });

  test('differ by a cent, a missing row, one too many, or a missing value', () => {
    const cent = { order_kpis: [{ ...order_kpis[0], total_revenue: '12.51' }], category_kpis };
    expect(() => compareKpis('a program', cent, ours)).toThrow(KpisDifferError);
    expect(compareKpis('a program', cent, ours, 0.01)).toBe(2);
    expect(() => compareKpis('a program', { order_kpis, category_kpis: [] }, ours)).toThrow(KpisDifferError);
    expect(() => compareKpis('a program', ours, { order_kpis, category_kpis: [] })).toThrow(KpisDifferError);
    const bare = { order_kpis: [{ order_date: '2025-01-01' }], category_kpis };
    expect(() => compareKpis('a program', bare, ours)).toThrow('total_revenue undefined, expected 12.5');
  });
});

describe('the plot', () => {
  test.each([
    [3.4, [0, 1, 2, 3, 4]],
    [0.07, [0, 0.02, 0.04, 0.06, 0.08]],
    [100, [0, 25, 50, 75, 100]],
  ])('of values up to %d has round steps', (highest, ticks) => {
    const found = niceTicks(highest);
    expect(found).toHaveLength(ticks.length);
    for (const [index, tick] of ticks.entries()) expect(found[index]).toBeCloseTo(tick);
  });

  test('has a panel per chart and a line per series, without undefined values', () => {
    const points = [1e5, 1e6, 1e7].map((x, index) => ({ x, y: 2 + index / 10 }));
    const svg = plot([
      {
        title: 'Time',
        unit: 'seconds',
        series: [
          { name: 'whole', points },
          { name: 'stage', points },
        ],
      },
      { title: 'Bytes', unit: 'bytes', series: [{ name: 'read', points: points.slice(0, 1) }] },
    ]);
    expect(svg.match(/<g /g)).toHaveLength(2);
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    expect(svg).toContain('100,000');
    expect(svg).toContain('10 million');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

test('rows of two programs are compared by their key, in the columns that are expected', () => {
  const expected = [{ session_key: 'a/1', channel: 'Email', events: '3' }];
  const found = { session_key: 'a/1', channel: 'Email', events: '3', other: 'x' };
  expect(compareRows('sessions', [found], expected, ['session_key'])).toBe(1);
  expect(() => compareRows('sessions', [{ ...found, channel: 'Direct' }], expected, ['session_key'])).toThrow(
    'sessions a/1 has channel Direct, expected Email',
  );
  expect(() => compareRows('sessions', [], expected, ['session_key'])).toThrow(KpisDifferError);
});
