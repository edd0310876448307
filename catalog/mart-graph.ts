import type { Contract } from '../domain/contract';
import {
  BY_COLUMNS,
  byColumns,
  type Mart,
  type MartColumn,
  type MartColumnType,
  type MartInput,
  type MartRead,
} from '../domain/mart';

/** What marts are computed from. */
export interface MartGraph {
  readonly contracts: readonly Contract[];
  readonly inputs: readonly MartInput[];
  readonly marts: readonly Mart[];
}

/** The mart with the types of the contract columns that its columns are like. */
export function withTypes(mart: Mart, contracts: readonly Contract[]): Mart {
  const typed = (column: MartColumn): MartColumn => {
    const type = likeType(column, contracts);
    return type ? { ...column, type } : column;
  };
  return { ...mart, columns: mart.columns.map(typed) };
}

function likeType({ like }: MartColumn, contracts: readonly Contract[]): MartColumnType | undefined {
  const [kind, name] = like?.split('.') ?? [];
  const type = contracts
    .find((contract) => contract.kind === kind)
    ?.columns.find((column) => column.name === name)?.type;
  return type === 'double' || type === 'json' ? undefined : type;
}

/** The marts, each after those that it reads; those of a circle are left out. */
export function inOrder(marts: readonly Mart[]): Mart[] {
  const ordered: Mart[] = [];
  let rest = [...marts];
  for (let found = rest; found.length > 0; ) {
    const waiting = new Set(rest.map(({ name }) => name));
    found = rest.filter(({ inputs }) => inputs.every(({ name }) => !waiting.has(name)));
    // One after the other, so that marts keep their order where they can.
    const [next] = found;
    if (!next) break;
    ordered.push(next);
    rest = rest.filter((mart) => mart !== next);
  }
  return ordered;
}

/** The views that a mart's query reads, and those that these read, in the order in which they are created. */
export function inputsOf({ inputs: reads }: Pick<Mart, 'inputs'>, graph: MartGraph): MartInput[] {
  const wanted = new Set(reads.map(({ name }) => name));
  // A set that grows while it is walked.
  for (const name of wanted) {
    for (const read of graph.inputs.find(({ view }) => view === name)?.reads ?? []) wanted.add(read);
  }
  const views = graph.inputs.filter(({ view }) => wanted.has(view));
  const tables = reads
    .filter(({ name }) => views.every(({ view }) => view !== name))
    .flatMap((read) => tableInput(read, graph) ?? []);
  return [...views, ...tables];
}

/** All rows of a kind or of a mart as an input; undefined if there is none of this name. */
function tableInput({ name, day }: MartRead, { contracts, marts }: MartGraph): MartInput | undefined {
  const found = contracts.find(({ kind }) => kind === name) ?? marts.find((mart) => mart.name === name);
  return (
    found && {
      kind: name,
      view: name,
      columns: found.columns.map((column) => column.name),
      sql: 'select * from $[rows]',
      relation: { of: 'own', ...(day !== undefined && { day }) },
    }
  );
}

/** Every contradiction between marts and what they read. */
export function martFaults(graph: MartGraph): string[] {
  const { marts } = graph;
  const tables = marts.flatMap(({ dynamoDb }) => dynamoDb?.table ?? []);
  const ordered = new Set(inOrder(marts));
  return [
    ...tables
      .filter((table, at) => tables.indexOf(table) !== at)
      .map((table) => `${table} is the table of two marts`),
    ...marts
      .filter((mart) => !ordered.has(mart))
      .map(({ name }) => `${name}: it reads a mart that reads ${name}, or another one of such a circle`),
    ...marts.flatMap((mart) => faultsOf(mart, graph).map((fault) => `${mart.name}: ${fault}`)),
  ];
}

