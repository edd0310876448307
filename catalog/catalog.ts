/**
 * The only module that knows kinds and marts by name. It checks the definitions and creates the table specs. Other modules
 * query it, or receive one of its contracts, marts or specs.
 */

import { type Contract, DELETED_COLUMN, EXTRA_COLUMN, type Source } from '../domain/contract';
import { contractFaults, MONTH_PARTITION, NAME } from '../domain/contract-rules';
import { DAY, fittedInput, keyColumns, type Mart, type MartInput, type RowDays } from '../domain/mart';
import { KPIS, STAGING } from '../domain/object-keys';
import { sourceFaults } from '../domain/source';
import { deltaType, martDeltaType, type TableColumn } from '../lake/schema';
import type { TableSpec } from '../lake/table-spec';
import { hashContracts } from './contract-hash';
import { definitions } from './definitions';
import { withPieces } from './pieces';

export interface Definitions {
  readonly contracts: readonly Contract[];
  /** None where not given. */
  readonly sources?: readonly Source[];
  /** At most one per kind, each after the inputs whose views it reads. */
  readonly inputs: readonly MartInput[];
  readonly marts: readonly Mart[];
}

/** The definitions contradict each other. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
}

/** A kind or a mart without a definition, for example in data of another release or of other contracts. */
export class UnknownDefinitionError extends Error {
  override readonly name = 'UnknownDefinitionError';
  constructor(what: 'kind' | 'KPI table', name: string, known: readonly string[]) {
    super(`unknown ${what} ${JSON.stringify(name)}: expected one of ${known.join(', ')}`);
  }
}

export interface Catalog extends Definitions {
  readonly sources: readonly Source[];
  readonly kinds: readonly string[];
  /** Identifies the contracts and sources: 12 hexadecimal digits. */
  readonly contractsHash: string;
  /** @throws UnknownDefinitionError */
  contract(kind: string): Contract;
  /** @throws UnknownDefinitionError */
  mart(name: string): Mart;
  /** The table `staging/<kind>`. @throws UnknownDefinitionError */
  stagingTable(kind: string): TableSpec;
  /**
   * The table `staging/<kind>_history` with every version of a row; undefined if its contract keeps none.
   * @throws UnknownDefinitionError
   */
  historyTable(kind: string): TableSpec | undefined;
  /** The table `kpis/<mart>`. @throws UnknownDefinitionError */
  martTable(name: string): TableSpec;
  /** Every table of the lake: staging, histories, KPIs. */
  readonly tables: readonly TableSpec[];
}

/** @throws CatalogError that names every contradiction */
export function createCatalog(definitions: Definitions): Catalog {
  const contracts = definitions.contracts.map((contract) => withPieces(contract, definitions.inputs));
  const inputs = definitions.inputs.map((input) => fittedInput(input, contracts));
  const from = { ...definitions, contracts, inputs };
  const faults = findFaults(from);
  if (faults.length > 0) throw new CatalogError(`catalog: ${faults.join('; ')}`);
  const { marts } = from;
  const staging = contracts.map(stagingTable);
  const histories = contracts.filter(({ history }) => history).map(historyTable);
  const kpis = marts.map(martTable);
  const kinds = contracts.map(({ kind }) => kind);
  const find = <Item>(
    what: 'kind' | 'KPI table',
    items: readonly Item[],
    nameOf: (item: Item) => string,
    name: string,
  ): Item => {
    const found = items.find((item) => nameOf(item) === name);
    if (found === undefined) throw new UnknownDefinitionError(what, name, items.map(nameOf));
    return found;
  };
  const { sources = [] } = from;
  return {
    ...from,
    sources,
    kinds,
    contractsHash: hashContracts({ contracts, sources }),
    contract: (kind) => find('kind', contracts, (contract) => contract.kind, kind),
    mart: (name) => find('KPI table', marts, (mart) => mart.name, name),
    stagingTable: (kind) => find('kind', staging, (table) => table.name, kind),
    historyTable: (kind) => {
      const { name } = historyTable(find('kind', contracts, (contract) => contract.kind, kind));
      return histories.find((table) => table.name === name);
    },
    martTable: (name) => find('KPI table', kpis, (table) => table.name, name),
    tables: [...staging, ...histories, ...kpis],
  };
}

/** The origin of a row: the input file's key, its upload time, and the line in it. */
export const LINEAGE: readonly TableColumn[] = [
  { name: '_source_key', type: 'string' },
  { name: '_source_modified_at', type: 'timestamp' },
  { name: '_source_line', type: 'long' },
];

