import { sumReasons } from '../../../operations/events/rejected-reasons';

test('reasons are counted by column and rule, most frequent first', () => {
  const reason = (column: string, rule: string, events: number) => ({ column, rule, events });
  expect(
    sumReasons([
      reason('value', 'a number', 1),
      reason('event_time', 'a time', 2),
      reason('value', 'a number', 3),
      reason('', 'a number', 1),
    ]),
  ).toEqual([reason('value', 'a number', 4), reason('event_time', 'a time', 2), reason('', 'a number', 1)]);
});
