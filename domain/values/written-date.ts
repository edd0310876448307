import type { Notation } from '../contract';
import { type CalendarDate, dateOf, dayNumber, isDate, weekday } from './calendar';
import { MONTH_NAME, monthNumber, WEEKDAY_NAME, weekdayNumber } from './month-names';
import type { SeenNotation } from './parsed';

/** Why a text cannot be read as a time or date. */
export interface Refusal {
  readonly expected: string;
  /** YAML of the declaration that is missing, and alternatives to its value. */
  readonly declare?: readonly [line: string, others?: readonly string[]];
  readonly seen?: SeenNotation;
}

export interface WrittenDate {
  readonly date: CalendarDate;
  /** The text after the date. */
  readonly rest: string;
}

export const NO_SUCH_DATE: Refusal = { expected: 'an existing date' };

/** Reads the date that a text begins with; undefined if it begins with none. */
export function readDate(text: string, notation: Notation): WrittenDate | Refusal | undefined {
  for (const [form, read] of FORMS) {
    const match = form.exec(text);
    if (!match) continue;
    const date = read(match.slice(1), notation);
    if (date === undefined) continue;
    if ('expected' in date) return date;
    return isDate(date) ? { date, rest: text.slice(match[0].length) } : NO_SUCH_DATE;
  }
  return undefined;
}

/** undefined: the text is not of this form after all. */
type ReadDate = (parts: readonly string[], notation: Notation) => CalendarDate | Refusal | undefined;

const FORMS: readonly [RegExp, ReadDate][] = [
  [/^([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])/, ([year, month, day]) => dateFrom(year, month, day)],
  [/^([0-9]{4})([0-9]{2})([0-9]{2})(?=[Tt])/, ([year, month, day]) => dateFrom(year, month, day)],
  [/^([0-9]{4})([0-9]{2})([0-9]{2})$/, ([year, month, day]) => basicDate(dateFrom(year, month, day))],
  [/^([0-9]{4})-([0-9]{3})(?![0-9])/, ([year, day]) => ordinalDate(Number(year), Number(day))],
  [/^([0-9]{4})([0-9]{3})(?=[Tt])/, ([year, day]) => ordinalDate(Number(year), Number(day))],
  [
    /^([0-9]{4})(-?)W([0-9]{2})\2([1-7])(?![0-9])/,
    ([year, , week, day]) => weekDate(Number(year), Number(week), Number(day)),
  ],
  [/^([0-9]{1,4})([/.-])([0-9]{1,2})\2([0-9]{1,4})(?![0-9])/, numericDate],
  ...named(`([0-9]{1,2})(?:st|nd|rd|th)?([ /.-]?)${MONTH_NAME}\\.?,?[ /.-]?([0-9]{4}|[0-9]{2})`, dayFirst),
  ...named(`${MONTH_NAME}\\.?[ /.-]([0-9]{1,2})(?:st|nd|rd|th)?,?[ /.-]([0-9]{4}|[0-9]{2})`, monthFirst),
  [
    new RegExp(`^([0-9]{4})[ /.-]?${MONTH_NAME}[ /.-]?([0-9]{1,2})(?![0-9])`, 'i'),
    ([year, month = '', day]) => dateFrom(year, monthNumber(month), day),
  ],
];

const dateFrom = (year?: string, month?: string | number, day?: string): CalendarDate => ({
  year: Number(year),
  month: Number(month),
  day: Number(day),
});

/** Eight digits are a date only in these centuries, where no other order of year, month and day is possible. */
const basicDate = (date: CalendarDate) =>
  date.year >= 1900 && date.year <= 2099 && isDate(date) ? date : undefined;

function ordinalDate(year: number, day: number): CalendarDate | Refusal {
  const date = dateOf(dayNumber({ year, month: 1, day: 1 }) + day - 1);
  return day > 0 && date.year === year ? date : NO_SUCH_DATE;
}

/** https://www.iso.org/standard/70907.html: week 1 has the first Thursday, and with it 4 January. */
function weekDate(year: number, week: number, day: number): CalendarDate | Refusal {
  const monday = (of: number) => {
    const fourth = dayNumber({ year: of, month: 1, day: 4 });
    return fourth - weekday(fourth) + 1;
  };
  const number = monday(year) + (week - 1) * 7 + day - 1;
  return week > 0 && number < monday(year + 1) ? dateOf(number) : NO_SUCH_DATE;
}