function stagingTable(contract: Contract): TableSpec {
  const { kind, key, columns, version } = contract;
  const layout = partitionLayout(contract);
  return {
    name: kind,
    location: `${STAGING}${kind}`,
    columns: [
      ...columns.map(({ name, type, pseudonymize }) => ({
        name,
        type: deltaType(type),
        ...(pseudonymize && { isPseudonym: true as const }),
      })),
      ...(contract.extra === 'keep' ? [{ name: EXTRA_COLUMN, type: 'string' as const }] : []),
      ...Object.keys(layout.derived).map((name) => ({ name, type: 'string' as const })),
      ...LINEAGE,
      { name: DELETED_COLUMN, type: 'boolean' },
    ],
    key,
    deletedColumn: DELETED_COLUMN,
    properties: {
      'daybook.key': key.join(', '),
      'daybook.partition': `${contract.partition.by} of ${contract.partition.of}`,
    },
    versionOrder: [
      ...(version === undefined ? [] : [version]),
      '_source_modified_at',
      '_source_key',
      '_source_line',
    ],
    ...layout,
  };
}

/** Every version of the rows of a staging table, deletions too. Without a deletion flag: readers see all of them. */
function historyTable(contract: Contract): TableSpec {
  const { deletedColumn: _, ...staging } = stagingTable(contract);
  const name = historyName(contract);
  const lineage = LINEAGE.map((column) => column.name);
  return { ...staging, name, location: `${STAGING}${name}`, key: [...staging.key, ...lineage] };
}

const historyName = ({ kind }: Contract): string => `${kind}_history`;

function partitionLayout({
  partition: { by, of },
  columns,
}: Contract): Pick<TableSpec, 'partitionColumns' | 'derived'> {
  if (by === 'value') return { partitionColumns: [of], derived: {} };
  const isDate = columns.find(({ name }) => name === of)?.type === 'date';
  const column = `"${of}"`;
  // The day in UTC, `2025-07-01`. Arithmetic is several times faster than a time zone and a format.
  const date = isDate ? column : `cast(make_timestamp(epoch_us(${column})) as date)`;
  const day = `cast(${date} as varchar)`;
  return { partitionColumns: MONTH_PARTITION, derived: { year: `${day}[1:4]`, month: `${day}[6:7]` } };
}

function martTable({ name, columns, key }: Mart): TableSpec {
  return {
    name,
    location: `${KPIS}${name}`,
    columns: [
      ...columns.map((column) => ({ name: column.name, type: martDeltaType(column.type) })),
      { name: 'month', type: 'string' },
    ],
    key,
    versionOrder: [],
    // So that a batch rewrites only the months it affects.
    partitionColumns: ['month'],
    derived: { month: `strftime(${DAY}, '%Y-%m')` },
  };
}

function findFaults({ contracts, sources = [], inputs, marts }: Definitions): string[] {
  const kinds = contracts.map(({ kind }) => kind);
  const names = [
    ...kinds,
    ...contracts.filter(({ history }) => history).map(historyName),
    ...sources.map(({ name }) => name),
    ...marts.map(({ name }) => name),
    ...inputs.map(({ view }) => view),
  ];
  return [
    ...names.filter((name) => !NAME.test(name)).map((name) => `${JSON.stringify(name)} is not a valid name`),
    ...repeated(names).map((name) => `${name} is defined twice`),
    ...repeated(marts.map(({ dynamoDb }) => dynamoDb.table)).map(
      (table) => `${table} is the table of two marts`,
    ),
    ...contracts.flatMap((contract) =>
      contractFaults(contract).map(({ message }) => `${contract.kind}: ${message}`),
    ),
    ...sources.flatMap((source) => [
      ...sourceFaults(source).map(({ message }) => `${source.name}: ${message}`),
      ...Object.keys(source.maps)
        .filter((kind) => !kinds.includes(kind))
        .map((kind) => `${source.name}: it maps to ${kind}, which is not a kind`),
    ]),
    ...inputs.flatMap((input) => inputFaults(input, contracts, inputs)),
    ...marts.flatMap((mart) => martFaults(mart, inputs)),
  ];
}

