/** The shape of a mart: a Delta table computed from staging tables and other marts, and where it is served. */

import { type Contract, type DecimalType, isDecimal } from './contract';

/**
 * `count` and `int64` are whole numbers; `money` is rounded half up to 2 decimals in the shop's currency, `percent` to 2 decimals of
 * 0 to 100; an exact amount is a `decimal(p,s)`.
 */
export type MartColumnType =
  | 'date'
  | 'text'
  | 'count'
  | 'money'
  | 'percent'
  | 'int64'
  | 'boolean'
  | 'timestamp'
  | DecimalType;

export interface MartColumn {
  readonly name: string;
  readonly type: MartColumnType;
  /** A column of a contract, `products.id`, that has the same values: the catalog sets `type` to its type. */
  readonly like?: string;
  /** What one is, where the type does not say it: `orders`, `pieces`, `days`. */
  readonly unit?: string;
  readonly description?: string;
  /** True if a value can be missing. In an additive mart it is then missing in all rows that add up to a key, or in none. */
  readonly nullable?: boolean;
  /**
   * For a rate: the quotient of two other columns, times 100 for `percent`, rounded half up; null where the divisor is 0. The
   * refresh computes it: the mart's query does not give the column.
   */
  readonly rate?: { readonly dividend: string; readonly divisor: string };
  /** False for a value that does not add up over days, such as a count of distinct customers. */
  readonly additive?: false;
}

/**
 * What the rows of a mart are recomputed by. `day`, `user`, `product`, `transaction`: by the values of {@link BY_COLUMNS} that a change
 * affects. `session`: by those values, of which null is one, within spans of time. `order`, `row`: by the orders, or the rows of each
 * input, that changed; only for additive marts. `all`: as a whole.
 */
export type RefreshBy = 'day' | 'user' | 'product' | 'transaction' | 'session' | 'order' | 'row' | 'all';

export interface MartRefresh {
  readonly by: RefreshBy;
  /**
   * `additive`: the query's values are sums and counts that add up over disjoint sets of what the mart is refreshed by. The values
   * of what changed are subtracted as they were, and added as they are.
   */
  readonly aggregate?: 'additive';
  /** The column that counts what a row of an additive mart is of: the row exists while it is above 0. */
  readonly exists?: string;
}

/** The columns that name what a mart is refreshed by. A day is in the mart's column of type `date` that is in its key. */
export const BY_COLUMNS = {
  user: ['user_id'],
  product: ['product_id'],
  transaction: ['transaction_id'],
  session: ['visitor_id', 'session_id'],
  order: ['order_id'],
} as const;

/**
 * The start of a row's session, in a mart that is refreshed by session. What `touched` gives for such a mart also has the columns
 * {@link SPAN}: a row belongs to it if its session starts, or for an input its time is, within them.
 */
export const SESSION_START = 'started_at';

/** The first and the last instant of a span of time, both inclusive. */
export const SPAN = ['low', 'high'] as const;

/** A kind, another mart, or a view of included rows ({@link MartInput}) that the query of a mart reads by this name. */
export interface MartRead {
  readonly name: string;
  /** The timestamp or date column that puts a row in a day of a mart that is refreshed by day. */
  readonly day?: string;
}

/** Values that depend on all rows or on the present: computed when they are read, over the stored table. */
export interface MartView {
  /** A query that gives the view's columns in their order; it reads the mart and `reads` by their names. */
  readonly sql: string;
  /** Those that it adds to the mart's. */
  readonly columns: readonly MartColumn[];
  /** Kinds and marts that it reads besides. */
  readonly reads: readonly string[];
}

export interface Mart {
  readonly name: string;
  /** Its subcommand of `daybook kpis`, for the marts that have one. */
  readonly command?: string;
  readonly description: string;
  /** What one row is: `one row per order_date with at least one order`. */
  readonly grain?: string;
  readonly columns: readonly MartColumn[];
  /** Key columns, never null; the partition key of the DynamoDB table first. */
  readonly key: readonly string[];
  /** What `sql` may read. */
  readonly inputs: readonly MartRead[];
  /**
   * A query that gives the columns without rates, one row per key. Placeholder: `time_zone`, the reporting time zone as a literal.
   */
  readonly sql: string;
  readonly refresh: MartRefresh;
  /**
   * A query for the values, by column, that the mart is refreshed by and a change affects, where the inputs do not have these columns.
   * It reads the inputs, `<input>_changed`, the rows before and after the change (`_change` is `before` or `after`), and the mart as it
   * is stored.
   */
  readonly touched?: string;
  readonly view?: MartView;
  /** The table that serves its stored columns; none if it is read from the lake. */
  readonly dynamoDb?: MartDynamoDb;
  /** True if a warehouse has a copy of the stored columns, the table `marts.<name>`. */
  readonly load?: true;
}

/** A mart that DynamoDB serves. */
export type ServedMart = Mart & { readonly dynamoDb: MartDynamoDb };

export const isServed = (mart: Mart): mart is ServedMart => mart.dynamoDb !== undefined;

export interface MartDynamoDb {
  /** The table's name without the deployment's prefix. */
  readonly table: string;
  /** Its id in the template. CloudFormation replaces a table whose id changes. */
  readonly id: string;
  readonly indexes: readonly { readonly name: string; readonly key: readonly string[] }[];
}

/** Between the parts of a composite sort key. */
const SEPARATOR = '#';

