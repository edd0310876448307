import {
  EVENT_SOURCES,
  isRawEvent,
  isSentEvent,
  positionId,
  type RawEvent,
} from '../../../domain/events/envelope';

const raw: RawEvent = {
  event_id: 'e1',
  received_at: '2026-11-28T10:00:00.000Z',
  source: 'http',
  user_agent: 'Mozilla/5.0',
  key_name: 'web',
  event: { event_name: 'page_view' },
};

test.each(EVENT_SOURCES)('a record of %s with an event or a text is a raw event', (source) => {
  const { event, ...rest } = raw;
  expect(isRawEvent({ ...raw, source, position: 'p' })).toBe(true);
  expect(isRawEvent({ ...rest, source, text: 'no JSON' })).toBe(true);
  expect(isRawEvent({ ...rest, source, event: null })).toBe(true);
});

test('an event that people send is no raw event, whatever it has in common with one', () => {
  const { event, ...rest } = raw;
  expect(isRawEvent(event)).toBe(false);
  expect(isRawEvent(rest)).toBe(false);
  expect(isRawEvent({ ...raw, text: 'both' })).toBe(false);
  expect(isRawEvent({ ...raw, source: 'web' })).toBe(false);
  expect(isRawEvent({ ...raw, event_id: 7 })).toBe(false);
  expect(isRawEvent({ ...raw, page_url: 'https://shop.example/' })).toBe(false);
  expect(isRawEvent({ ...raw, topic: 1 })).toBe(false);
  for (const value of [null, [], 'text', 1, undefined]) expect(isRawEvent(value)).toBe(false);
});

test('only what collect marks is taken for its envelope', () => {
  expect(isSentEvent({ ...raw, daybook: 1 })).toBe(true);
  expect(isSentEvent(raw)).toBe(false);
  expect(isSentEvent({ ...raw, daybook: 1, more: 1 })).toBe(false);
});

test('the id of a record without one is its place, so that a redelivery is the same event', () => {
  expect(positionId('kafka', 'clicks-0-42')).toBe('kafka:clicks-0-42');
  expect(positionId('sqs', '9f1c', 3)).toBe('sqs:9f1c:3');
});
