/** The rules that the parts of a contract must keep with each other. */

import { type Column, type ColumnType, type Contract, isDecimal, type Notation } from './contract';
import { columnKey } from './header-columns';

/** Names of kinds, columns and marts: they become table names, paths, SQL identifiers and CloudFormation ids. */
export const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Columns of the partitions by month. */
export const MONTH_PARTITION: readonly string[] = ['year', 'month'];

/** The column of the partitions by day: `2026-11-28`. */
export const DAY_PARTITION: readonly string[] = ['day'];

/** A part of a contract that contradicts another. */
export interface ContractFault {
  /** Where it is, as in the contract's file: `['columns', 'created_at', 'type']`. */
  readonly path: readonly (string | number)[];
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Every fault of a contract; none if it can be used. */
export function contractFaults(contract: Contract): ContractFault[] {
  return [
    ...keyFaults(contract),
    ...partitionFaults(contract),
    ...orderFaults(contract, 'version'),
    ...orderFaults(contract, 'revision'),
    ...quantityFaults(contract),
    ...nameFaults(contract),
    ...contract.columns.flatMap(columnFaults),
    ...notationFaults(contract.notation, ['notation']),
    ...eventFaults(contract),
  ];
}

const columnOf = ({ columns }: Contract, name: string) => columns.find((column) => column.name === name);

const noColumn = (path: ContractFault['path'], name: string): ContractFault => ({
  path,
  message: `${name} is not a column: add it to columns, or name one that is there`,
});

function keyFaults(contract: Contract): ContractFault[] {
  const { key } = contract;
  if (key.length === 0)
    return [{ path: ['key'], message: 'the key must have a column: name what identifies a row' }];
  return key.flatMap((name, at) => {
    const path = ['key', at];
    const column = columnOf(contract, name);
    if (!column) return [noColumn(path, name)];
    if (key.indexOf(name) !== at) return [{ path, message: `${name} is in the key twice: remove one` }];
    if (column.type === 'json') return [{ path, message: notComparable(name) }];
    if (column.required) return [];
    const message = `the key ${name} must be a required column: add "required: true" to it`;
    return [{ path: ['columns', name], message }];
  });
}

const PARTITION_TYPES: Readonly<Record<Contract['partition']['by'], readonly ColumnType[]>> = {
  month: ['timestamp', 'date'],
  day: ['timestamp', 'date'],
  value: ['text'],
};

function partitionFaults(contract: Contract): ContractFault[] {
  const { by, of } = contract.partition;
  const column = columnOf(contract, of);
  if (!column) return [noColumn(['partition', 'of'], of)];
  const types = PARTITION_TYPES[by];
  if (!types.includes(column.type)) {
    const message = `the partition column ${of} must have the type ${types.join(' or ')}, and is ${column.type}`;
    return [{ path: ['partition', 'of'], message }];
  }
  if (by === 'day' && !column.required) {
    const message = `a key is looked up in its day, so ${of} must be a required column: add "required: true" to it`;
    return [{ path: ['columns', of], message }];
  }
  return uncertainFaults(contract);
}

function uncertainFaults(contract: Contract): ContractFault[] {
  const { by, uncertain } = contract.partition;
  if (uncertain === undefined) return [];
  const path = ['partition', 'uncertain'];
  const column = columnOf(contract, uncertain);
  if (!column) return [noColumn(path, uncertain)];
  if (by !== 'day')
    return [{ path, message: 'only the partition by day looks keys up by day: leave it out' }];
  if (column.type === 'boolean') return [];
  return [{ path, message: `${uncertain} must have the type boolean, and is ${column.type}` }];
}

const notComparable = (name: string) =>
  `${name} must have another type than json, whose values cannot be compared`;

function orderFaults(contract: Contract, property: 'version' | 'revision'): ContractFault[] {
  const { [property]: version } = contract;
  if (version === undefined) return [];
  const column = columnOf(contract, version);
  const path = [property];
  if (!column) return [{ path, message: `the ${property} ${version} is not a column: add it to columns` }];
  if (column.pseudonymize) {
    const message = `${version} must not be pseudonymized, as hashes have no order that means anything`;
    return [{ path, message }];
  }
  return column.type === 'json' ? [{ path, message: notComparable(version) }] : [];
}

function quantityFaults(contract: Contract): ContractFault[] {
  if (contract.quantity === undefined) return [];
  const { column, of } = contract.quantity;
  return (
    [
      ['column', column, 'int64'],
      ['of', of, 'money'],
    ] as const
  ).flatMap(([field, name, expected]) => {
    const type = columnOf(contract, name)?.type;
    if (type === undefined) return [noColumn(['quantity', field], name)];
    if (type === expected) return [];
    return [{ path: ['quantity', field], message: `${name} must have the type ${expected}, and is ${type}` }];
  });
}

const isNumber = (type: ColumnType) =>
  type === 'int64' || type === 'money' || type === 'double' || isDecimal(type);
const isTime = (type: ColumnType) => type === 'timestamp' || type === 'date';

/** No two columns may have names that are equal by their letters and digits, by which headers are compared. */
function nameFaults({ columns, partition }: Contract): ContractFault[] {
  const seen = new Map<string, string>();
  return columns.flatMap((column, position) => {
    const { name, aliases = [] } = column;
    const path = ['columns', name];
    if (columns.findIndex((other) => other.name === name) !== position)
      return [{ path, message: `the column ${name} is defined twice: remove one` }];
    if (name.startsWith('_')) return [{ path, message: reservedName(name) }];
    if (!NAME.test(name)) {
      const message = `${JSON.stringify(name)} is not a valid column name: use a to z, 0 to 9 and _`;
      return [{ path, message }];
    }
    const partitions: readonly string[] = { month: MONTH_PARTITION, day: DAY_PARTITION, value: [] }[
      partition.by
    ];
    if (partitions.includes(name)) {
      const message = `the partition by ${partition.by} has a column ${name}: give the file's column another name, with ${name} as its alias`;
      return [{ path, message }];
    }
    return [name, ...aliases].flatMap((text, at) => {
      const key = columnKey(text);
      const other = seen.get(key);
      seen.set(key, name);
      if (other === undefined || other === name) return [];
      const message = `${text} is also a name of the column ${other}: names are compared by letters and digits only`;
      return [{ path: at === 0 ? path : [...path, 'aliases', at - 1], message }];
    });
  });
}

/** `_deleted`, `_extra` and `_source_*` are columns of the staging tables; later releases may add others. */
const reservedName = (name: string) =>
  `the column ${name} has a reserved name: give it one that does not start with _, with ${name} as its alias`;

function columnFaults({ name, type, notation, pseudonymize }: Column): ContractFault[] {
  const faults = notationFaults(notation, ['columns', name, 'notation']);
  if (pseudonymize && type !== 'text') {
    const message = `a pseudonym is text, and ${name} is ${type}: declare "type: text"`;
    faults.push({ path: ['columns', name, 'pseudonymize'], message });
  }
  if (isDecimal(type)) {
    const [precision = 0, scale = 0] = (type.match(/\d+/g) ?? []).map(Number);
    if (precision > 38 || scale > precision) {
      const message = 'a decimal has at most 38 digits, and at most all of them after the point';
      faults.push({ path: ['columns', name, 'type'], message });
    }
  }
  for (const field of Object.keys(notation ?? {}) as (keyof Notation)[]) {
    const applies = APPLIES_TO[field];
    if (applies.test(type)) continue;
    const message = `${field} says how ${applies.what} are written, and ${name} is ${type}`;
    faults.push({ path: ['columns', name, 'notation', field], message });
  }
  return faults;
}

const TIMES = { what: 'times and dates', test: isTime };
const NUMBERS = { what: 'numbers', test: isNumber };

const APPLIES_TO: Readonly<
  Record<keyof Notation, { readonly what: string; readonly test: (type: ColumnType) => boolean }>
> = {
  dateOrder: TIMES,
  twoDigitYears: TIMES,
  zone: TIMES,
  repeatedHour: TIMES,
  abbreviations: TIMES,
  epoch: TIMES,
  excelSerial: TIMES,
  decimal: NUMBERS,
  currency: NUMBERS,
  leadingZeros: { what: 'whole numbers', test: (type) => type === 'int64' },
};

function notationFaults(notation: Notation | undefined, path: readonly string[]): ContractFault[] {
  if (notation?.epoch === undefined || notation.excelSerial === undefined) return [];
  const message = 'a number is either a time since 1970 or a serial number of Excel: keep one of the two';
  return [{ path: [...path, 'excelSerial'], message }];
}

/** Rows that are made from events are not rows of files, to which these rules apply. */
function eventFaults(contract: Contract): ContractFault[] {
  if (!contract.events) return [];
  return (['deleted', 'leaveOut', 'quantity', 'history'] as const)
    .filter((property) => contract[property])
    .map((property) => ({
      path: [property],
      message: `${property} does not apply to a kind whose rows are made from events: leave it out`,
    }));
}
