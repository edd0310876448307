/**
 * The only module that knows kinds and marts by name. It checks the definitions and creates the table specs. Other modules
 * query it, or receive one of its contracts, marts or specs.
 */

import { type Contract, DELETED_COLUMN, EXTRA_COLUMN, type Source } from '../domain/contract';
import { contractFaults, DAY_PARTITION, MONTH_PARTITION, NAME } from '../domain/contract-rules';
import {
  dayColumn,
  exactColumn,
  exactColumns,
  fittedInput,
  isServed,
  type Mart,
  type MartInput,
  type ServedMart,
} from '../domain/mart';
import { KPIS, MARTS, STAGING } from '../domain/object-keys';
import { sourceFaults } from '../domain/source';
import { type DeltaType, deltaType, martDeltaType, type TableColumn } from '../lake/schema';
import type { TableSpec } from '../lake/table-spec';
import { hashContracts, hashDefinition } from './contract-hash';
import { definitions } from './definitions';
import { inputFaults } from './input-faults';
import { martFaults } from './mart-faults';
import { inOrder, inputsOf, withTypes } from './mart-graph';
import { withPieces } from './pieces';

export interface Definitions {
  readonly contracts: readonly Contract[];
  /** None where not given. */
  readonly sources?: readonly Source[];
  /** At most one per kind, each after the inputs whose views it reads. */
  readonly inputs: readonly MartInput[];
  /** In any order: a catalog puts each after the marts that it reads. */
  readonly marts: readonly Mart[];
}

/** The definitions contradict each other. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
}

/** A kind or a mart without a definition, for example in data of another release or of other contracts. */
export class UnknownDefinitionError extends Error {
  override readonly name = 'UnknownDefinitionError';
  constructor(what: 'kind' | 'mart', name: string, known: readonly string[]) {
    super(`unknown ${what} ${JSON.stringify(name)}: expected one of ${known.join(', ')}`);
  }
}

export interface Catalog extends Definitions {
  readonly sources: readonly Source[];
  readonly kinds: readonly string[];
  /** The marts that DynamoDB serves. */
  readonly served: readonly ServedMart[];
  /** Identifies the contracts and sources: 12 hexadecimal digits. */
  readonly contractsHash: string;
  /** Identifies the marts: 12 hexadecimal digits. */
  readonly martsHash: string;
  /** @throws UnknownDefinitionError */
  contract(kind: string): Contract;
  /** @throws UnknownDefinitionError */
  mart(name: string): Mart;
  /** A mart that DynamoDB serves. @throws UnknownDefinitionError */
  servedMart(name: string): ServedMart;
  /** The table `staging/<kind>`. @throws UnknownDefinitionError */
  stagingTable(kind: string): TableSpec;
  /**
   * The table `staging/<kind>_history` with every version of a row; undefined if its contract keeps none.
   * @throws UnknownDefinitionError
   */
  historyTable(kind: string): TableSpec | undefined;
  /** The table of a mart, at `marts/<name>`. @throws UnknownDefinitionError */
  martTable(name: string): TableSpec;
  /** The table of a kind or a mart. @throws UnknownDefinitionError */
  table(name: string): TableSpec;
  /** The views that a mart's query reads, in the order in which they are created. @throws UnknownDefinitionError */
  inputsOf(mart: string): readonly MartInput[];
  /** Every table of the lake: staging, histories, marts. */
  readonly tables: readonly TableSpec[];
}

/** @throws CatalogError that names every contradiction */
export function createCatalog(definitions: Definitions): Catalog {
  const contracts = definitions.contracts.map((contract) => withPieces(contract, definitions.inputs));
  const inputs = definitions.inputs.map((input) => fittedInput(input, contracts));
  const typed = definitions.marts.map((mart) => withTypes(mart, contracts));
  const faults = findFaults({ ...definitions, contracts, inputs, marts: typed });
  if (faults.length > 0) throw new CatalogError(`catalog: ${faults.join('; ')}`);
  const marts = inOrder(typed);
  const from = { ...definitions, contracts, inputs, marts };
  const staging = contracts.map(stagingTable);
  const histories = contracts.filter(({ history }) => history).map(historyTable);
  const kpis = marts.map(martTable);
  const kinds = contracts.map(({ kind }) => kind);
  const find = <Item>(
    what: 'kind' | 'mart',
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
    served: marts.filter(isServed),
    contractsHash: hashContracts({ contracts, sources }),
    martsHash: hashDefinition(marts),
    contract: (kind) => find('kind', contracts, (contract) => contract.kind, kind),
    mart: (name) => find('mart', marts, (mart) => mart.name, name),
    servedMart: (name) => find('mart', marts.filter(isServed), (mart) => mart.name, name),
    stagingTable: (kind) => find('kind', staging, (table) => table.name, kind),
    historyTable: (kind) => {
      const { name } = historyTable(find('kind', contracts, (contract) => contract.kind, kind));
      return histories.find((table) => table.name === name);
    },
    martTable: (name) => find('mart', kpis, (table) => table.name, name),
    table: (name) =>
      staging.find((table) => table.name === name) ?? find('mart', kpis, (table) => table.name, name),
    inputsOf: (name) =>
      inputsOf(
        find('mart', marts, (mart) => mart.name, name),
        from,
      ),
    tables: [...staging, ...histories, ...kpis],
  };
}

