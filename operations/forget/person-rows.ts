/**
 * The rows of the lake that belong to a person, and what they become.
 */

import { createHash, randomBytes } from 'node:crypto';
import type { Catalog } from '../../catalog/catalog';
import type { Column, Contract } from '../../domain/contract';
import { ORDER_COLUMN, ORDERS, type PersonColumns, personColumns } from '../../domain/person';
import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import type { Lake } from '../../lake/lake';
import { type ColumnMatch, type Rewrite, selectedRows } from '../../lake/rewrite';
import { deltaType, duckDbType } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';

/** A person, by what names the person in rows; all values are canonical text. */
export interface Person {
  /** The customer's id, as files have it. */
  readonly user: string;
  /** Its keyed hash, in columns that pseudonymize; undefined if no kind does. */
  readonly pseudonym?: string | undefined;
  /** The numbers of the customer's orders. */
  readonly orders: ReadonlySet<string>;
  /** The visitors as which the customer has signed in. */
  readonly visitors: ReadonlySet<string>;
}

/** A table that can have rows of a person. */
export interface PersonTable {
  readonly spec: TableSpec;
  readonly contract: Contract;
  readonly columns: PersonColumns;
}

/** A secret of one forgetting: the values that take the place of the person's are made from it, and cannot be told from them without it. */
export const newSalt = (): string => randomBytes(32).toString('hex');

/**
 * The tables that can have rows of a person, histories included. Tables with rows that are found through orders or visitors come before
 * those of orders and events, which tell what orders and visitors the person has: interrupted between two of them, another
 * run finds the rest.
 */
export function personTables(catalog: Catalog): PersonTable[] {
  const tables = catalog.contracts.flatMap((contract) => {
    const columns = personColumns(contract, columnsRead(catalog, contract.kind));
    if (!columns) return [];
    const { kind } = contract;
    const history = catalog.historyTable(kind);
    return [...(history ? [history] : []), catalog.stagingTable(kind)].map((spec) => ({
      spec,
      contract,
      columns,
    }));
  });
  const tells = ({ contract }: PersonTable) =>
    Number(contract.kind === ORDERS || contract.events !== undefined);
  return tables.sort((a, b) => tells(a) - tells(b));
}

/** The columns of a kind that marts read; of those that marts read as a table, the ones that their queries name. */
function columnsRead(catalog: Catalog, kind: string): Set<string> {
  const read = new Set<string>();
  for (const mart of catalog.marts) {
    const sql = [mart.sql, mart.touched, mart.view?.sql].join('\n');
    for (const input of catalog.inputsOf(mart.name).filter((one) => one.kind === kind)) {
      const isView = catalog.inputs.some(({ view }) => view === input.view);
      for (const name of input.columns) if (isView || new RegExp(`\\b${name}\\b`).test(sql)) read.add(name);
    }
  }
  return read;
}

/**
 * Adds what names a person in the lake: orders and visitors, those of deleted rows and histories included.
 * @throws as `selectedRows`
 */
export async function findPerson(
  lake: Lake,
  tables: readonly PersonTable[],
  person: Person & { readonly orders: Set<string>; readonly visitors: Set<string> },
): Promise<void> {
  const found: ColumnMatch[][] = tables.map((table) => ofUser(person, table));
  for (const [at, { spec, contract, columns }] of tables.entries()) {
    const rows = found[at] ?? [];
    if (rows.length === 0) continue;
    const add = async (column: string, values: Set<string>) => {
      const name = quoteIdentifier(column);
      const relation = await selectedRows(lake, spec, rows, [column]);
      const distinct = await lake.db.rows<{ value: string }>(
        `select distinct cast(${name} as varchar) as value from ${relation} where ${name} is not null`,
      );
      for (const { value } of distinct) values.add(value);
    };
    if (contract.kind === ORDERS && contract.key.includes(ORDER_COLUMN))
      await add(ORDER_COLUMN, person.orders);
    if (columns.visitor) await add(columns.visitor.name, person.visitors);
  }
}

/**
 * The rows of a table that belong to a person. A row that has another customer belongs to that one, whatever its order and its visitor: so
 * none that was rewritten is found again.
 *
 * @param keepsRows the rows will stay: those without a customer are found by what they still have of a person
 */
export function rowsOf(person: Person, table: PersonTable, keepsRows: boolean): ColumnMatch[] {
  const { order, visitor, user, cleared } = table.columns;
  const isNull = (name: string) => `t.${quoteIdentifier(name)} is null`;
  const hasSomething = keepsRows ? `not (${['true', ...cleared.map(isNull)].join(' and ')})` : 'true';
  const condition = user ? isNull(user.name) : hasSomething;
  return [
    ...ofUser(person, table),
    ...(order ? [{ ...match(order, [...person.orders]), condition }] : []),
    ...(visitor ? [{ ...match(visitor, [...person.visitors]), condition }] : []),
  ].filter(({ values }) => values !== NONE);
}

const ofUser = (
  { user, pseudonym }: Pick<Person, 'user' | 'pseudonym'>,
  { columns }: PersonTable,
): ColumnMatch[] => {
  if (!columns.user) return [];
  const value = columns.user.pseudonymize ? pseudonym : user;
  return value === undefined ? [] : [match(columns.user, [value])];
};

const NONE = '';

/** A value that is none of the column's type names nobody. */
function match({ name, type }: Column, values: readonly string[]): ColumnMatch {
  const listed = values.map((value) => `(${quoteLiteral(value)})`).join(', ');
  const cast = `try_cast(value as ${duckDbType(deltaType(type))}) as ${quoteIdentifier(name)}`;
  const given = `(values ${listed}) as given (value)`;
  const isExact = `cast(try_cast(value as ${duckDbType(deltaType(type))}) as varchar) = value`;
  return {
    column: name,
    values: values.length === 0 ? NONE : `(select ${cast} from ${given} where ${isExact})`,
  };
}

/**
 * What becomes of a person's rows. A row that stays has another customer, the same in all rows, and other visitors and sessions, so that
 * customers, visitors and sessions count as before; and no value that only the person has.
 *
 * @param keepsRows false: the rows are removed
 */
export function rewriteOf(person: Person, table: PersonTable, salt: string, keepsRows: boolean): Rewrite {
  const { user, visits, cleared, isRemoved } = table.columns;
  const rows = rowsOf(person, table, keepsRows && !isRemoved);
  if (isRemoved || !keepsRows) return { rows, values: undefined };
  const typed = (value: string, { name }: Pick<Column, 'name'>) => {
    const type = table.spec.columns.find((column) => column.name === name)?.type ?? 'string';
    return `cast(${value} as ${duckDbType(type)})`;
  };
  const values = [
    ...(user ? [[user.name, typed(quoteLiteral(otherCustomer(salt)), user)]] : []),
    ...visits.map((column) => [
      column.name,
      column.type === 'text' ? otherVisit(salt, column.name) : typed('null', column),
    ]),
    ...cleared.map((name) => [name, typed('null', { name })]),
  ];
  return { rows, values: Object.fromEntries(values) };
}

/** A negative number, which no shop gives to a customer. */
export const otherCustomer = (salt: string): string =>
  String(
    -1 - Number.parseInt(createHash('sha256').update(`${salt}/customer`).digest('hex').slice(0, 12), 16),
  );

/** Null stays null. */
function otherVisit(salt: string, column: string): string {
  const value = `t.${quoteIdentifier(column)}`;
  return `'forgotten-' || left(sha256(${quoteLiteral(`${salt}/`)} || ${value}), 32)`;
}
