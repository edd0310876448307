import { type Column, type Contract, isDecimal } from '../contract';
import type { RowFault } from '../row-rules';
import { columnParser, type ValueSettings } from '../values';
import { withoutExponent } from './event-values';
import { type Properties, propertyKey } from './properties';

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
  /** The keys of the properties, the first choice first. */
  readonly keys: readonly string[];
  readonly parse: ParseCell;
}

export interface RowRules {
  readonly contract: Contract;
  readonly settings: ValueSettings;
  /** Columns that no property gives. */
  readonly computed: readonly string[];
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
      .map((column) => ({ name: column.name, keys: keysOf(column), parse: this.parserOf(column) }));
  }

  open(): Row {
    return new Row(this.positions);
  }

  /** The keys of the properties of a column, also of a computed one. */
  keys(name: string): readonly string[] {
    return keysOf(this.rules.contract.columns.find((column) => column.name === name) ?? { name });
  }

  /** Reads the property of a column, if there is one. */
  read(row: Row, { name, parse }: GivenColumn, keys: readonly string[], properties: Properties): void {
    const text = properties.take(keys);
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
    if (type === 'text') return column.pseudonymize && pseudonym ? pseudonym : (text) => text;
    const parse = columnParser(column, contract, settings);
    const isNumber = isDecimal(type) || type === 'money' || type === 'int64' || type === 'double';
    return (text) => {
      const parsed = parse(isNumber ? withoutExponent(text) : text);
      if (parsed.ok) return parsed.value;
      const { expected, reason, remedy } = parsed;
      const rule = `expected ${expected}`;
      return remedy
        ? { column: name, rule, reason: `${reason}; ${remedy}`, remedy }
        : { column: name, rule, reason };
    };
  }
}

const keysOf = ({ name, aliases = [] }: Pick<Column, 'name' | 'aliases'>): readonly string[] => [
  ...new Set([name, ...aliases].map(propertyKey)),
];
