import { sessionKeyOf, sessionLink } from '../../console/app/sessions/session-link';
import { isoOf, sinceStart, valueText } from '../../console/app/sessions/session-text';

test.each([
  'c1/170',
  'c%2F1/170',
  '//1795909200000000',
  '/s9',
  '../..',
  'ünïcode \u202e/<img onerror=x>',
  '?a=1&b#c/%',
])('the link to the session %j leads back to it', (key) => {
  const link = sessionLink(key, '2026-03-10');
  expect(link).toMatch(/^\/[\w-]+\?day=2026-03-10$/);
  expect(sessionKeyOf(link.slice(1, link.indexOf('?')))).toBe(key);
});

test.each(['', '!', 'a', '_w'])('%j is no link to a session', (part) => {
  expect(sessionKeyOf(part)).toBeUndefined();
});

test.each([
  ['1000000', '+0:00.0'],
  ['1000000', '+0:00.0'],
  ['1099999', '+0:00.0'],
  ['6300000', '+0:05.3'],
  ['726000000', '+12:05.0'],
  ['3724000000', '+1:02:03.0'],
])('of a session that starts at second 1, microsecond %s is %s', (micros, text) => {
  expect(sinceStart(micros, '1000000')).toBe(text);
});

test('amounts keep all digits', () => {
  expect(valueText(null, 'EUR')).toBe('');
  expect(valueText('12.5000', 'EUR')).toMatch(/^12.50 EUR$/);
  expect(valueText('0.1234', null)).toBe('0.1234');
  expect(isoOf('1773136800123456')).toBe('2026-03-10T10:00:00.123Z');
});
