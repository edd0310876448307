/**
 * Accepted means that only one reading is possible. The readings come from writing: a text has every value that some notation
 * writes as this text.
 */

import fc from 'fast-check';
import type { Notation } from '../../../domain/contract';
import { columnParser, parseValue } from '../../../domain/values';

type Separator = '.' | ',';

/** How a system or a person writes numbers. */
interface Style {
  readonly decimal: Separator;
  readonly thousands: string;
  readonly lakhs: boolean;
}

const STYLES: Style[] = (['.', ','] as const).flatMap((decimal) =>
  ['', '.', ',', "'", ' ', '\u00a0', '\u202f']
    .filter((thousands) => thousands !== decimal)
    .flatMap((thousands) => [
      { decimal, thousands, lakhs: false },
      ...(thousands === ',' ? [{ decimal, thousands, lakhs: true }] : []),
    ]),
);

function written(integer: string, fraction: string, { decimal, thousands, lakhs }: Style): string {
  const head = integer.slice(0, -3);
  const size = lakhs ? 2 : 3;
  const groups = [];
  for (let end = head.length; end > 0; end -= size) groups.unshift(head.slice(Math.max(0, end - size), end));
  const whole = [...groups, integer.slice(-3)].join(thousands);
  return fraction === '' ? whole : `${whole}${decimal}${fraction}`;
}

/** The values that the text has in any style, in ten-thousandths. */
function readings(text: string, decimal?: Separator): Set<bigint> {
  const values = new Set<bigint>();
  for (let at = 0; at <= text.length; at += 1) {
    const integer = text.slice(0, at).replace(/[^0-9]/g, '');
    const fraction = text.slice(at).replace(/[^0-9]/g, '');
    for (const style of STYLES) {
      if (decimal && style.decimal !== decimal) continue;
      if (written(integer, fraction, style) !== text) continue;
      values.add(BigInt(`${integer}${fraction.padEnd(4, '0')}`));
    }
  }
  return values;
}

const inUnits = (value: string | null) => BigInt((value ?? '').replace('.', ''));
const isCanonical = (text: string) => /^[0-9]*(\.[0-9]+)?$/.test(text);

