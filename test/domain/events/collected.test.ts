import { collectedLine, readCollected } from '../../../domain/events/collected';

const COLLECTED = {
  event_id: 'e1',
  received_at: '2026-11-28T10:00:00.000Z',
  user_agent: 'Mozilla/5.0',
  key_name: 'web',
  event: '{"event_name":"a","n":12345678901234567890}',
};

const read = (line: string) => readCollected(JSON.parse(line), line);

test('a line is read back as it was written, the event with all digits', () => {
  const line = collectedLine(COLLECTED);
  expect(JSON.parse(line)).toMatchObject({ daybook: 1, event_id: 'e1' });
  expect(read(line)).toEqual(COLLECTED);
});

test('a line has no character that SQS refuses', () => {
  const text = '\ud800 \ufffe \uffff \u0001';
  const line = collectedLine({ ...COLLECTED, event_id: text, event: '{"event_name":"\ufffe"}' });
  expect(line).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
  expect(JSON.parse(line)).toMatchObject({ event_id: text, event: { event_name: '\ufffe' } });
});

test('an event of another producer is none, even if it looks alike', () => {
  for (const event of [
    { event_name: 'a' },
    { ...COLLECTED, source: 'http', daybook: 2 },
    { ...COLLECTED, source: 'http', daybook: 1, received_at: 'yesterday' },
    { source: 'http', daybook: 1, event_id: 'e1', received_at: COLLECTED.received_at },
    [],
    'daybook',
  ])
    expect(read(JSON.stringify(event))).toBeUndefined();
});
