import type { Contract } from '../domain/contract';
import {
  columnsNaming,
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

export function likeType({ like }: MartColumn, contracts: readonly Contract[]): MartColumnType | undefined {
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
  if (!found) return undefined;
  const isDate = found.columns.some((column) => column.name === day && column.type === 'date');
  return {
    kind: name,
    view: name,
    columns: found.columns.map((column) => column.name),
    sql: 'select * from $[rows]',
    relation: { of: 'own', ...(day !== undefined && { day }), ...(isDate && { isDate }) },
  };
}

/** Whether the rows of an input name what a mart is refreshed by, or belong to rows that do. */
export function hasBy(input: MartInput, mart: Mart, inputs: readonly MartInput[]): boolean {
  const { relation, columns } = input;
  if (relation.of !== 'own') {
    const parent = inputs.find(({ kind }) => kind === relation.kind);
    return parent !== undefined && hasBy(parent, mart, inputs);
  }
  return columnsNaming(mart, input).every((name) => columns.includes(name));
}
