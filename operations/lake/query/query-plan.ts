import { lock } from '../../../engine/duckdb/locked';
import { quoteIdentifier } from '../../../engine/duckdb/quote';
import { requireSelect } from '../../../engine/duckdb/select';
import type { DuckDb } from '../../../engine/duckdb/session';
import { duckDbType } from '../../../lake/schema';
import { columnNames, type TableSpec, visibleColumns } from '../../../lake/table-spec';

/** The columns that a query reads of a table. */
export interface TableUse {
  /** The name of its spec. */
  readonly table: string;
  /** At least one. */
  readonly columns: readonly string[];
}

/**
 * The tables and columns that a query reads, from DuckDB's plan over empty tables; reads nothing from the lake.
 * @throws SelectError if it is not a single SELECT without parameters; DuckDB's error if it cannot be bound
 */
export async function planQuery(db: DuckDb, specs: readonly TableSpec[], sql: string): Promise<TableUse[]> {
  for (const spec of specs) {
    const declared = visibleColumns(spec).map(
      (column) => `${quoteIdentifier(column.name)} ${duckDbType(column.type)}`,
    );
    await db.run(`create temp table ${quoteIdentifier(spec.name)} (${declared.join(', ')})`);
  }
  // The others would remove an empty table from the plan.
  const optimizers = await db.rows<{ name: string }>(
    "select name from duckdb_optimizers() where name <> 'unused_columns'",
  );
  await db.run(`set disabled_optimizers = '${optimizers.map(({ name }) => name).join(',')}'`);
  await lock(db, []);
  await requireSelect(db, sql);
  const [plan] = await db.rows<{ explain_value: string }>(`explain (format json)\n${sql}`);
  const scanned = scansOf(JSON.parse(plan?.explain_value ?? '[]'));
  return specs.flatMap((spec) => {
    const columns = scanned.get(spec.name);
    if (!columns) return [];
    const read = columnNames(spec).filter((name) => columns.has(name));
    // A row count needs one column.
    return [{ table: spec.name, columns: read.length > 0 ? read : spec.key.slice(0, 1) }];
  });
}

interface PlanNode {
  readonly children?: readonly PlanNode[];
  readonly extra_info?: { readonly Table?: string; readonly Projections?: string | readonly string[] };
}

/** The columns that are read, by table, over all scans of it. */
function scansOf(
  plan: readonly PlanNode[],
  found = new Map<string, Set<string>>(),
): Map<string, Set<string>> {
  for (const { children = [], extra_info: { Table, Projections = [] } = {} } of plan) {
    if (Table !== undefined) {
      const name = Table.split('.').at(-1) ?? '';
      const columns = found.get(name) ?? new Set();
      for (const column of [Projections].flat()) columns.add(column);
      found.set(name, columns);
    }
    scansOf(children, found);
  }
  return found;
}
