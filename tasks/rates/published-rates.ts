import { parse } from 'csv-parse/sync';
import { causeOf } from '../../runtime/task-result';
import { RatesError } from './errors';

/** The rate of a currency on a day. */
export interface PublishedRate {
  /** ISO 4217 code. */
  readonly currency: string;
  /** `2025-03-31` */
  readonly rate_date: string;
  /** Units of the currency for one euro, above 0, as it was published: `1.0815`. */
  readonly rate: string;
}

const CODE = /^[A-Z]{3}$/;
const RATE = /^\d+(\.\d+)?$/;
/** In the cell of a currency that has no rate on the day. */
const MISSING = new Set(['', 'N/A']);
const SHOWN_CHARACTERS = 60;

/**
 * Reads the ECB's CSV files: a row for each day, with a column for each currency. New currencies need no change here.
 * https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
 * @param url where the text is from, for messages
 * @returns at least one rate, by day and currency
 * @throws RatesError for anything else, such as a web page, another kind of file, or a cell that is no rate
 */
export function parseRates(url: string, text: string): PublishedRate[] {
  const [header = [], ...days] = records(url, text);
  const [first, ...names] = header;
  // A comma ends every line.
  if (names.at(-1) === '') names.pop();
  if (first?.toLowerCase() !== 'date' || names.length === 0 || !names.every((name) => CODE.test(name))) {
    throw notRates(url, text);
  }
  const rates = days.flatMap(([day = '', ...cells], index) => {
    const where = `line ${index + 2}`;
    const rate_date = isoDate(day);
    if (rate_date === undefined)
      throw new RatesError(url, `${where}: expected a day such as 2025-03-31, got ${JSON.stringify(day)}`);
    return names.flatMap((currency, column) => {
      const rate = cells[column] ?? '';
      if (MISSING.has(rate)) return [];
      if (RATE.test(rate) && Number(rate) > 0) return [{ currency, rate_date, rate }];
      throw new RatesError(
        url,
        `${where}, ${currency}: expected a rate such as 1.0815 or N/A, got ${JSON.stringify(rate)}`,
      );
    });
  });
  if (rates.length === 0) throw new RatesError(url, 'expected at least one rate, got none');
  return rates.sort((a, b) => compare(a.rate_date, b.rate_date) || compare(a.currency, b.currency));
}

function records(url: string, text: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true });
  } catch (error) {
    throw notRates(url, text, causeOf(error));
  }
}

function notRates(url: string, text: string, cause?: string): RatesError {
  const start = JSON.stringify(text.trim().slice(0, SHOWN_CHARACTERS));
  return new RatesError(
    url,
    `expected a CSV file with the columns Date, USD, JPY and so on, or a ZIP archive of it, got ${start}${cause ? ` (${cause})` : ''}`,
  );
}

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);

/** `2025-03-31`, or `31 March 2025` as in the file of the last day alone; undefined for anything else. */
function isoDate(text: string): string | undefined {
  const [, day, name, year] = /^(\d{1,2}) ([A-Za-z]+) (\d{4})$/.exec(text) ?? [];
  const month = MONTHS.indexOf(name?.toLowerCase() ?? '') + 1;
  const iso = day === undefined ? text : `${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const time = Date.parse(`${iso}T00:00:00Z`);
  // A day that its month does not have is no date, or another one.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso) ? iso : undefined;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
