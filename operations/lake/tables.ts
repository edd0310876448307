import { catalog } from '../../catalog/catalog';
import type { Lake } from '../../lake/lake';
import { asStored } from '../../lake/layout';
import { partitionId, partitionOf } from '../../lake/partition-path';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { liveRecords } from '../../lake/stats';
import { type TableSpec, visibleColumns } from '../../lake/table-spec';
import { readCommits, viewFile } from './history';
import { sum } from './stats';
import type { CommitView, PartitionView, TableFiles, TableSummary } from './views';

export type { CommitView, PartitionView } from './views';

export interface TableView {
  readonly name: string;
  readonly location: string;
  readonly version: number;
  /** null if the stats of a file have no row count. */
  readonly rows: number | null;
  /** Live data files. */
  readonly files: number;
  readonly bytes: number;
  readonly partitions: readonly PartitionView[];
  /** Newest first; fewer if the log has been cleaned up. */
  readonly last_commits: readonly CommitView[];
}

/** The existing tables of the lake. */
export async function viewTables(lake: Lake, commits: number): Promise<TableView[]> {
  const views = await Promise.all(catalog.tables.map((spec) => viewTable(lake, spec, commits)));
  return views.filter((view) => view !== undefined);
}

async function viewTable(lake: Lake, spec: TableSpec, commits: number): Promise<TableView | undefined> {
  const snapshot = await readSnapshot(lake, spec.location);
  if (!snapshot) return undefined;
  const partitions = partitionsOf(spec, snapshot);
  const last =
    commits > 0 ? await readCommits(lake, spec.location, snapshot.version + 1, commits) : undefined;
  return {
    name: spec.name,
    location: spec.location,
    version: snapshot.version,
    rows: sum(partitions.map(({ rows }) => rows)),
    files: snapshot.files.size,
    bytes: partitions.reduce((total, { bytes }) => total + bytes, 0),
    partitions,
    last_commits: last?.commits ?? [],
  };
}

/** The partitions of a snapshot, ordered by their values. */
export function partitionsOf(given: TableSpec, snapshot: Snapshot): PartitionView[] {
  const spec = asStored(given, snapshot);
  const partitions = new Map<string, PartitionView>();
  for (const { partitionValues, size, stats } of snapshot.files.values()) {
    const id = partitionId(spec, partitionValues);
    const known = partitions.get(id) ?? {
      values: partitionOf(spec, partitionValues),
      files: 0,
      rows: 0,
      bytes: 0,
    };
    const rows = sum([known.rows, liveRecords(spec, stats)]);
    partitions.set(id, { ...known, files: known.files + 1, rows, bytes: known.bytes + size });
  }
  return [...partitions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
}

/** A summary of a table. @param changedAt the time of its newest commit, as recorded in it */
export function summarize(spec: TableSpec, snapshot: Snapshot, changedAt: string | null): TableSummary {
  const partitions = partitionsOf(spec, snapshot);
  return {
    name: spec.name,
    location: spec.location,
    version: snapshot.version,
    changed_at: changedAt,
    rows: sum(partitions.map(({ rows }) => rows)),
    files: snapshot.files.size,
    bytes: partitions.reduce((total, { bytes }) => total + bytes, 0),
    partitions: partitions.length,
    partition_columns: asStored(spec, snapshot).partitionColumns,
    key: spec.key,
    columns: visibleColumns(spec),
  };
}

/** Every live file of a snapshot. */
export function viewFiles(spec: TableSpec, snapshot: Snapshot): TableFiles {
  return {
    version: snapshot.version,
    files: [...snapshot.files.values()].map(viewFile),
    partitions: partitionsOf(spec, snapshot),
  };
}
