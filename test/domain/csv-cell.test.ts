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
      expect(withApostrophes(text)).not.toMatch(/^[=+\-@]/);
    }),
    { numRuns: 2000 },
  );
});