function faultsOf(mart: Mart, graph: MartGraph): string[] {
  const { columns, key, inputs, dynamoDb, view } = mart;
  const { contracts, marts } = graph;
  const hasColumn = (name: string) => columns.some((column) => column.name === name);
  const keys = dynamoDb ? [key, ...dynamoDb.indexes.map((index) => index.key)] : [key];
  const isTable = (name: string) =>
    contracts.some(({ kind }) => kind === name) || marts.some((other) => other.name === name);
  const isInput = (name: string) => isTable(name) || graph.inputs.some((input) => input.view === name);
  const rates = columns.flatMap(({ rate }) => (rate ? [rate.dividend, rate.divisor] : []));
  const names = [...columns, ...(view?.columns ?? [])].map(({ name }) => name);
  return [
    ...(key.length > 0 ? [] : ['the key must have a column']),
    ...[...keys.flat(), ...rates]
      .filter((column) => !hasColumn(column))
      .map((column) => `${column} is not a column`),
    ...names
      .filter((name, at) => names.indexOf(name) !== at)
      .map((name) => `the column ${name} is defined twice`),
    ...(dynamoDb && keys.some(({ length }) => length > 2)
      ? ['a DynamoDB key must have one or two columns']
      : []),
    ...inputs
      .filter(({ name }) => !isInput(name))
      .map(({ name }) => `it reads ${name}, which is not a kind, a mart or a view`),
    ...(view?.reads ?? [])
      .filter((name) => !isTable(name))
      .map((name) => `its view reads ${name}, which is not a kind or a mart`),
    ...[...columns, ...(view?.columns ?? [])]
      .filter((column) => column.like !== undefined && !likeType(column, contracts))
      .map(
        ({ name, like }) =>
          `${name} is like ${like}, which is not a column of a contract, or of a type that no key has`,
      ),
    ...refreshFaults(mart, graph),
  ];
}

function refreshFaults(mart: Mart, graph: MartGraph): string[] {
  const { columns, key, refresh, touched } = mart;
  const { by, aggregate, exists } = refresh;
  const inputs = inputsOf(mart, graph);
  const isCount = columns.some(({ name, type }) => name === exists && type === 'count');
  const inKey = byColumns(mart).every((name) => key.includes(name));
  return [
    ...(aggregate && by === 'all' ? ['an additive mart must say what it is refreshed by'] : []),
    ...(aggregate && !isCount
      ? ['an additive mart must name in "exists" the count that its rows exist by']
      : []),
    ...(!aggregate && exists !== undefined ? ['"exists" is only for an additive mart'] : []),
    ...(!aggregate && (by === 'order' || by === 'row')
      ? [`a mart that is refreshed by ${by} must be additive`]
      : []),
    ...(!aggregate &&
    by === 'day' &&
    !key.some((name) => columns.some((c) => c.name === name && c.type === 'date'))
      ? ['a mart that is refreshed by day must have a date in its key']
      : []),
    ...(!aggregate && by !== 'all' && by !== 'order' && by !== 'row' && !inKey
      ? [`a mart that is refreshed by ${by} must have ${byColumns(mart).join()} in its key`]
      : []),
    ...(by === 'row' && inputs.some(({ view, kind }) => view !== kind)
      ? ['a mart that is refreshed by row must read kinds or marts']
      : []),
    ...(touched === undefined && by !== 'all' && by !== 'row'
      ? inputs
          .filter((input) => !hasBy(input, mart, inputs, graph))
          .map(({ view }) => `how a change of ${view} affects it is unknown: add touched.sql`)
      : []),
  ];
}

/** Whether the rows of an input name what a mart is refreshed by, or belong to rows that do. */
function hasBy(input: MartInput, mart: Mart, inputs: readonly MartInput[], graph: MartGraph): boolean {
  const { relation, columns } = input;
  if (relation.of !== 'own') {
    const parent = inputs.find(({ kind }) => kind === relation.kind);
    return parent !== undefined && hasBy(parent, mart, inputs, graph);
  }
  const { by } = mart.refresh;
  if (by === 'day') return dayOfInput(input, mart) !== undefined;
  return by !== 'all' && by !== 'row' && columns.includes(BY_COLUMNS[by]);
}

/** The column that puts the rows of an input in a day of a mart; undefined if there is none. */
export function dayOfInput(
  { relation, columns }: MartInput,
  mart: Mart,
  _graph?: MartGraph,
): string | undefined {
  if (relation.of !== 'own') return undefined;
  const [day] = byColumns(mart);
  return relation.day ?? (day !== undefined && columns.includes(day) ? day : undefined);
}
