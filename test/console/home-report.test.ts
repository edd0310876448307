import type { HomeDay } from '../../console/api/home';
import { homeDays } from '../../console/server/home/home-report';

const visits = (sessions: number, purchased: number) => ({
  ...{ sessions, visitors: sessions, purchased, purchases: purchased },
});

const first = (days: readonly HomeDay[]): HomeDay => {
  const [day] = days;
  if (!day) throw new Error('no day');
  return day;
};

test('a day between others without rows had none, and one outside of the data is unknown', () => {
  const day = first(
    homeDays({
      ...{ today: '2026-11-28', newest: '2026-11-27', visits: undefined, visitDays: undefined },
      orderDays: { from: '2026-11-25', to: '2026-11-27' },
      orders: new Map([
        ['2026-11-25', { order_date: '2026-11-25', total_orders: '3', total_revenue: '5.5' }],
      ]),
    }),
  );
  expect(day.figures).toEqual({
    ...{ revenue: '0.00', orders: 0, visitors: null, conversion: null, purchases: null },
  });
  expect(day.comparisons.map(({ with: other, day: of, figures }) => [other, of, figures.orders])).toEqual([
    ['day_before', '2026-11-26', 0],
    ['week_before', '2026-11-20', null],
  ]);
});

test('today has no change against the whole of yesterday, only against its beginning', () => {
  const until = { at: new Date('2026-11-27T10:00:00Z'), visits: visits(10, 1) };
  const day = first(
    homeDays({
      ...{ today: '2026-11-28', newest: '2026-11-28' },
      orderDays: { from: '2026-11-20', to: '2026-11-28' },
      orders: new Map([['2026-11-28', { order_date: '2026-11-28', total_orders: '1', total_revenue: '9' }]]),
      visitDays: { from: '2026-11-27', to: '2026-11-28' },
      visits: {
        days: new Map([
          ['2026-11-28', visits(15, 3)],
          ['2026-11-27', visits(40, 4)],
        ]),
        last: new Date('2026-11-28T10:00:00Z'),
        until,
      },
    }),
  );
  expect(day.figures).toMatchObject({ revenue: '9.00', orders: 1, visitors: 15, conversion: '20.00' });
  expect(day.comparisons).toMatchObject([
    {
      ...{ with: 'until', until: '2026-11-27T10:00:00.000Z' },
      change: { revenue: null, orders: null, visitors: '50.00', conversion: '10.00', purchases: '200.00' },
    },
    { with: 'day_before', until: null, figures: { visitors: 40, conversion: '10.00' }, change: null },
  ]);
});