const numbers = fc.tuple(fc.nat(99_999_999).map(String), fc.stringMatching(/^[0-9]{0,4}$/));
const texts = fc.oneof(
  fc
    .tuple(numbers, fc.constantFrom(...STYLES))
    .map(([[integer, fraction], style]) => written(integer, fraction, style)),
  fc.stringMatching(/^[0-9]{1,4}([.,' ][0-9]{1,3}){0,3}$/),
);
const declared = fc.constantFrom<Separator | undefined>(undefined, '.', ',');

test('an amount is accepted if it has one reading, with that one, and refused if it has several', () => {
  fc.assert(
    fc.property(texts, declared, (text, decimal) => {
      const notation: Notation = decimal ? { decimal } : {};
      const column = { name: 'price', type: 'money', required: false, notation } as const;
      const parsed = columnParser(column, { kind: 'items', key: [] })(text);
      const possible = readings(text, decimal ?? (isCanonical(text) ? '.' : undefined));
      expect([text, parsed.ok]).toEqual([text, possible.size === 1]);
      if (parsed.ok) expect([text, ...possible]).toEqual([text, inUnits(parsed.value)]);
      else if (possible.size > 1) expect(parsed.remedy).toMatch(/^add "notation: \{ decimal/);
    }),
    { numRuns: 2000 },
  );
});

test('a sign, parentheses and a currency change nothing about the readings of an amount', () => {
  const around = fc.constantFrom(
    '-#',
    '#-',
    '(#)',
    '$#',
    '$ #',
    '-$#',
    '# €',
    'EUR #',
    '#- €',
    '($#)',
    '\u2212#',
  );
  fc.assert(
    fc.property(texts, around, (number, form) => {
      const parsed = parseValue(
        'money',
        form.replace('#', () => number),
      );
      // Only a sign leaves a canonical amount canonical.
      const possible = readings(number, form === '-#' && isCanonical(number) ? '.' : undefined);
      expect([number, form, parsed.ok]).toEqual([number, form, possible.size === 1]);
      const [value = 0n] = possible;
      if (parsed.ok) expect(inUnits(parsed.value)).toBe(/[-(\u2212]/.test(form) ? -value : value);
    }),
    { numRuns: 1500 },
  );
});

const DAY_MS = 86_400_000;
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Each writes a day of the UTC calendar. */
const DATE_STYLES: Record<string, (date: Date) => string> = {
  iso: (date) => date.toISOString().slice(0, 10),
  basic: (date) => date.toISOString().slice(0, 10).replaceAll('-', ''),
  ordinal: (date) =>
    `${date.getUTCFullYear()}-${String((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / DAY_MS + 1).padStart(3, '0')}`,
  dayFirst: (date) => parts(date).join('/'),
  dayFirstShort: (date) => parts(date).map(Number).join('/'),
  dots: (date) => parts(date).join('.'),
  dashes: (date) => parts(date).join('-'),
  monthFirst: (date) => parts(date, 1, 0, 2).join('/'),
  monthFirstDashes: (date) => parts(date, 1, 0, 2).join('-'),
  monthFirstShort: (date) => parts(date, 1, 0, 2).map(Number).join('/'),
  yearFirst: (date) => parts(date, 2, 1, 0).join('/'),
  yearFirstDashes: (date) => parts(date, 2, 1, 0).map(Number).join('-'),
  dayFirstYY: (date) => twoDigits(parts(date).join('/')),
  monthFirstYY: (date) => twoDigits(parts(date, 1, 0, 2).join('/')),
  yearFirstYY: (date) => parts(date, 2, 1, 0).join('/').slice(2),
  compactDayFirst: (date) => parts(date).join(''),
  compactMonthFirst: (date) => parts(date, 1, 0, 2).join(''),
  named: (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`,
  namedShort: (date) => `${parts(date)[0]}-${month(date)}-${date.getUTCFullYear()}`,
  namedMonthFirst: (date) => `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`,
  weekday: (date) =>
    `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${month(date)} ${date.getUTCFullYear()}`,
  namedYY: (date) => `${parts(date)[0]}-${month(date)}-${parts(date)[2]?.slice(2)}`,
  namedYearFirstYY: (date) => `${parts(date)[2]?.slice(2)}-${month(date)}-${parts(date)[0]}`,
  epochSeconds: (date) => String(date.getTime() / 1000),
  epochMillis: (date) => String(date.getTime()),
  excel: (date) => String(date.getTime() / DAY_MS + 25_569),
};

/** Day, month and year in the given order. */
function parts(date: Date, ...order: number[]): string[] {
  const [year = '', month = '', day = ''] = date.toISOString().slice(0, 10).split('-');
  const all = [day, month, year];
  return order.length === 0 ? all : order.map((at) => all[at] ?? '');
}
const twoDigits = (text: string) => text.slice(0, -4) + text.slice(-2);
const month = (date: Date) => MONTHS[date.getUTCMonth()]?.slice(0, 3);

const FIRST = Date.UTC(1990, 0) / DAY_MS;
const LAST = Date.UTC(2040, 0) / DAY_MS;
const days = fc.integer({ min: FIRST, max: LAST - 1 });

/** The days that each text can stand for. */
const readingsOfDates = new Map<string, Set<string>>();
for (let day = FIRST; day < LAST; day += 1) {
  const date = new Date(day * DAY_MS);
  const iso = date.toISOString().slice(0, 10);
  for (const write of Object.values(DATE_STYLES)) {
    const text = write(date);
    const known = readingsOfDates.get(text);
    if (known) known.add(iso);
    else readingsOfDates.set(text, new Set([iso]));
  }
}

/** One reading for every text, as these styles say which number is the day, the month and the year. */
const SELF_EVIDENT = ['iso', 'basic', 'ordinal', 'named', 'namedShort', 'namedMonthFirst', 'weekday'];

test('undeclared, a date is accepted exactly in the notations in which every date has one reading', () => {
  fc.assert(
    fc.property(days, fc.constantFrom(...Object.keys(DATE_STYLES)), (day, style) => {
      const date = new Date(day * DAY_MS);
      const text = DATE_STYLES[style]?.(date) ?? '';
      const iso = date.toISOString().slice(0, 10);
      const parsed = parseValue('timestamp', text);
      // 2025-3-30 and 2025-12-30 are of one notation, of which some texts are of another one.
      const alsoIso = style === 'yearFirstDashes' && text === iso;
      expect([text, parsed.ok]).toEqual([text, SELF_EVIDENT.includes(style) || alsoIso]);
      if (!parsed.ok) return;
      expect([text, ...(readingsOfDates.get(text) ?? [])]).toEqual([text, iso]);
      expect([text, parsed.value]).toEqual([text, `${iso} 00:00:00.000000`]);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['dmy', ['dayFirst', 'dayFirstShort', 'dots', 'dashes', 'dayFirstYY', 'namedYY']],
  ['mdy', ['monthFirst', 'monthFirstDashes', 'monthFirstShort', 'monthFirstYY']],
  ['ymd', ['yearFirst', 'yearFirstDashes', 'yearFirstYY', 'namedYearFirstYY']],
] as const)('with the order %s declared, every date is read in this order', (dateOrder, styles) => {
  const column = {
    name: 'at',
    type: 'date',
    required: false,
    notation: { dateOrder, twoDigitYears: 1960 },
  } as const;
  const parse = columnParser(column, { kind: 'orders', key: [] });
  fc.assert(
    fc.property(days, fc.constantFrom(...styles, ...SELF_EVIDENT), (day, style) => {
      const date = new Date(day * DAY_MS);
      const text = DATE_STYLES[style]?.(date) ?? '';
      expect([text, parse(text)]).toEqual([text, { ok: true, value: date.toISOString().slice(0, 10) }]);
    }),
    { numRuns: 500 },
  );
});
