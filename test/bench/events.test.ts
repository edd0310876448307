import { rawEventLine } from '../../bench/events';
import { isRawEvent } from '../../domain/events/envelope';
import { json, rowsOf } from '../domain/events/event-builders';

const rows = (index: number, form: 'native' | 'GA4') => {
  const value = json(rawEventLine(1, index, form));
  if (!isRawEvent(value)) throw new Error('no raw event');
  const { event, items } = rowsOf(value.event, value);
  const { _extra, device_type, ...comparable } = event;
  return { event: comparable as typeof event, items };
};

test('both forms of a generated event are the same rows, and every name occurs', () => {
  const names = new Set<string | null | undefined>();
  for (let index = 0; index < 1500; index += 1) {
    const native = rows(index, 'native');
    expect(rows(index, 'GA4')).toEqual(native);
    names.add(native.event.event_name);
  }
  expect([...names].toSorted()).toEqual([
    'add_to_cart',
    'begin_checkout',
    'page_view',
    'purchase',
    'view_item',
    'view_item_list',
  ]);
});

test('the same seed and position give the same line', () => {
  expect(rawEventLine(7, 42, 'native')).toBe(rawEventLine(7, 42, 'native'));
  expect(rawEventLine(8, 42, 'native')).not.toBe(rawEventLine(7, 42, 'native'));
});
