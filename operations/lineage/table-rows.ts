import { keyColumns, type MartInput } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { columnList, renamedList, sameOn } from '../../engine/duckdb/sql';
import { temporaryName } from '../../lake/lake';
import { filesThatMayHold } from '../../lake/pruning';
import { scan } from '../../lake/scan';
import { visibleColumns } from '../../lake/table-spec';
import type { MartSource } from '../../tasks/refresh/source';
import type { ReadRows } from './mart-rows';

/** Rows of a table, as a temporary table with all columns that readers see. */
export interface TableRows {
  readonly input: MartInput;
  readonly relation: string;
  readonly where: readonly string[];
  /** The view whose rows refer to these; undefined for rows that the mart's query reads itself. */
  readonly referredBy?: string;
}

/**
 * The rows of tables behind the rows that a mart's query reads, and those that these refer to: of an item its order and its product.
 */
export async function tableRows(source: MartSource, read: readonly ReadRows[]): Promise<TableRows[]> {
  const found: TableRows[] = [];
  for (const { input, relation, columns, where } of read) {
    found.push({ input, relation: await rowsBehind(source, input, relation, columns), where });
  }
  for (const input of source.inputs) {
    if (read.some((one) => one.input.view === input.view)) continue;
    const reference = read.flatMap((one) => {
      const columns = referencesTo(source, one, input);
      return columns ? [{ one, columns }] : [];
    })[0];
    if (!reference) continue;
    const { one, columns } = reference;
    const { key } = source.catalog.table(input.kind);
    const keys = `(select distinct ${renamedList(columns, key)} from ${one.relation})`;
    const relation = await rowsWith(source, input, keys, key);
    found.push({ input, relation, where: [], referredBy: one.input.view });
  }
  return found;
}

/** The columns of rows that are read with the key of the rows of another input; undefined if they have none. */
function referencesTo(
  { catalog }: MartSource,
  { input: from, columns }: ReadRows,
  to: MartInput,
): readonly string[] | undefined {
  const { key } = catalog.table(to.kind);
  const candidates = [
    ...(from.relation.of === 'parent' && from.relation.kind === to.kind
      ? [keyColumns(from.relation.column)]
      : []),
    ...(to.relation.of === 'children' && to.relation.kind === from.kind
      ? [keyColumns(to.relation.column)]
      : []),
    key,
  ];
  return candidates.find((names) => names.every((name) => columns.includes(name)));
}

/**
 * The rows of a table that a view has, by its key, or else by all values that both have. The view puts 1 where the number of pieces is
 * null.
 */
async function rowsBehind(
  source: MartSource,
  input: MartInput,
  relation: string,
  columns: readonly string[],
): Promise<string> {
  const { key } = source.catalog.table(input.kind);
  const by = key.every((name) => columns.includes(name))
    ? key
    : columns.filter((name) => input.columns.includes(name) && name !== input.pieces?.column);
  return rowsWith(source, input, `(select distinct ${columnList(by)} from ${relation})`, by);
}

/** The rows of a table with one of the values in some columns; null is a value like any other. */
async function rowsWith(
  { lake, catalog, snapshots }: MartSource,
  { kind }: MartInput,
  values: string,
  by: readonly string[],
): Promise<string> {
  const spec = catalog.table(kind);
  const snapshot = snapshots[kind];
  const wanted = temporaryName(lake, 'wanted');
  await lake.db.run(`create temp table ${wanted} as select * from ${values}`);
  // Statistics do not say which files have null.
  const [nulls = {}] = await lake.db.rows(
    `select ${by.map((name) => `count_if(${quoteIdentifier(name)} is null) as ${quoteIdentifier(name)}`).join(', ')} from ${wanted}`,
  );
  const files = await filesThatMayHold(
    lake,
    spec,
    snapshot?.files ?? new Map(),
    wanted,
    by.filter((name) => Number(nulls[name]) === 0),
  );
  const view = temporaryName(lake, 'scanned');
  const columns = visibleColumns(spec).map(({ name }) => name);
  await scan(lake, snapshot, spec, view, columns, files);
  const rows = temporaryName(lake, 'rows');
  await lake.db.run(
    `create temp table ${rows} as select r.* from ${view} as r semi join ${wanted} as w on ${sameOn(by, 'r', 'w')}`,
  );
  await lake.db.run(`drop table ${wanted}`);
  return rows;
}

/** The number of rows of a relation. */
export async function countOf({ lake }: Pick<MartSource, 'lake'>, relation: string): Promise<number> {
  const [found] = await lake.db.rows<{ n: string }>(`select count(*) as n from ${relation}`);
  return Number(found?.n);
}
