import { givenEventId, hasEventName } from '../../../domain/events/identity';

test.each([
  [{ event_name: 'view_item' }],
  [{ eventType: 'click' }],
  [{ event: 'Product Viewed', type: 'track' }],
  [{ name: 'page_view', params: {} }],
  [{ event_name: 3 }],
  [{ event: { event_name: 'page_view' } }],
  [{ payload: { data: { event_type: 'click' } } }],
])('%j has a name', (event) => {
  expect(hasEventName(event)).toBe(true);
});

test.each([
  [{ event_name: ' ' }],
  [{ item: 'x' }],
  [{ items: [{ name: 'Mug' }] }],
  [['event_name']],
  [null],
  ['event_name'],
])('%j has none', (event) => {
  expect(hasEventName(event)).toBe(false);
});

const idOf = (text: string) => givenEventId({ value: JSON.parse(text), text });

test('the id is the one that the producer gave, under its name, with all digits', () => {
  expect(idOf('{"event_id":" e1 "}')).toBe('e1');
  expect(idOf('{"messageId":"m1"}')).toBe('m1');
  expect(idOf('{"$insert_id":"i1"}')).toBe('i1');
  expect(idOf('{"event_id":12345678901234567890}')).toBe('12345678901234567890');
});

test('an empty id, another type and the id of something else are no id', () => {
  for (const text of [
    '{"event_id":""}',
    '{"event_id":null}',
    '{"event_id":{"a":1}}',
    '{"id":"p1"}',
    '[]',
    '3',
  ])
    expect(idOf(text)).toBeUndefined();
});
