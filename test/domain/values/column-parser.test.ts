import fc from 'fast-check';
import { columnParser, type ParsedValue, parseValue } from '../../../domain/values';

const value = (parsed: ParsedValue) => (parsed.ok ? parsed.value : parsed.reason);

test('text keeps its white space, and only the empty cell has no value', () => {
  expect(parseValue('text', '')).toEqual({ ok: true, value: null });
  expect(parseValue('text', ' ')).toEqual({ ok: true, value: ' ' });
  expect(parseValue('text', ' Hats \n')).toEqual({ ok: true, value: ' Hats \n' });
});

test('an id has at most 500 bytes in UTF-8, any other text any number', () => {
  const contract = { kind: 'orders', key: ['number'], notation: {} };
  const parserOf = (name: string) => columnParser({ name, type: 'text', required: true }, contract);
  for (const name of ['number', 'user_id', 'note']) {
    const parse = parserOf(name);
    for (const longest of ['x'.repeat(500), 'ä'.repeat(250), '😀'.repeat(125)]) {
      expect(parse(longest)).toEqual({ ok: true, value: longest });
      expect(parse(`${longest}x`).ok).toBe(name === 'note');
    }
  }
  expect(value(parserOf('number')('x'.repeat(501)))).toMatch(/^expected an id of at most 500 bytes, got "x/);
});

test('a reason shows at most 60 characters of the cell, whole ones, control characters escaped', () => {
  const reason = value(parseValue('int64', `\u001b${'😀'.repeat(1_000_000)}`)) ?? '';
  expect(reason).toBe(`expected a whole number, got "\\u001b${'😀'.repeat(58)}…"`);
});

test('no text makes a rule throw, and canonical text is unchanged', () => {
  const types = fc.constantFrom(
    'int64',
    'money',
    'decimal(38,10)',
    'double',
    'boolean',
    'timestamp',
    'date',
    'text' as const,
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[ +-]?[0-9.,:TZ +-]{0,30}$/),
    fc.stringMatching(/^[(]?[$€]?[0-9]{1,3}[.,' ][0-9]{2,3}([.,][0-9]{0,3})?[)-]?$/),
  );
  fc.assert(
    fc.property(types, texts, (type, text) => {
      const once = parseValue(type, text);
      if (once.ok && once.value !== null) {
        expect(parseValue(type, once.value)).toMatchObject({ ok: true, value: once.value });
      }
    }),
  );
});
