import { readUsage, trendOf } from '../../bench/process-usage';

const PS = `
    1     0  1000 01:00:00
  310     1  2048    01:05
  311   310   100    00:07
  312   310   200 1-00:00:01
  400   312   999    00:09
`;

test('usage is that of a process and of those that it has started', () => {
  expect(readUsage(PS, 310)).toEqual({
    own: { rssBytes: 2048 * 1024, cpuSeconds: 65 },
    children: { rssBytes: 300 * 1024, cpuSeconds: 86_408 },
  });
});

test('usage of a process that has ended is unknown', () => {
  expect(readUsage(PS, 311)?.children).toEqual({ rssBytes: 0, cpuSeconds: 0 });
  expect(readUsage(PS, 5)).toBeUndefined();
});

test('a trend is the means of the first and the last part', () => {
  expect(trendOf([1, 3, 9, 9, 5, 7], 2)).toEqual({ first: 2, last: 6, max: 9 });
});
