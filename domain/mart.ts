/** The shape of a mart (a KPI table): a Delta table below kpis/, served from DynamoDB, computed per day from staging. */

import type { Contract } from './contract';

export type MartColumnType = 'date' | 'text' | 'count' | 'money' | 'percent';

export interface MartColumn {
  readonly name: string;
  /** `money` is rounded half up to 2 decimals in the shop's currency, `percent` to 2 decimals of 0 to 100. */
  readonly type: MartColumnType;
  /** For a rate: the quotient of two additive columns, times 100 for `percent`. */
  readonly rate?: { readonly dividend: string; readonly divisor: string };
  /** False for a value that does not add up over days, such as a count of distinct customers. */
  readonly additive?: false;
}

export interface Mart {
  readonly name: string;
  /** Its subcommand of `daybook kpis`. */
  readonly command: string;
  readonly description: string;
  readonly columns: readonly MartColumn[];
  /** Key columns, {@link DAY} among them; the partition key of the DynamoDB table first. */
  readonly key: readonly string[];
  /** The kinds it is computed from; `sql` may read their {@link MartInput} views. */
  readonly reads: readonly string[];
  /** A query that gives the columns in their order, one row per key. */
  readonly sql: string;
  readonly dynamoDb: MartDynamoDb;
}

export interface MartDynamoDb {
  /** The table's name without the deployment's prefix. */
  readonly table: string;
  /** Its id in the template. CloudFormation replaces a table whose id changes. */
  readonly id: string;
  readonly indexes: readonly { readonly name: string; readonly key: readonly string[] }[];
}

/** The key column of every mart that holds the day in the reporting time zone. */
export const DAY = 'order_date';

/** One view that mart queries read: the rows of a kind that KPIs include, selected by `sql`. */
export interface MartInput {
  readonly kind: string;
  readonly view: string;
  /** Columns of the staging table that `sql` reads, its key first. */
  readonly columns: readonly string[];
  /**
   * The view's query. Placeholders: `rows`, the staging rows; `<kind>_rows`, those of another input's kind; `counted`; `blanks`,
   * the characters that trimming removes; `category_length`; `time_zone`. It may read the views of the inputs listed before it.
   */
  readonly sql: string;
  /** The condition of the rows to include, where it depends on the contract; the same placeholders. */
  readonly counted?: string;
  readonly days: RowDays;
  /** Columns that a contract need not have, and `counted` for a contract without them. At most one of them can be missing. */
  readonly optional?: readonly { readonly column: string; readonly counted: string }[];
  /** The column of how many pieces a row stands for, null for one, and the column of their price together. */
  readonly pieces?: { readonly column: string; readonly of: string };
}

/** The input for the contract of its kind, which may lack one of its optional columns. */
export function fittedInput(input: MartInput, contracts: readonly Contract[]): MartInput {
  const contract = contracts.find(({ kind }) => kind === input.kind);
  const missing = input.optional?.find(({ column }) =>
    contract?.columns.every(({ name }) => name !== column),
  );
  if (!missing) return input;
  const columns = input.columns.filter((name) => name !== missing.column);
  return { ...input, columns, counted: missing.counted };
}

/**
 * The days that a row counts towards. `own`: that of its timestamp in `column`. `parent`: that of the row of `kind` whose key
 * is in `column`. `children`: those of the rows of `kind` that hold its key in `column`; in the view that key is `key`.
 * A key of several columns is named in the order of its contract.
 */
export type RowDays =
  | { readonly of: 'own'; readonly column: string }
  | { readonly of: 'parent'; readonly kind: string; readonly column: KeyColumns }
  | { readonly of: 'children'; readonly kind: string; readonly column: KeyColumns; readonly key: KeyColumns };

/** The columns that hold a key; a single one can be a string. */
export type KeyColumns = string | readonly string[];

export const keyColumns = (columns: KeyColumns): readonly string[] =>
  typeof columns === 'string' ? [columns] : columns;

/** A row by column, with values as canonical text: equal values have equal text, whichever system wrote them. */
export type MartCells = Readonly<Record<string, string>>;

/** True for types that DynamoDB stores as numbers; dates and text are strings. */
export const isNumber = (type: MartColumnType | undefined): boolean =>
  type === 'count' || type === 'money' || type === 'percent';

/**
 * The shortest form of a decimal: `12.50`, `012.5` and `1.25E1` are `12.5`.
 * @returns the text itself if it is not a number
 */
export function canonicalNumber(text: string): string {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return text;
  const shift = Number(exponent);
  const digits = `${'0'.repeat(Math.max(0, -shift))}${whole}${fraction}${'0'.repeat(Math.max(0, shift))}`;
  const point = Math.max(0, -shift) + whole.length + shift;
  const before = digits.slice(0, point).replace(/^0+/, '');
  const after = digits.slice(point).replace(/0+$/, '');
  if (before + after === '') return '0';
  return `${sign === '-' ? '-' : ''}${before || '0'}${after && `.${after}`}`;
}
