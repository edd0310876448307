import * as fc from 'fast-check';
import { parseEventJson } from '../../../domain/events/event-json';

test('whole numbers keep every digit', () => {
  expect(
    parseEventJson('{"id": 12345678901234567890, "ns": -1761732000000000123, "us": 1761732000000000}'),
  ).toEqual({
    id: '12345678901234567890',
    ns: '-1761732000000000123',
    us: 1761732000000000,
  });
});

test('digits in strings, names and fractions stay as they are', () => {
  const text =
    '{"12345678901234567890": "a 12345678901234567890 \\" 12345678901234567890", "x": 1.00000000000000000001, "e": 12345678901234567890e2}';
  expect(parseEventJson(text)).toEqual(JSON.parse(text));
});

test('text that is not JSON is refused, also where quotes would make it JSON', () => {
  for (const text of [
    '{12345678901234567890: 1}',
    '{"a": 012345678901234567890}',
    '12345678901234567890 1',
    '{',
  ])
    expect(() => parseEventJson(text)).toThrow(SyntaxError);
});

test('a whole number keeps its digits wherever it stands, and however many it has', () => {
  const digits = fc.stringMatching(/^[1-9]\d{0,24}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), digits), { maxLength: 5 }), (numbers) => {
      const text = `[${numbers.map(([spaces, number]) => `${' '.repeat(spaces)}${number}`).join(',')}]`;
      const expected = numbers.map(([, number]) => {
        const isKept = BigInt(number) <= BigInt(Number.MAX_SAFE_INTEGER);
        return isKept ? Number(number) : number;
      });
      expect(parseEventJson(text)).toEqual(expected);
    }),
  );
});

test('any JSON without long numbers is the value that JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/\d{16}/.test(text));
      expect(parseEventJson(text)).toEqual(JSON.parse(text));
    }),
  );
});
