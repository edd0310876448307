import type { ListedExecution } from '../../console/api/executions';
import { isBefore, matcher, readFilter } from '../../console/app/executions/list-filter';
import { hasGap, mergePages } from '../../console/app/executions/merge-pages';

const execution = (n: number, status = 'SUCCEEDED'): ListedExecution => ({
  name: `e${n}`,
  status,
  started: new Date(Date.UTC(2025, 2, 1, 0, n)).toISOString(),
  ended: null,
});
const names = (rows: readonly ListedExecution[]) => rows.map(({ name }) => name);

test('what the newest page says goes over what was fetched before', () => {
  const merged = mergePages(
    [execution(3), execution(2)],
    [[execution(2, 'RUNNING'), execution(1)], [execution(0)]],
    false,
  );
  expect(names(merged)).toEqual(['e3', 'e2', 'e1', 'e0']);
  expect(merged[1]?.status).toBe('SUCCEEDED');
});

test('of those that run only what the newest page says stays', () => {
  expect(names(mergePages([execution(3)], [[execution(2, 'RUNNING')]], true))).toEqual(['e3']);
});

test('a gap is seen where more started than the newest page holds', () => {
  const before = [[execution(5), execution(4)]];
  expect(hasGap([execution(6), execution(5)], before, false)).toBe(false);
  expect(hasGap([execution(9), execution(8)], before, false)).toBe(true);
  expect(hasGap([execution(9), execution(8)], [], false)).toBe(false);
});

test('the address tells the filter, and whatever is none in it is left out', () => {
  expect(readFilter(new URLSearchParams('status=FAILED&text=2025&from=2025-03-01&to=2025-3-1'))).toEqual({
    status: 'FAILED',
    text: '2025',
    from: '2025-03-01',
    to: '',
  });
  expect(readFilter(new URLSearchParams('status=%3Cb%3E')).status).toBe('');
});

test('days are those of the reporting time zone, both included', () => {
  const filter = readFilter(new URLSearchParams('from=2025-03-01&to=2025-03-01'));
  const inBerlin = matcher(filter, 'Europe/Berlin');
  const at = (started: string) => ({ ...execution(0), started });
  expect(inBerlin(at('2025-02-28T23:00:00.000Z'))).toBe(true);
  expect(inBerlin(at('2025-02-28T22:59:59.999Z'))).toBe(false);
  expect(inBerlin(at('2025-03-01T22:59:59.999Z'))).toBe(true);
  expect(inBerlin(at('2025-03-01T23:00:00.000Z'))).toBe(false);
  expect(isBefore(filter, 'Europe/Berlin', '2025-02-28T22:59:59.999Z')).toBe(true);
  expect(isBefore(filter, 'UTC', '2025-03-01T00:00:00.000Z')).toBe(false);
});

test('part of a name is found in any case', () => {
  const matches = matcher(readFilter(new URLSearchParams({ text: ' E1 ' })), 'UTC');
  expect([execution(1), execution(2)].map(matches)).toEqual([true, false]);
});
