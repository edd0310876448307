/**
 * How the rows of a kind belong to a person, and what stays of them when the person is forgotten. Pure: it depends on the
 * contract alone.
 */

import { type Column, type ColumnType, type Contract, EXTRA_COLUMN } from './contract';

/** The column with the id of the customer, in every kind but `users`. */
export const USER_COLUMN = 'user_id';

/** The kind with one row per customer, and its column with the id. */
const USERS = { kind: 'users', column: 'id' };

/** The column of a kind that names an order, and the kind whose key it is. */
export const ORDER_COLUMN = 'order_id';
export const ORDERS = 'orders';

/** The columns with what names a browser or a visit. They get other values, so that visits stay apart. */
export const VISITOR_COLUMN = 'visitor_id';
const VISIT_COLUMNS = [VISITOR_COLUMN, 'client_id', 'session_id'];

/** Texts that marts read, but no KPI per day depends on: an address of a page or a campaign can name a person. */
const FREE_TEXTS = ['page_path', 'utm_campaign'];

/** Columns of the included kinds that no mart reads, and that say nothing of a person: they stay for the warehouse and queries. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  orders: ['status', 'returned_at', 'shipped_at', 'delivered_at', 'currency'],
  order_items: ['status', 'created_at', 'returned_at', 'shipped_at', 'delivered_at'],
  events: ['source', 'currency', 'referrer_class', 'click_id', 'browser', 'os', 'device_type', 'country'],
  event_items: ['event_name', 'name', 'category', 'price', 'quantity', 'position'],
};

/** How the rows of a kind belong to a person. */
export interface PersonColumns {
  /** The column with the customer's id; absent where rows belong to a person through their order alone. */
  readonly user?: Column;
  /** The column with the order's number, unless it is the kind of orders itself. */
  readonly order?: Column;
  /** The column with the visitor, whose events without a customer belong to the one who signed in at other times. */
  readonly visitor?: Column;
  /** True if a row says nothing without the person: the id is in the key. It is removed in any case. */
  readonly isRemoved: boolean;
  /** The other columns with what names a browser or a visit, the visitor among them. */
  readonly visits: readonly Column[];
  /** Columns that lose their value. */
  readonly cleared: readonly string[];
}

/**
 * The columns by which rows of a kind belong to a person; undefined for a kind without such rows. Of a row that stays, these columns
 * keep their values: the key, what partitions and orders rows, what marts read except for free text, facts of orders and events in
 * the included kinds, and required columns that are no text. All others are cleared.
 *
 * @param read the columns that marts read
 */
export function personColumns(contract: Contract, read: ReadonlySet<string>): PersonColumns | undefined {
  const { kind, columns, key, partition, version, revision, extra } = contract;
  const named = (name: string) => columns.find((column) => column.name === name);
  const user = named(kind === USERS.kind ? USERS.column : USER_COLUMN);
  const order = kind === ORDERS ? undefined : named(ORDER_COLUMN);
  if (!user && !order) return undefined;
  const visits = columns.filter(({ name }) => VISIT_COLUMNS.includes(name) && !key.includes(name));
  const visitor = visits.find(({ name }) => name === VISITOR_COLUMN);
  const kept = new Set<string | undefined>([
    ...key,
    ...[partition.of, partition.uncertain, version, revision, user?.name, order?.name],
    ...visits.map(({ name }) => name),
    ...(FACTS[kind] ?? []),
    ...[...read].filter((name) => !FREE_TEXTS.includes(name)),
    ...columns.filter(({ required, type }) => required && !isText(type)).map(({ name }) => name),
  ]);
  const cleared = columns.map(({ name }) => name).filter((name) => !kept.has(name));
  return {
    ...(user && { user }),
    ...(order && { order }),
    ...(visitor && { visitor }),
    isRemoved: user !== undefined && key.includes(user.name),
    visits,
    cleared: extra === 'keep' ? [...cleared, EXTRA_COLUMN] : cleared,
  };
}

const isText = (type: ColumnType): boolean => type === 'text' || type === 'json';
