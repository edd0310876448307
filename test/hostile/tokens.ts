import fc from 'fast-check';

/** Part of every hostile key, header and cell, so it must not occur in any SQL. */
export const MARK = 'zqxj';

/** Inputs that have broken programs: SQL, paths, templates, formulas, and confusable characters. */
const TOKENS = [
  "'",
  '"',
  ';',
  '--',
  '/*',
  '`',
  '\\',
  '$1',
  '$files',
  '$[files]',
  '{sources}',
  '{table}',
  '$' + '{env}',
  '%s',
  '%00',
  '%2e%2e%2f',
  '%',
  '+',
  '&amp;',
  '<!--',
  ']]>',
  '*',
  '?',
  '#',
  '..',
  '.',
  '/',
  '//',
  '/../',
  '~',
  ' ',
  `'); drop table ${MARK}; --`,
  `' union select '${MARK}`,
  `=cmd|' /C calc'!A0`,
  '@SUM(1)',
  '-1+2',
  '__proto__',
  'constructor',
  'NULL',
  '\u0001',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ufeff',
  '\uff1d1',
  '\ufffd',
  '\uffff',
  'e\u0301',
  '\u00e9',
  '\u212a',
  '\u{1f600}',
  '\u{10ffff}',
];

const token = fc.oneof(
  { arbitrary: fc.constantFrom(...TOKENS), weight: 4 },
  { arbitrary: fc.string({ maxLength: 4 }), weight: 1 },
  { arbitrary: fc.constant(MARK), weight: 1 },
);

/** Text without line endings and NUL. */
export const hostileText = fc
  .array(token, { maxLength: 6 })
  .map((tokens) => wellFormed(tokens.join('')).replaceAll(/[\r\n\0]/g, ''));

/** Any text. */
export const wildText = fc
  .array(fc.oneof({ arbitrary: token, weight: 8 }, fc.constantFrom('\0', '\r', '\n', '\r\n', '\t')), {
    maxLength: 6,
  })
  .map((tokens) => wellFormed(tokens.join('')));

/** Lone surrogates are impossible: neither URLs nor UTF-8 can represent them. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