/**
 * The attributes of the key of a DynamoDB table, which has at most two: the partition key is the first column of the mart's key; the
 * others, if there are several, are one text, in an attribute besides theirs.
 */
export const keyAttributes = ([partition = '', ...others]: readonly string[]): readonly string[] =>
  others.length === 0 ? [partition] : [partition, others.join(SEPARATOR)];

/** The attribute of a composite sort key with its value, `Email#news#email`; none if the key has at most two columns. */
export function compositeKey(
  key: readonly string[],
  item: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const [, ...others] = key;
  if (others.length < 2) return {};
  const parts = others.map((name) => (item[name] ?? '').replaceAll('%', '%25').replaceAll(SEPARATOR, '%23'));
  return { [others.join(SEPARATOR)]: parts.join(SEPARATOR) };
}

/** The key column of the marts of orders that holds the day in the reporting time zone. */
export const DAY = 'order_date';

/** The column of a mart's key that holds its day, if it has one. */
export const dayColumn = ({ columns, key }: Pick<Mart, 'columns' | 'key'>): string | undefined =>
  key.find((name) => columns.some((column) => column.name === name && column.type === 'date'));

/** The columns that name what a mart is refreshed by; none for `row` and `all`. */
export function byColumns(mart: Pick<Mart, 'columns' | 'key' | 'refresh'>): readonly string[] {
  const { by } = mart.refresh;
  if (by === 'all' || by === 'row') return [];
  return by === 'day' ? [dayColumn(mart) ?? DAY] : BY_COLUMNS[by];
}

/** The columns of what a change affects: those of {@link byColumns}, and of the span of time where the mart is refreshed by session. */
export const touchedColumns = (mart: Pick<Mart, 'columns' | 'key' | 'refresh'>): readonly string[] => [
  ...byColumns(mart),
  ...(mart.refresh.by === 'session' ? SPAN : []),
];

/** The columns that the mart's query gives: all but its rates. */
export const queriedColumns = ({ columns }: Pick<Mart, 'columns'>): MartColumn[] =>
  columns.filter(({ rate }) => !rate);

/** The exact sum behind a rounded one in an additive mart, a column of its table in the lake only. */
export const exactColumn = (name: string): string => `_${name}`;

/** The columns of an additive mart that are stored exactly as well: rounded sums do not add up. */
export const exactColumns = (mart: Pick<Mart, 'columns' | 'key' | 'refresh'>): MartColumn[] =>
  mart.refresh.aggregate === 'additive'
    ? queriedColumns(mart).filter(({ name, type }) => type === 'money' && !mart.key.includes(name))
    : [];

/** One view that mart queries read: the rows of a kind that marts include, selected by `sql`; or all rows of a kind or mart. */
export interface MartInput {
  /** A kind or a mart: the table of the rows. */
  readonly kind: string;
  readonly view: string;
  /** Columns of the table that `sql` reads, its key among them. */
  readonly columns: readonly string[];
  /**
   * The view's query. Placeholders: `rows`, the staging rows; `<kind>_rows`, those of another input's kind; `counted`; `blanks`,
   * the characters that trimming removes; `category_length`; `time_zone`. It may read the views of the inputs listed before it.
   */
  readonly sql: string;
  /** The condition of the rows to include, where it depends on the contract; the same placeholders. */
  readonly counted?: string;
  /** The views whose queries or rows `sql` reads. */
  readonly reads?: readonly string[];
  readonly relation: InputRelation;
  /**
   * Columns that a contract need not have, in which case they are null, with the `counted` and `reads` of the view then. At most one
   * of them can be missing.
   */
  readonly optional?: readonly {
    readonly column: string;
    readonly counted: string;
    readonly reads?: readonly string[];
  }[];
  /** Those of `columns` that the contract lacks. */
  readonly missing?: readonly string[];
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
  const { counted, reads = input.reads } = missing;
  return { ...input, columns, counted, ...(reads && { reads }), missing: [missing.column] };
}

/**
 * How the rows of an input belong to those of others. `own`: to none; `day` is the timestamp of its rows, or with `isDate`
 * their date. `parent`: to the row
 * of `kind` whose key is in `column`. `children`: to the rows of `kind` that hold its key in `column`; in the view that key is `key`.
 * A key of several columns is named in the order of its contract.
 */
export type InputRelation =
  | { readonly of: 'own'; readonly day?: string; readonly isDate?: boolean }
  | { readonly of: 'parent'; readonly kind: string; readonly column: KeyColumns }
  | { readonly of: 'children'; readonly kind: string; readonly column: KeyColumns; readonly key: KeyColumns };

/** The columns of an input, if it has them, with what the mart is refreshed by. */
export const columnsNaming = (
  mart: Pick<Mart, 'columns' | 'key' | 'refresh'>,
  { relation }: MartInput,
): readonly string[] =>
  mart.refresh.by === 'day' && relation.of === 'own' && relation.day !== undefined
    ? [relation.day]
    : byColumns(mart);

/** The columns that hold a key; a single one can be a string. */
export type KeyColumns = string | readonly string[];

export const keyColumns = (columns: KeyColumns): readonly string[] =>
  typeof columns === 'string' ? [columns] : columns;

/** A row by column, with values as canonical text: equal values have equal text, whichever system wrote them. */
export type MartCells = Readonly<Record<string, string>>;

/** True for types that DynamoDB stores as numbers; the others are strings. */
export const isNumber = (type: MartColumnType | undefined): boolean =>
  type !== undefined && (['count', 'money', 'percent', 'int64'].includes(type) || isDecimal(type));

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