/** The origin of a row: the input file's key, its upload time, and the line in it. */
export const LINEAGE: readonly TableColumn[] = [
  { name: '_source_key', type: 'string' },
  { name: '_source_modified_at', type: 'timestamp' },
  { name: '_source_line', type: 'long' },
];

const ORIGIN = ['_source_modified_at', '_source_key', '_source_line'];

function stagingTable(contract: Contract): TableSpec {
  const { kind, key, columns, version, revision, history } = contract;
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
      ...(revision === undefined ? [] : [revision]),
    ],
    // A history has every upload of a row, and events are told apart by their lines.
    ...(!history && revision === undefined && { origin: ORIGIN }),
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
  partition: { by, of, uncertain },
}: Contract): Pick<TableSpec, 'partitionColumns' | 'coarse' | 'derived' | 'keyDays'> {
  if (by === 'value') return { partitionColumns: [of], derived: {} };
  if (by === 'day') {
    const keyDays = uncertain === undefined ? {} : { uncertain };
    return { partitionColumns: DAY_PARTITION, derived: { day: { of, length: 10 } }, keyDays };
  }
  return {
    partitionColumns: MONTH_PARTITION,
    coarse: { partitionColumns: MONTH_PARTITION.slice(0, 1), rows: SMALL_MONTH_ROWS },
    derived: { year: { of, length: 4 }, month: { of, skip: 5, length: 2 } },
  };
}

function martTable(mart: Mart): TableSpec {
  const { name, columns, key } = mart;
  const day = dayColumn(mart);
  const stored = [
    ...columns.map((column) => ({ name: column.name, type: martDeltaType(column.type) })),
    ...exactColumns(mart).map((column) => ({ name: exactColumn(column.name), type: EXACT_MONEY })),
  ];
  const table = { name, location: martLocation(name), versionOrder: [], maxFileBytes: MART_FILE_BYTES };
  if (day === undefined) return { ...table, key, columns: stored, partitionColumns: [], derived: {} };
  return {
    ...table,
    // Files are sorted by key: of a large table, each has the rows of some days, and a batch rewrites those it affects.
    key: [day, ...key.filter((column) => column !== day)],
    columns: [...stored, ...PERIODS.map((name) => ({ name, type: 'string' as const }))],
    // Not by month: changes all over the history would rewrite a file for each.
    partitionColumns: ['year'],
    derived: { month: { of: day, length: 7 }, year: { of: day, length: 4 } },
  };
}

/** Of a year of such months, one file can be read and written in tenths of a second. */
const SMALL_MONTH_ROWS = 20_000;

/** `2025-03` and `2025`, of the day of a mart. */
const PERIODS = ['month', 'year'];

/** Files that a batch can rewrite several of. */
const MART_FILE_BYTES = 4 * 1024 ** 2;

/** The type of sums of `money` columns of contracts. */
const EXACT_MONEY: DeltaType = 'decimal(38,4)';

/** The first marts stay where earlier releases put them. */
const martLocation = (name: string): string =>
  `${['order_kpis', 'category_kpis'].includes(name) ? KPIS : MARTS}${name}`;

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
    ...contracts.flatMap((contract) =>
      contractFaults(contract).map(({ message }) => `${contract.kind}: ${message}`),
    ),
    ...sources.flatMap((source) => [
      ...sourceFaults(source).map(({ message }) => `${source.name}: ${message}`),
      ...Object.keys(source.maps)
        .filter((kind) => !kinds.includes(kind))
        .map((kind) => `${source.name}: it maps to ${kind}, which is not a kind`),
    ]),
    ...contracts.flatMap(({ kind, events }) =>
      events === undefined || kinds.includes(events.items)
        ? []
        : [`${kind}: its items are of ${events.items}, which is not a kind`],
    ),
    ...(contracts.filter(({ events }) => events).length > 1 ? ['several kinds have "events"'] : []),
    ...inputs.flatMap((input) => inputFaults(input, contracts, inputs)),
    ...martFaults({ contracts, inputs, marts }).map(({ mart, message }) => `${mart}: ${message}`),
  ];
}

const repeated = (names: readonly string[]): string[] =>
  names.filter((name, at) => names.indexOf(name) !== at);

/** The catalog of this build. */
export const catalog = createCatalog(definitions);