/** A date with a month's name, and optionally the name of its weekday before it. */
function named(form: string, read: ReadDate): readonly [RegExp, ReadDate][] {
  const onDay = (day: string, date: ReturnType<ReadDate>) =>
    date && 'year' in date && weekday(dayNumber(date)) !== weekdayNumber(day) ? NO_SUCH_DATE : date;
  return [
    [new RegExp(`^${form}(?![0-9:])`, 'i'), read],
    [
      new RegExp(`^${WEEKDAY_NAME}\\.?,? ${form}(?![0-9:])`, 'i'),
      ([day = '', ...parts], notation) => onDay(day, read(parts, notation)),
    ],
  ];
}

function dayFirst(parts: readonly string[], { dateOrder, twoDigitYears }: Notation): ReturnType<ReadDate> {
  const [day = '', , month = '', year = ''] = parts;
  if (year.length === 4) return dateFrom(year, monthNumber(month), day);
  // Of 13-Aug-25, either number can be the year.
  if (dateOrder !== 'dmy' && dateOrder !== 'ymd') return undeclaredYear('dmy', ['ymd'], twoDigitYears);
  const [written, of] = dateOrder === 'ymd' ? [day, year] : [year, day];
  return ofCentury(written, twoDigitYears, (full) => dateFrom(full, monthNumber(month), of));
}

function monthFirst(parts: readonly string[], { twoDigitYears }: Notation): ReturnType<ReadDate> {
  const [month = '', day = '', year = ''] = parts;
  return ofCentury(year, twoDigitYears, (full) => dateFrom(full, monthNumber(month), day));
}

/** The year that two digits stand for. @param first the first year of their century */
function ofCentury(
  digits: string,
  first: number | undefined,
  date: (year: string) => CalendarDate | Refusal,
): CalendarDate | Refusal {
  if (digits.length === 4) return date(digits);
  if (digits.length !== 2) return NO_SUCH_DATE;
  if (first === undefined) {
    return { expected: 'a year of four digits', declare: ['notation: { twoDigitYears: 1970 }'] };
  }
  return date(String(first + ((((Number(digits) - first) % 100) + 100) % 100)));
}

type DateOrder = NonNullable<Notation['dateOrder']>;

/** The positions of year, month and day. */
const ORDERS: Readonly<Record<DateOrder, readonly [number, number, number]>> = {
  dmy: [2, 1, 0],
  mdy: [2, 0, 1],
  ymd: [0, 1, 2],
};

/** A date of numbers is read only in a declared order; which orders exist for one of them decides nothing. */
function numericDate(
  [one = '', , two = '', three = '']: readonly string[],
  { dateOrder, twoDigitYears }: Notation,
): ReturnType<ReadDate> {
  const numbers = [one, two, three];
  const read = (order: DateOrder, first: number | undefined) => {
    const [year, month, day] = ORDERS[order].map((at) => numbers[at]);
    if (month === undefined || day === undefined || month.length > 2 || day.length > 2) return NO_SUCH_DATE;
    return ofCentury(year ?? '', first, (full) => dateFrom(full, month, day));
  };
  if (dateOrder) {
    const date = read(dateOrder, twoDigitYears);
    return 'expected' in date || isDate(date)
      ? date
      : { expected: `an existing date, ${WRITTEN[dateOrder]}` };
  }
  const possible = (Object.keys(ORDERS) as DateOrder[]).filter((order) => {
    const date = read(order, twoDigitYears ?? 1970);
    return !('expected' in date) && isDate(date);
  });
  const [order, ...others] = possible;
  if (order === undefined) return numbers.some((number) => number.length === 4) ? NO_SUCH_DATE : undefined;
  if (one.length < 4 && three.length < 4) return undeclaredYear(order, others, twoDigitYears);
  return {
    expected: 'a date with only one reading',
    declare: [`notation: { dateOrder: ${order} }`, others],
    ...(others.length === 0 && order !== 'ymd' && { seen: order === 'dmy' ? DAY_FIRST : MONTH_FIRST }),
  };
}

const WRITTEN: Readonly<Record<DateOrder, string>> = {
  dmy: 'day first',
  mdy: 'month first',
  ymd: 'year first',
};

const DAY_FIRST = { dateOrder: 'dmy' } as const;
const MONTH_FIRST = { dateOrder: 'mdy' } as const;

function undeclaredYear(order: DateOrder, others: readonly DateOrder[], first: number | undefined): Refusal {
  const century = first === undefined ? ', twoDigitYears: 1970' : '';
  return {
    expected: 'a date with only one reading',
    declare: [`notation: { dateOrder: ${order}${century} }`, others],
  };
}
