import { readPayload, readRecord } from '../../../domain/events/payload';

const textsOf = (text: string) => {
  const events = readPayload(text);
  if ('fault' in events) throw new Error(events.fault);
  return events.map((event) => event.text);
};

test('an object, an array and a list of events are events as they were written, each on one line', () => {
  expect(textsOf(' {"event_name":"a","id":12345678901234567890} ')).toEqual([
    '{"event_name":"a","id":12345678901234567890}',
  ]);
  expect(textsOf('[{"a": 1.10},\n{"b":\n"x\\ny"}]')).toEqual(['{"a": 1.10}', '{"b": "x\\ny"}']);
  expect(textsOf('{"events": [{"a":1}, null]}')).toEqual(['{"a":1}', 'null']);
  expect(textsOf('[]')).toEqual([]);
});

test('an object with a property "events" that is no list is one event', () => {
  expect(textsOf('{"events": 3, "event_name": "a"}')).toEqual(['{"events": 3, "event_name": "a"}']);
});

test.each([
  ['text that is not JSON', '{"a":', /^expected JSON: /],
  [
    'a list beside other properties, which would be lost',
    '{"client_id":"c1","events":[{"name":"a"}]}',
    /^expected nothing beside "events", got client_id: put it into each event$/,
  ],
  ['two lists', '{"events":[],"events":[]}', /^expected "events" once, got it twice/],
])('%s is refused', (_, text, fault) => {
  expect(readPayload(text)).toEqual({ fault: expect.stringMatching(fault) });
});

describe('a record', () => {
  const read = (text: string) =>
    readRecord(text).map((one) => ('notJson' in one ? { notJson: one.notJson } : one.text));

  test('holds what a request holds', () => {
    expect(read('[{"a":1},{"b":2}]')).toEqual(['{"a":1}', '{"b":2}']);
    expect(read('{\n  "a": 1\n}')).toEqual(['{   "a": 1 }']);
  });

  test('can hold one event per line, and a bad line leaves its neighbours', () => {
    expect(read('{"a":1}\r\n\n{"b":\n{"c":3}')).toEqual(['{"a":1}', { notJson: '{"b":' }, '{"c":3}']);
  });

  test('that is no JSON is given back whole', () => {
    expect(read('a;b\n1;2')).toEqual([{ notJson: 'a;b\n1;2' }]);
    expect(read('')).toEqual([{ notJson: '' }]);
  });

  test('that is JSON but no list is one event, for validate to reject', () => {
    expect(read('{"client_id":"c1","events":[{"name":"a"}]}')).toEqual([
      '{"client_id":"c1","events":[{"name":"a"}]}',
    ]);
    expect(read('12')).toEqual(['12']);
  });
});
