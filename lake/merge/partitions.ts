import { quoteIdentifier, quoteLiteral } from '../../engine/duckdb/quote';
import { columnList } from '../../engine/duckdb/sql';
import { dataFilesOf, type SizedFile } from '../data-files';
import type { Lake } from '../lake';
import { type PartitionValues, partitionId, partitionOf } from '../partition-path';
import type { Snapshot } from '../replay';
import { duckDbType } from '../schema';
import type { TableSpec } from '../table-spec';
import type { MergePlan } from './plan';

/** One partition's share of a plan. */
export interface PartitionPlan {
  readonly id: string;
  readonly values: PartitionValues;
  /** SQL that selects the partition's rows among the winners; undefined if it gets no new rows. */
  condition: string | undefined;
  newRows: number;
  /** Live files of the partition that lose rows, or all of them, and the others. */
  readonly dirty: (SizedFile & { readonly isEmptied: boolean })[];
  readonly clean: SizedFile[];
}

/** The partitions that a plan changes, with their live files; none if it changes no row. */
export async function planPartitions(
  lake: Lake,
  spec: TableSpec,
  plan: MergePlan,
  snapshot: Snapshot | undefined,
): Promise<PartitionPlan[]> {
  if (!plan.changesRows) return [];
  const partitions = new Map<string, PartitionPlan>();
  const partitionWith = (values: PartitionValues): PartitionPlan => {
    const id = partitionId(spec, values);
    const known = partitions.get(id);
    if (known) return known;
    const added = {
      id,
      values: partitionOf(spec, values),
      condition: undefined,
      newRows: 0,
      dirty: [],
      clean: [],
    };
    partitions.set(id, added);
    return added;
  };
  for (const { values, rows } of await countByPartition(lake, spec, plan.winners)) {
    const partition = partitionWith(values);
    partition.condition = conditionOf(spec, values);
    partition.newRows = rows;
  }
  // As they are read after the merge, which may confirm them.
  const live = dataFilesOf(snapshot).map((file) => ({
    ...file,
    confirmedBy: plan.confirmed.get(file.path) ?? file.confirmedBy,
  }));
  for (const file of live) {
    if (!plan.dirty.has(file.path)) continue;
    partitionWith(file.partitionValues).dirty.push({ ...file, isEmptied: plan.emptied.has(file.path) });
  }
  for (const file of live) {
    if (plan.dirty.has(file.path)) continue;
    partitions.get(partitionId(spec, file.partitionValues))?.clean.push(file);
  }
  return [...partitions.values()];
}

/** The ids of the partitions whose winners differ between two plans of the same batch. */
export async function changedPartitions(
  lake: Lake,
  spec: TableSpec,
  before: MergePlan,
  after: MergePlan,
): Promise<Set<string>> {
  if (before.winners === after.winners) return new Set();
  const columns = columnList([...new Set([...spec.key, ...spec.partitionColumns])]);
  const only = (here: string, there: string) =>
    `(select ${columns} from ${here} except select ${columns} from ${there})`;
  const differing = `(${only(before.winners, after.winners)} union all ${only(after.winners, before.winners)})`;
  const counts = await countByPartition(lake, spec, differing);
  return new Set(counts.map(({ values }) => partitionId(spec, values)));
}

/** The partitions of a relation's rows, with their values as text. */
export async function countByPartition(
  lake: Lake,
  spec: TableSpec,
  relation: string,
): Promise<{ values: PartitionValues; rows: number }[]> {
  const texts = spec.partitionColumns.map(
    (name) => `cast(${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}, `,
  );
  const counts = await lake.db.rows<PartitionValues & { _lake_rows: string }>(
    `select ${texts.join('')} count(*) as _lake_rows from ${relation} group by all having count(*) > 0`,
  );
  return counts.map((values) => ({ values, rows: Number(values._lake_rows) }));
}

/** Literals let DuckDB skip row groups, which a join would not. @param texts the values, cast to text */
export function conditionOf({ columns, partitionColumns }: TableSpec, texts: PartitionValues): string {
  const conditions = columns
    .filter(({ name }) => partitionColumns.includes(name))
    .map(({ name, type }) => {
      const text = texts[name] ?? null;
      return `${quoteIdentifier(name)} ${text === null ? 'is null' : `= cast(${quoteLiteral(text)} as ${duckDbType(type)})`}`;
    });
  return conditions.join(' and ') || 'true';
}
