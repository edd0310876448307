import type { MartColumn } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import type { SqlValue } from '../../engine/duckdb/session';
import { duckDbType, martDeltaType } from '../../lake/schema';
import { DeploymentError } from '../errors';
import { parseValue } from './choice';
import type { RowSource } from './row-source';

/** How a column is compared: equal to a value, at least, at most, a text that contains it in any case, without a value. */
export type FilterTest = '=' | '>=' | '<=' | '~' | 'is null';

export interface RowFilter {
  readonly column: MartColumn;
  readonly test: FilterTest;
  /** Empty for `is null`. */
  readonly value: string;
}

/** Which rows of a source; all of them without conditions. */
export interface RowChoice {
  /** All must hold. */
  readonly filters: readonly RowFilter[];
  /** Days (YYYY-MM-DD), both included, of the source's day; open at a missing end. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A condition on the rows `r`, with the values that it binds. */
export interface RowCondition {
  readonly sql: string;
  readonly bound: Readonly<Record<string, SqlValue>>;
}

const FILTER = /^(\w+)(?:( is null)$|(>=|<=|=|~)(.*)$)/su;

/**
 * A condition as text: `revenue>=10`, `abc_class=A`, `landing_page~sale`, `cost is null`.
 * @throws DeploymentError for another form, an unknown column, a test that the column's type does not have, or a value of another type
 */
export function parseFilter({ name, columns }: Pick<RowSource, 'name' | 'columns'>, text: string): RowFilter {
  const [, of, isNull, sign = '=', value = ''] = FILTER.exec(text) ?? [];
  if (of === undefined) {
    throw new DeploymentError(
      `${JSON.stringify(text)} is no condition: expected COLUMN=VALUE, COLUMN>=VALUE, COLUMN<=VALUE, COLUMN~TEXT or COLUMN is null`,
    );
  }
  const column = columns.find((one) => one.name === of);
  if (!column) {
    const names = columns.map((one) => one.name).join(', ');
    throw new DeploymentError(`${name} has no column ${JSON.stringify(of)}; its columns are ${names}`);
  }
  const test = isNull ? 'is null' : (sign as FilterTest);
  const possible = testsOf(column);
  if (!possible.includes(test)) {
    throw new DeploymentError(
      `${name}.${of} is ${column.type}, which has no test ${JSON.stringify(test)}: expected one of ${possible.join(', ')}`,
    );
  }
  const isText = test === '~' || test === 'is null';
  return { column, test, value: isText ? value : parseValue(name, column, value) };
}

/** The tests that a column can have. */
export function testsOf({ type }: MartColumn): readonly FilterTest[] {
  if (type === 'text') return ['=', '~', 'is null'];
  return type === 'boolean' ? ['=', 'is null'] : ['=', '>=', '<=', 'is null'];
}

/**
 * The condition of a choice; values are bound, never part of SQL.
 * @throws DeploymentError for days of a source without a day, or that end before they start
 */
export function conditionOf(source: RowSource, { filters, from, to }: RowChoice): RowCondition {
  const bound: Record<string, SqlValue> = {};
  const parts = filters.map(({ column, test, value }, at) => {
    const cell = `r.${quoteIdentifier(column.name)}`;
    if (test === 'is null') return `${cell} is null`;
    bound[`v${at}`] = value;
    if (test === '~') return `contains(lower(${cell}), lower($v${at}))`;
    return `${cell} ${test} cast($v${at} as ${duckDbType(martDeltaType(column.type))})`;
  });
  if (from !== undefined || to !== undefined) {
    if (source.day === undefined) {
      throw new DeploymentError(`${source.name} has no day in its key: a range of days does not apply to it`);
    }
    if (from !== undefined && to !== undefined && from > to) {
      throw new DeploymentError(`the first day ${from} is after the last day ${to}`);
    }
    Object.assign(bound, { low: from ?? '0001-01-01', high: to ?? '9999-12-31' });
    parts.push(`r.${quoteIdentifier(source.day)} between cast($low as date) and cast($high as date)`);
  }
  return { sql: parts.join(' and ') || 'true', bound };
}