function inputFaults(
  { kind, view, columns, days, pieces }: MartInput,
  contracts: readonly Contract[],
  inputs: readonly MartInput[],
): string[] {
  const typeOf = (of: string, name: string): string | undefined =>
    contracts.find((contract) => contract.kind === of)?.columns.find((column) => column.name === name)?.type;
  const keyOf = (of: string) => contracts.find((contract) => contract.kind === of)?.key ?? [];
  const daysOf = (other: string) => inputs.find((input) => input.kind === other)?.days;
  const missing = columns.filter((column) => typeOf(kind, column) === undefined);
  const isDated =
    (days.of === 'own' && columns.includes(days.column)) ||
    (days.of === 'parent' &&
      keyColumns(days.column).every((column) => columns.includes(column)) &&
      keyColumns(days.column).length === keyOf(days.kind).length &&
      daysOf(days.kind)?.of === 'own') ||
    (days.of === 'children' &&
      keyColumns(days.column).every((column) => typeOf(days.kind, column) !== undefined) &&
      keyColumns(days.column).length === keyOf(kind).length &&
      keyColumns(days.key).length === keyOf(kind).length &&
      daysOf(days.kind)?.of === 'parent');
  return [
    ...missing.map((column) => `${view}: ${kind} has no column ${column}`),
    ...contracts
      .filter((contract) => contract.kind === kind && !isSamePieces(contract.quantity, pieces))
      .map(
        () =>
          `${view}: the quantity of ${kind} must be in the column ${pieces?.column}, and of ${pieces?.of}, which it sums`,
      ),
    ...(isDated ? [] : [`${view}: the days of its rows cannot be found from ${JSON.stringify(days)}`]),
    ...(days.of === 'own' && ![undefined, 'timestamp'].includes(typeOf(kind, days.column))
      ? [`${view}: ${kind}.${days.column} must be a timestamp, which has a day in every reporting time zone`]
      : []),
    ...(days.of === 'own' ? [] : referencesOf(kind, days, keyOf)).flatMap(([reference, key]) => {
      const [type, keyType] = [typeOf(...reference), typeOf(...key)];
      return type === keyType || type === undefined || keyType === undefined
        ? []
        : [
            `${reference.join('.')} has the type ${type}, but ${key.join('.')}, which it refers to, ${keyType}`,
          ];
    }),
  ];
}

type ColumnOfKind = readonly [kind: string, column: string];

/** Each column that refers to a key column, with that one. */
function referencesOf(
  kind: string,
  days: Exclude<RowDays, { of: 'own' }>,
  keyOf: (kind: string) => readonly string[],
): (readonly [reference: ColumnOfKind, key: ColumnOfKind])[] {
  const [child, parent] = days.of === 'parent' ? [kind, days.kind] : [days.kind, kind];
  return keyColumns(days.column).map((column, at) => [
    [child, column],
    [parent, keyOf(parent)[at] ?? ''],
  ]);
}

function martFaults({ name, columns, key, reads, dynamoDb }: Mart, inputs: readonly MartInput[]): string[] {
  const hasColumn = (column: string) => columns.some((one) => one.name === column);
  const isDay = columns.some((column) => column.name === DAY && column.type === 'date');
  const keys = [key, ...dynamoDb.indexes.map((index) => index.key)];
  return [
    ...(isDay && key.includes(DAY) ? [] : [`${name}: ${DAY} must be a date column of the key`]),
    ...keys
      .flat()
      .filter((column) => !hasColumn(column))
      .map((column) => `${name}: ${column} is not a column`),
    ...(keys.every(({ length }) => length === 1 || length === 2)
      ? []
      : [`${name}: a DynamoDB key must have one or two columns`]),
    ...reads
      .filter((kind) => !inputs.some((input) => input.kind === kind))
      .map((kind) => `${name}: no input reads ${kind}`),
    ...inputs
      .filter(({ kind }) => reads.includes(kind))
      .flatMap(({ kind, days }) =>
        days.of === 'own' || reads.includes(days.kind)
          ? []
          : [`${name}: the days of ${kind} depend on ${days.kind}, which it does not read`],
      ),
  ];
}

/** True if the marts do not read pieces, or those that the contract declares. */
const isSamePieces = (quantity: Contract['quantity'], pieces: MartInput['pieces']): boolean =>
  !pieces || (quantity?.column === pieces.column && quantity.of === pieces.of);

const repeated = (names: readonly string[]): string[] =>
  names.filter((name, at) => names.indexOf(name) !== at);

/** The catalog of this build. */
export const catalog = createCatalog(definitions);
