import * as fc from 'fast-check';
import { parsePython } from '../../../domain/events/python-repr';

type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** As Python prints a text. */
function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = Array.from(text, (character) => {
    const code = character.codePointAt(0) as number;
    if (character === '\\' || character === quote) return `\\${character}`;
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    if (code < 0x20 || code === 0x7f || (code >= 0x80 && code < 0xa1))
      return `\\x${code.toString(16).padStart(2, '0')}`;
    if (code === 0x2028) return '\\u2028';
    if (code >= 0xe0000) return `\\U${code.toString(16).padStart(8, '0')}`;
    return character;
  });
  return quote + body.join('') + quote;
}

/** As Python prints a value; lists as arrays of NumPy where `asArray`. */
function repr(value: Value, asArray: boolean): string {
  if (value === null) return asArray ? 'nan' : 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return reprText(value);
  if (Array.isArray(value)) {
    const list = `[${value.map((one) => repr(one, asArray)).join(', ')}]`;
    return asArray ? `array(${list}, dtype=object)` : list;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${reprText(name)}: ${repr(member, asArray)}`,
  );
  return `{${members.join(', ')}}`;
}

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(null, true, false),
    fc.integer(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((number) => !Object.is(number, -0) && !/^-?\d{16,}$/.test(String(number))),
    fc.string({ unit: 'binary' }),
    fc.constantFrom<Value>(
      "Men's shirt",
      `5" pipe, it's "new"`,
      "'",
      '"',
      '\\',
      "\\'",
      ", 'a': 'b'",
      '}]',
      '',
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}));

test('what Python prints is read back', () => {
  fc.assert(
    fc.property(value, fc.boolean(), (value, asArray) => {
      expect(parsePython(repr(value as Value, asArray))).toEqual(value);
    }),
    { numRuns: 3000 },
  );
});

test('any other text gives a value or none, and never throws', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom(...'[](){}\'",:\\ abTrueNone0123.-e=xu\n') }),
    fc.tuple(value, fc.nat(), fc.string()).map(([value, at, more]) => {
      const text = repr(value as Value, false);
      return text.slice(0, at % (text.length + 1)) + more;
    }),
  );
  fc.assert(
    fc.property(text, (text) => {
      parsePython(text);
    }),
    { numRuns: 3000 },
  );
});

test.each<[string, unknown]>([
  ["[{'name': 'Men's shirt', 'price': 1}]", [{ name: "Men's shirt", price: 1 }]],
  ["[{'a': 1}\n {'a': 2}]", [{ a: 1 }, { a: 2 }]],
  ['array([array([1, 2]), None], dtype=object)', [[1, 2], null]],
  ["array([1.5], dtype='<f8')", [1.5]],
  [
    "{'a': Decimal('12.50'), 'b': np.int64(3), 'c': Timestamp('2026-11-28 10:00:00', tz='UTC')}",
    { a: '12.50', b: 3, c: '2026-11-28 10:00:00' },
  ],
  ["OrderedDict([('a', 1)])", [['a', 1]]],
  ["(1, 'b')", [1, 'b']],
  ["{'a', 'b'}", ['a', 'b']],
  [
    "{'id': 12345678901234567890, 'inf': -inf, 'half': .5, 'big': 1_000}",
    { id: '12345678901234567890', inf: null, half: 0.5, big: 1000 },
  ],
  [
    String.raw`['\x41\u00e9\U0001f600\101\q\\', b'bytes', r'a\b', u'text']`,
    ['A\u00e9\u{1f600}A\\q\\', 'bytes', 'a\\b', 'text'],
  ],
  ["'''it's'''", "it's"],
  ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
])('%s', (text, expected) => {
  expect(parsePython(text)).toEqual(expected);
});

test('text that Python does not print is none', () => {
  for (const text of [
    '',
    'abc',
    '[1',
    '[1 2]',
    '{1: 2',
    "'abc",
    '[1],',
    '{1, 2: 3}',
    '[a]',
    "'\\",
    '['.repeat(1000),
  ])
    expect(parsePython(text)).toBeUndefined();
});
