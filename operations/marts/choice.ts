import { isDecimal } from '../../domain/contract';
import { closest } from '../../domain/edit-distance';
import { dayColumn, type Mart, type MartColumn } from '../../domain/mart';
import { isDay } from '../../domain/time';
import { martDeltaType } from '../../lake/schema';
import { DeploymentError } from '../errors';

/** Which rows of a mart to read; all of them without conditions. */
export interface MartChoice {
  /** Values that columns must have. */
  readonly where: readonly { readonly column: MartColumn; readonly value: string }[];
  /** Days (YYYY-MM-DD), both included, of {@link dayColumn}; open at a missing end. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Maximum number of rows, the first in the order of the key. */
  readonly limit: number;
}

/** The columns of a mart, with those of its view. */
export const readColumns = ({ columns, view }: Pick<Mart, 'columns' | 'view'>): readonly MartColumn[] => [
  ...columns,
  ...(view?.columns ?? []),
];

/**
 * The mart of a name.
 * @throws DeploymentError that names the closest one
 */
export function findMart(marts: readonly Mart[], name: string): Mart {
  const found = marts.find((mart) => mart.name === name);
  if (found) return found;
  const names = marts.map((mart) => mart.name);
  throw new DeploymentError(
    `there is no mart ${JSON.stringify(name)}${meant(name, names)}; the marts are ${names.join(', ')}`,
  );
}

/**
 * A condition `column=value`, checked against the column's type.
 * @throws DeploymentError for another form, an unknown column, or a value of another type
 */
export function parseCondition(mart: Mart, text: string): MartChoice['where'][number] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new DeploymentError(
      `--where ${JSON.stringify(text)}: expected COLUMN=VALUE, such as ${mart.key[0]}=...`,
    );
  }
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1)];
  const column = readColumns(mart).find((one) => one.name === name);
  if (!column) {
    const names = readColumns(mart).map((one) => one.name);
    throw new DeploymentError(
      `${mart.name} has no column ${JSON.stringify(name)}${meant(name, names)}; its columns are ${names.join(', ')}`,
    );
  }
  return { column, value: parseValue(mart.name, column, value) };
}

/**
 * A value of a column, an instant in UTC.
 * @param of the name of what has the column, for the message
 * @throws DeploymentError for a value of another type
 */
export function parseValue(of: string, column: MartColumn, value: string): string {
  const expected = expectedForm(column, value);
  if (expected !== undefined) {
    throw new DeploymentError(
      `${of}.${column.name} is ${column.type}: expected ${expected}, got ${JSON.stringify(value)}`,
    );
  }
  return column.type === 'timestamp' ? inUtc(value) : value;
}

/**
 * @throws DeploymentError for a range of days of a mart whose key has no day, one that ends before it starts, or one beside a
 * condition on the day
 */
export function requireDays(mart: Mart, { where, from, to }: Omit<MartChoice, 'limit'>): void {
  if (from === undefined && to === undefined) return;
  if (dayColumn(mart) === undefined) {
    throw new DeploymentError(
      `${mart.name} has no day in its key (${mart.key.join(', ')}): --from and --to do not apply to it`,
    );
  }
  const day = where.find(({ column }) => column.name === dayColumn(mart));
  if (day) {
    throw new DeploymentError(
      `--where ${day.column.name}=${day.value} is a single day: omit --from and --to`,
    );
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw new DeploymentError(`--from ${from} is after --to ${to}`);
  }
}

const MAX_INT64 = 2n ** 63n - 1n;

/** What a value of the column looks like; undefined if this is one. */
function expectedForm({ type }: MartColumn, value: string): string | undefined {
  switch (type) {
    case 'text':
      return undefined;
    case 'date':
      return isDay(value) ? undefined : 'a day as YYYY-MM-DD';
    case 'boolean':
      return value === 'true' || value === 'false' ? undefined : 'true or false';
    case 'timestamp':
      return isInstant(value) ? undefined : 'an instant as 2025-03-01T10:00:00Z';
    case 'count':
    case 'int64':
      return isInt64(value) ? undefined : 'a whole number';
    default:
      return decimalForm(martDeltaType(type), value);
  }
}

const isInt64 = (value: string): boolean => {
  if (!/^-?\d{1,19}$/.test(value)) return false;
  const number = BigInt(value);
  return number <= MAX_INT64 && number >= -MAX_INT64 - 1n;
};

const isInstant = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** `2025-03-01T12:00:00.50+02:00` as `2025-03-01T10:00:00.5Z`: the text of an instant in DynamoDB. */
function inUtc(value: string): string {
  const fraction = /\.(\d+)/.exec(value)?.[1]?.replace(/0+$/, '');
  const seconds = new Date(value.replace(/\.\d+/, '')).toISOString().slice(0, 19);
  return `${seconds}${fraction ? `.${fraction}` : ''}Z`;
}

function decimalForm(type: string, value: string): string | undefined {
  const [precision = 38, scale = 0] = isDecimal(type)
    ? (/\d+,\d+/.exec(type)?.[0] ?? '').split(',').map(Number)
    : [];
  const [, whole, fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
  const fits = whole !== undefined && whole.length <= precision - scale && fraction.length <= scale;
  return fits ? undefined : `a number with at most ${scale} decimal places`;
}

/** `; did you mean "order_kpis"?` */
function meant(name: string, names: readonly string[]): string {
  const found = closest(name, names);
  return found === undefined ? '' : `; did you mean ${found}?`;
}
