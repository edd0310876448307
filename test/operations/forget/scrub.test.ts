import { quoted } from '../../../domain/values/parsed';
import { FORGOTTEN, sayings, scrubReport, scrubText } from '../../../operations/forget/scrub';

describe('scrubText', () => {
  test('replaces names that stand alone, the longest first, whatever characters they have', () => {
    const said = sayings(['ada', ' ada@example.com ', 'x+y(z)', 'no'], []);
    expect(scrubText('got "ada@example.com", ada and x+y(z); adamant, no', said)).toBe(
      `got "${FORGOTTEN}", ${FORGOTTEN} and ${FORGOTTEN}; adamant, no`,
    );
  });

  test('replaces cells where they are quoted, also if they are cut off there', () => {
    const long = `12 Ockham Park ${'Surrey '.repeat(40)}`;
    const said = sayings([], ['time', long]);
    expect(scrubText('expected a time, got "time"', said)).toBe(`expected a time, got "${FORGOTTEN}"`);
    expect(scrubText(`got ${quoted(long.trim())}`, said)).toBe(`got "${FORGOTTEN}"`);
  });
});

describe('scrubReport', () => {
  test('replaces values in texts for people only', () => {
    const report = {
      outcome: 'valid',
      files: [{ key: 'input/valid.csv', reason: 'got "valid"', details: ['2 of "valid"'] }],
    };
    expect(scrubReport(report, sayings([], ['valid']))).toEqual({
      outcome: 'valid',
      files: [{ key: 'input/valid.csv', reason: `got "${FORGOTTEN}"`, details: [`2 of "${FORGOTTEN}"`] }],
    });
  });

  test('gives the report itself if it says nothing of the person', () => {
    const report = { files: [{ reason: 'a misplaced quote' }] };
    expect(scrubReport(report, sayings(['ada'], []))).toBe(report);
  });
});
