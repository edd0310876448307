import fc from 'fast-check';
import { withApostrophes, withoutApostrophes } from '../../domain/csv-cell';

test('what a spreadsheet could take for a formula gets an apostrophe, and loses it again, whatever the text', () => {
  const part = fc.constantFrom(
    '=',
    '+',
    '-',
    '@',
    '＝',
    "'",
    ';',
    '|',
    '\t',
    '\r',
    '\n',
    '"',
    ' ',
    '\u00a0',
    '1',
    '.',
    'x',
    ',',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      expect(withoutApostrophes(withApostrophes(text))).toBe(text);
      expect(withoutApostrophes(withApostrophes(text, 'within'))).toBe(text);
      expect(withApostrophes(text)).not.toMatch(/^[=+\-@]/);
    }),
    { numRuns: 2000 },
  );
});

test('a number behind a separator is left as it is where a cell ends behind it, for whoever splits there', () => {
  expect(withApostrophes('7;-5')).toBe('7;-5');
  expect(withApostrophes('7;-5;x', 'within')).toBe('7;-5;x');
  expect(withApostrophes('got "x;-5"', 'within')).toBe('got "x;\'-5"');
  expect(withApostrophes('got "x;+,"')).toBe('got "x;\'+,"');
});
