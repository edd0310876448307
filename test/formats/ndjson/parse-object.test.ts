import fc from 'fast-check';
import { parseObject } from '../../../formats/ndjson/parse-object';

function cells(text: string): Record<string, string> {
  const parsed = parseObject(text);
  if ('fault' in parsed) throw new Error(parsed.fault.reason);
  return Object.fromEntries(parsed.names.map((name, at) => [name, parsed.values[at] as string]));
}

test.each([
  [
    'numbers with all their digits',
    '{"a":9007199254740993,"b":12.50,"c":1e3,"d":-0.0,"e":1E-7}',
    { a: '9007199254740993', b: '12.50', c: '1e3', d: '-0.0', e: '1E-7' },
  ],
  [
    'strings without their escapes',
    String.raw`{"a":"x\"y","b":"\u00e9\n\\","c":"\\\"","d":""}`,
    { a: 'x"y', b: 'é\n\\', c: '\\"', d: '' },
  ],
  ['booleans', '{"a":true,"b":false}', { a: 'true', b: 'false' }],
  ['null as no value, and the string null as text', '{"a":null,"b":"null"}', { a: '', b: 'null' }],
  [
    'objects and arrays as the JSON they are',
    '{"a":{"x": [1.10, "}"], "y":{}},"b":[ ]}',
    { a: '{"x": [1.10, "}"], "y":{}}', b: '[ ]' },
  ],
  ['white space between members', ' {\t"a" : 1 ,\r\n "b":"x" } ', { a: '1', b: 'x' }],
  ['no members', '{}', {}],
  ['escapes in a name', '{"a\\u0062":1}', { ab: '1' }],
  ['a name that objects have anyway', '{"__proto__":1}', JSON.parse('{"__proto__":"1"}')],
])('%s', (_, text, expected) => {
  expect(cells(text)).toEqual(expected);
});

const TWICE = 'expected one value for each name, got the name twice in one object';

test.each([
  ['an array', '[1]', '', 'expected a JSON object, got an array'],
  ['a number', '12', '', 'expected a JSON object, got a number'],
  ['null', 'null', '', 'expected a JSON object, got null'],
  ['words', 'hello', '', 'expected a JSON object, got invalid JSON'],
  ['a missing value', '{"a":}', '', 'expected a JSON object, got invalid JSON'],
  ['a name without quotes', '{a:1}', '', 'expected a JSON object, got invalid JSON at character 2'],
  ['a missing end', '{"a":"x', '', 'expected a JSON object, got invalid JSON: its end is missing'],
  ['NaN', '{"a":NaN}', '', 'expected a JSON object, got invalid JSON'],
  ['two objects', '{"a":1}{"a":2}', '', 'expected a JSON object, got invalid JSON at character 8'],
  ['a name twice', '{"a":1,"b":2,"a":1}', 'a', TWICE],
  ['a name twice, once escaped', '{"a":1,"\\u0061":1}', 'a', TWICE],
  ['a NUL character', '{"a":"x\\u0000"}', 'a', 'expected text, got the character U+0000'],
  ['half of a surrogate pair', '{"a":"\\ud83d"}', 'a', 'expected text, got half of a surrogate pair'],
])('%s is a fault', (_, text, column, reason) => {
  expect(parseObject(text)).toEqual({ fault: expect.objectContaining({ column, reason }) });
});

test('strings, booleans and null are those of JSON.parse, and other values parse to the same value', () => {
  const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 8 });
  const space = fc.constantFrom(undefined, 1, '\t');
  fc.assert(
    fc.property(object, space, (value, indent) => {
      const parsed = parseObject(JSON.stringify(value, null, indent));
      const wrong = Object.values(value).some((one) => typeof one === 'string' && /\0|\p{Cs}/u.test(one));
      if ('fault' in parsed) return wrong;
      const entries = Object.entries(value);
      return (
        parsed.names.length === entries.length &&
        entries.every(([name, one], at) => {
          const text = parsed.values[at] as string;
          if (parsed.names[at] !== name) return false;
          if (one === null) return text === '';
          if (typeof one === 'string') return text === one;
          return JSON.stringify(JSON.parse(text)) === JSON.stringify(one);
        })
      );
    }),
    { numRuns: 500 },
  );
});

test('numbers are told apart from strings that look like them', () => {
  expect(parseObject('{"a":-1.5,"b":"1.5","c":true,"d":0}')).toMatchObject({ numbers: [0, 3], nested: [] });
});
