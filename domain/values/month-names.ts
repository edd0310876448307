/** English names of months and weekdays. */

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Regular expressions, for use without case. */
export const MONTH_NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
export const WEEKDAY_NAME =
  '(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)';

/** 1 for January. @param name that {@link MONTH_NAME} matches */
export const monthNumber = (name: string): number => numberOf(MONTHS, name);

/** 1 for Monday. @param name that {@link WEEKDAY_NAME} matches */
export const weekdayNumber = (name: string): number => numberOf(WEEKDAYS, name);

const numberOf = (names: readonly string[], name: string) =>
  names.findIndex((full) => full.startsWith(name.toLowerCase().slice(0, 3))) + 1;
