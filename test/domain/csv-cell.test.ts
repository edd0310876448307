import fc from 'fast-check';
import { withApostrophes, withoutApostrophes } from '../../domain/csv-cell';

test('escapes any text that a spreadsheet could read as a formula, and restores it', () => {
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

test('a number between separators is not escaped', () => {
  expect(withApostrophes('7;-5')).toBe('7;-5');
  expect(withApostrophes('7;-5;x', 'within')).toBe('7;-5;x');
  expect(withApostrophes('7|-5\nx')).toBe('7|-5\nx');
  expect(withApostrophes('got "x;-5"', 'within')).toBe('got "x;\'-5"');
  expect(withApostrophes('got "x;+,"')).toBe('got "x;\'+,"');
});

test('a number that is only a part of a cell under another separator is escaped', () => {
  expect(withApostrophes('7;-5|x;y')).toBe("7;'-5|x;y");
  expect(withApostrophes('7\n\t-0.0\t2025')).toBe("7\n\t'-0.0\t2025");
  expect(withApostrophes('7;-5\tx')).toBe("7;'-5\tx");
});
