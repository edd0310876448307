import { rangeOf } from '../../console/server/range/range';
import { funnelCsv } from '../../console/server/visits/funnel-csv';
import { funnelFigures, funnelLevels } from '../../console/server/visits/funnel-figures';
import { funnelReport } from '../../console/server/visits/funnel-report';
import type { FunnelSums } from '../../operations/visits/funnel';

const sums = (sessions: bigint, closed: bigint[], open: bigint[] = closed): FunnelSums => {
  const steps = ([viewed = 0n, carted = 0n, checked_out = 0n, purchased = 0n]: bigint[]) => ({
    viewed,
    carted,
    checked_out,
    purchased,
  });
  return { days: 1, sessions, closed: steps(closed), open: steps(open) };
};

test('rates are those of all sessions together, rounded half up, and null without a divisor', () => {
  expect(funnelFigures(sums(8n, [7n, 2n, 1n, 0n], [7n, 3n, 1n, 1n]))).toMatchObject({
    sessions: 8,
    conversion_rate: '12.50',
    closed_rate: '0.00',
    view_rate: '87.50',
    cart_rate: '28.57',
    checkout_rate: '50.00',
    purchase_rate: '0.00',
  });
  expect(funnelFigures(sums(0n, []))).toMatchObject({
    conversion_rate: null,
    view_rate: null,
    cart_rate: null,
  });
});

test('a step of the open funnel can have more sessions than the one before it', () => {
  const { open } = sums(10n, [], [4n, 5n, 5n, 1n]);
  expect(funnelLevels(10n, open)).toEqual([
    { sessions: 10, of_all: '100.00', of_previous: null, lost: null },
    { sessions: 4, of_all: '40.00', of_previous: '40.00', lost: 6 },
    { sessions: 5, of_all: '50.00', of_previous: '125.00', lost: -1 },
    { sessions: 5, of_all: '50.00', of_previous: '100.00', lost: 0 },
    { sessions: 1, of_all: '10.00', of_previous: '20.00', lost: 4 },
  ]);
});

test('compares a period with the one before, point by point, and a channel by its rate', () => {
  const range = rangeOf({ from: '2026-03-03', to: '2026-03-04' }, { from: '2026-03-01', to: '2026-03-04' });
  const now = { ...sums(4n, [2n, 1n, 1n, 1n]), is_before: false };
  const before = { ...sums(5n, [1n]), is_before: true };
  const { totals, change, buckets, channels } = funnelReport(
    {
      sums: [
        { ...now, bucket: null },
        { ...now, bucket: '2026-03-04' },
        { ...before, bucket: null },
        { ...before, bucket: '2026-03-03' },
      ],
      channels: [
        { ...now, channel: 'Email' },
        { ...before, channel: 'Email' },
        { ...before, channel: 'Direct' },
      ],
    },
    range,
  );
  expect(totals.conversion_rate).toBe('25.00');
  expect(change).toMatchObject({ sessions: '-20.00', conversion_rate: '25.00', cart_rate: '50.00' });
  // Without a divisor there are no points to compare.
  expect(change?.checkout_rate).toBeNull();
  expect(buckets.map((bucket) => [bucket.now.sessions, bucket.before?.sessions])).toEqual([
    [0, 5],
    [4, 0],
  ]);
  expect(channels).toMatchObject([{ channel: 'Email', sessions: 4, conversion_before: '0.00' }]);
  expect(funnelCsv(channels)).toBe(
    'channel,sessions,viewed,carted,checked_out,purchased,viewed_any,carted_any,checked_out_any,purchased_any,conversion_rate\n"Email",4,2,1,1,1,2,1,1,1,25.00\n',
  );
});
