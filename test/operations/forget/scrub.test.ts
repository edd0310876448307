import { FORGOTTEN, quotable, scrubReport, scrubText } from '../../../operations/forget/scrub';

describe('scrubText', () => {
  test('replaces whole values, the longest first, whatever characters they have', () => {
    const values = quotable(['ada', ' ada@example.com ', 'x+y(z)', 'no']);
    expect(scrubText('got "ada@example.com", "ada" and x+y(z); adamant, no', values)).toBe(
      `got "${FORGOTTEN}", "${FORGOTTEN}" and ${FORGOTTEN}; adamant, no`,
    );
  });
});

describe('scrubReport', () => {
  test('replaces values in texts for people only', () => {
    const report = {
      outcome: 'valid',
      files: [{ key: 'input/valid.csv', reason: 'got "valid"', details: ['valid: 2'] }],
    };
    expect(scrubReport(report, ['valid'])).toEqual({
      outcome: 'valid',
      files: [{ key: 'input/valid.csv', reason: `got "${FORGOTTEN}"`, details: [`${FORGOTTEN}: 2`] }],
    });
  });

  test('gives the report itself if it has none of the values', () => {
    const report = { files: [{ reason: 'a misplaced quote' }] };
    expect(scrubReport(report, ['ada'])).toBe(report);
  });
});
