import type { RowColumn } from '../../console/api/rows';
import { isAmount, titleOf, typeText, valueText } from '../../console/app/rows/column-text';
import { filterText, filterWords, readFilter } from '../../console/app/rows/filter-text';
import { chartBuckets, chartRange } from '../../console/server/rows/chart-buckets';

const column = (name: string, type: string, more: Partial<RowColumn> = {}): RowColumn => ({
  ...{ name, type, unit: null, description: null, is_key: false, is_computed: false, tests: [] },
  ...more,
});

test.each([
  ['customer_value', 'Customer value'],
  ['order_kpis', 'Order KPIs'],
  ['user_id', 'User ID'],
  ['__proto__', 'Proto'],
  ['constructor', 'Constructor'],
])('%s is called %s', (name, title) => {
  expect(titleOf(name)).toBe(title);
});

test.each([
  [column('revenue', 'money'), '12345678901234567890.10', '12,345,678,901,234,567,890.10'],
  [column('rate', 'percent'), '33.3', '33.30 %'],
  [column('n', 'count'), '9007199254740993', '9,007,199,254,740,993'],
  [column('d', 'decimal(18,4)'), '1234.5000', '1,234.5000'],
  [column('user_id', 'int64', { is_key: true }), '1234567', '1234567'],
  [column('pieces', 'int64', { unit: 'pieces' }), '1234567', '1,234,567'],
  [column('is_x', 'boolean'), 'true', 'yes'],
])('%#: values keep all digits', (of, value, text) => {
  expect(valueText(of, value, 'UTC')).toBe(text);
});

test('ids are no amounts, and types have words', () => {
  expect(isAmount(column('user_id', 'int64', { is_key: true }))).toBe(false);
  expect(isAmount(column('d', 'decimal(18,4)'))).toBe(true);
  expect(typeText({ type: 'decimal(18,4)' })).toBe('number, 4 decimal places');
});

test('conditions are the same after they were in the address, and have words', () => {
  const columns = [column('revenue', 'money'), column('day', 'date'), column('page', 'text')];
  for (const text of ['revenue>=10', 'page~a=b\n>=', 'revenue is null', 'page=']) {
    const filter = readFilter(text);
    expect(filter && filterText(filter)).toBe(text);
  }
  expect(filterWords('revenue>=10', columns, 'UTC')).toBe('Revenue is at least 10.00');
  expect(filterWords('day>=2025-03-01', columns, 'UTC')).toContain('Day is from ');
  expect(filterWords('page=', columns, 'UTC')).toBe('Page is empty');
  expect(filterWords('revenue is null', columns, 'UTC')).toBe('Revenue has no value');
  expect(filterWords('day=x', columns, 'UTC')).toBe('Day is x');
  expect(filterWords('nonsense', columns, 'UTC')).toBe('nonsense');
});

test('a chart has as many points as it can show; rows of months are not drawn by day', () => {
  const years = { from: '2016-01-01', to: '2025-12-31' };
  expect(chartRange(years, 'day', undefined).granularity).toBe('month');
  expect(chartRange({ from: '2025-01-01', to: '2025-03-01' }, 'day', undefined).granularity).toBe('day');
  const months = chartRange({ from: '2025-01-01', to: '2025-03-01' }, 'month', 'day');
  expect(months).toMatchObject({ granularity: 'month', granularities: ['month', 'year'] });
  expect(chartBuckets(months, new Map([['2025-01-01', '5']]), '0')).toEqual([
    { from: '2025-01-01', to: '2025-01-31', value: '5' },
    { from: '2025-02-01', to: '2025-02-28', value: '0' },
    { from: '2025-03-01', to: '2025-03-01', value: '0' },
  ]);
});
