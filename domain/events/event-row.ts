import { type Column, type Contract, columnNotation, isDecimal } from '../contract';
import { type RowFault, rowFault } from '../row-rules';
import { columnParser, ID, isId, isTooLongId, quoted, type ValueSettings } from '../values';
import { decimalSize } from '../values/column-parser';
import { withoutExponent } from './event-values';
import type { Properties, PropertyIndex } from './properties';

/** One row that is being made: its cells in the order of the columns of its contract. */
export class Row {
  readonly values: (string | null)[];
  readonly faults: RowFault[] = [];

  constructor(private readonly positions: ReadonlyMap<string, number>) {
    this.values = new Array<string | null>(positions.size).fill(null);
  }

  get(column: string): string | undefined {
    return this.values[this.positions.get(column) ?? -1] ?? undefined;
  }

  /** A contract may lack the column. */
  set(column: string, value: string | null | undefined): void {
    const at = this.positions.get(column);
    if (at !== undefined) this.values[at] = value ?? null;
  }
}

/** Reads the text of a column: canonical text, null for no value, or why it is none. */
type ParseCell = (text: string) => string | null | RowFault;

/** A column that has the value of a property, if there is one. */
export interface GivenColumn {
  readonly name: string;
  /** The group of its properties in the index. */
  readonly group: number;
  readonly parse: ParseCell;
}

export interface RowRules {
  readonly contract: Contract;
  readonly settings: ValueSettings;
  /** Columns that no property gives. */
  readonly computed: readonly string[];
  readonly index: PropertyIndex;
  /** Replaces the values of columns that the contract pseudonymizes. */
  readonly pseudonym?: ((text: string) => string) | undefined;
}

/** Makes the rows of a contract from properties. */
export class RowMaker {
  readonly given: readonly GivenColumn[];
  private readonly positions: ReadonlyMap<string, number>;
  private readonly required: readonly string[];

  constructor(private readonly rules: RowRules) {
    const { columns } = rules.contract;
    this.positions = new Map(columns.map(({ name }, at) => [name, at]));
    this.required = columns.filter(({ required }) => required).map(({ name }) => name);
    this.given = columns
      .filter(({ name }) => !rules.computed.includes(name))
      .map((column) => ({
        name: column.name,
        group: this.group(column.name),
        parse: this.parserOf(column),
      }));
  }

  open(): Row {
    return new Row(this.positions);
  }

  /** The group of the names of a column, also of a computed one, and of more names. */
  group(name: string, more: readonly string[] = []): number {
    const column = this.rules.contract.columns.find((one) => one.name === name);
    return this.rules.index.group([name, ...(column?.aliases ?? []), ...more]);
  }

  /** Reads the property of a column, if there is one. */
  read(row: Row, { name, parse }: GivenColumn, group: number, properties: Properties): void {
    const text = properties.take(group);
    if (text === undefined) return;
    const value = parse(text);
    if (typeof value === 'object' && value !== null) row.faults.push(value);
    else row.set(name, value);
  }

  /** Adds a fault for each required column without a value. */
  require(row: Row): void {
    for (const column of this.required) {
      if (row.get(column) !== undefined || row.faults.some((fault) => fault.column === column)) continue;
      row.faults.push({ column, rule: 'expected a value', reason: 'expected a value, got none' });
    }
  }

  /** The text, or its pseudonym if the contract wants one. */
  replaced(name: string, text: string): string {
    const { contract, pseudonym } = this.rules;
    const isReplaced = pseudonym && contract.columns.find((column) => column.name === name)?.pseudonymize;
    return isReplaced ? pseudonym(text) : text;
  }

  private parserOf(column: Column): ParseCell {
    const { contract, settings, pseudonym } = this.rules;
    const { name, type } = column;
    if (type === 'text') {
      if (column.pseudonymize && pseudonym) return pseudonym;
      return isId(column, contract) ? (text) => idFault(name, text) ?? text : (text) => text;
    }
    const parse = columnParser(column, contract, settings);
    const isNumber = isDecimal(type) || type === 'money' || type === 'int64' || type === 'double';
    const simple = simpleNumber(column, contract);
    return (text) => {
      const number = simple(text);
      if (number !== undefined) return number;
      const parsed = parse(isNumber ? withoutExponent(text) : text);
      if (parsed.ok) return parsed.value;
      return rowFault(name, `expected ${parsed.expected}`, parsed.reason, parsed);
    };
  }
}

/** Why a text is no id; undefined for one. */
export const idFault = (column: string, text: string): RowFault | undefined =>
  isTooLongId(text)
    ? { column, rule: `expected ${ID}`, reason: `expected ${ID}, got ${quoted(text)}` }
    : undefined;

const PLAIN_INTEGER = /^(?:0|[1-9]\d{0,14})$/;
const PLAIN_DECIMAL = /^(?:0|[1-9]\d{0,11})(?:\.\d+)?$/;

/** Reads the most common numbers of a column as its parser does, and faster; undefined for any other text. */
function simpleNumber(column: Column, contract: RowRules['contract']): (text: string) => string | undefined {
  const { type } = column;
  if (type === 'int64') return (text) => (PLAIN_INTEGER.test(text) ? text : undefined);
  if (!isDecimal(type) || columnNotation(column, contract).decimal !== undefined) return () => undefined;
  const [precision, scale] = decimalSize(type);
  if (precision - scale < 12 || scale === 0) return () => undefined;
  return (text) => {
    if (!PLAIN_DECIMAL.test(text)) return undefined;
    const point = text.indexOf('.');
    const decimals = point < 0 ? 0 : text.length - point - 1;
    if (decimals > scale) return undefined;
    return `${text}${point < 0 ? '.' : ''}${'0'.repeat(scale - decimals)}`;
  };
}
