import { quoteIdentifier, quoteLiteral } from '../engine/duckdb/session';
import type { Lake } from './lake';
import type { Plan } from './merge-plan';
import { partitionValue } from './partition-path';
import { duckDbType } from './schema';
import type { Snapshot } from './snapshot';
import type { TableSpec } from './table-spec';

/** Bytes of a row in a data file where the table holds none yet to tell by. */
const ASSUMED_ROW_BYTES = 50;

/** In smaller files the footer outweighs the rows. */
const TELLING_ROWS = 1_000;

export type PartitionValues = Record<string, string | null>;

/** One partition's part of the work. */
export interface Group {
  readonly values: PartitionValues;
  /** What tells the partition's rows among the winners, as SQL, where it gets new rows. */
  condition: string | undefined;
  newRows: number;
  readonly dirty: { path: string; size: number }[];
  readonly others: { path: string; size: number }[];
}

/** The partitions that a plan touches, with their live files. */
export async function groupByPartition(
  lake: Lake,
  spec: TableSpec,
  plan: Plan,
  snapshot: Snapshot | undefined,
): Promise<Group[]> {
  const groups = new Map<string, Group>();
  const groupOf = (values: PartitionValues): Group => {
    const id = partitionId(spec, values);
    const group = groups.get(id) ?? {
      values: partitionOf(spec, values),
      condition: undefined,
      newRows: 0,
      dirty: [],
      others: [],
    };
    groups.set(id, group);
    return group;
  };
  const texts = spec.partitionColumns.map(
    (name) => `cast(${quoteIdentifier(name)} as varchar) as ${quoteIdentifier(name)}, `,
  );
  const partitions = await lake.db.rows<PartitionValues & { _lake_rows: string }>(
    `select ${texts.join('')} count(*) as _lake_rows from ${plan.winners} group by all having count(*) > 0`,
  );
  for (const partition of partitions) {
    const group = groupOf(partition);
    group.condition = conditionOf(spec, partition);
    group.newRows = Number(partition._lake_rows);
  }
  const live = [...(snapshot?.files ?? [])];
  for (const [file, { size, partitionValues }] of live) {
    if (plan.dirty.has(file)) groupOf(partitionValues).dirty.push({ path: file, size });
  }
  for (const [file, { size, partitionValues }] of live) {
    if (plan.dirty.has(file)) continue;
    groups.get(partitionId(spec, partitionValues))?.others.push({ path: file, size });
  }
  return [...groups.values()];
}

/** Literals, which prune the rows that are looked at as a join would not. @param texts the values, cast to text */
function conditionOf({ columns, partitionColumns }: TableSpec, texts: PartitionValues): string {
  const conditions = columns
    .filter(({ name }) => partitionColumns.includes(name))
    .map(({ name, type }) => {
      const text = texts[name] ?? null;
      return `${quoteIdentifier(name)} ${text === null ? 'is null' : `= cast(${quoteLiteral(text)} as ${duckDbType(type)})`}`;
    });
  return conditions.join(' and ') || 'true';
}

/** A partition's values as the log writes them, and nothing else that came with them. */
export function partitionOf(
  { partitionColumns }: Pick<TableSpec, 'partitionColumns'>,
  values: PartitionValues,
): PartitionValues {
  return Object.fromEntries(partitionColumns.map((name) => [name, partitionValue(values[name] ?? null)]));
}

/** The same text for the same partition, however its writer spelled it. */
export function partitionId(spec: Pick<TableSpec, 'partitionColumns'>, values: PartitionValues): string {
  return JSON.stringify(Object.values(partitionOf(spec, values)));
}

/** What a row of the table takes in its data files, in bytes. */
export function bytesPerRow(snapshot: Snapshot | undefined): number {
  let rows = 0;
  let bytes = 0;
  for (const { size, stats } of snapshot?.files.values() ?? []) {
    const counted = /"numRecords":\s*(\d+)/.exec(stats ?? '')?.[1];
    if (counted === undefined || Number(counted) < TELLING_ROWS) continue;
    rows += Number(counted);
    bytes += size;
  }
  return rows === 0 ? ASSUMED_ROW_BYTES : bytes / rows;
}
