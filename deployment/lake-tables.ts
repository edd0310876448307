import type { CommitInfo } from '../lake/actions';
import type { Lake } from '../lake/lake';
import { partitionId, partitionOf } from '../lake/merge-groups';
import { readEntry, readSnapshot, type Snapshot } from '../lake/snapshot';
import { KPI_TABLES, STAGING_TABLES, type TableSpec } from '../lake/tables';

export interface PartitionView {
  /** By partition column, null for rows without a value. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly files: number;
  readonly rows: number | null;
  readonly bytes: number;
}

export interface CommitView {
  readonly version: number;
  /** `MERGE`, `OPTIMIZE`, or what another writer calls it. */
  readonly operation: string | null;
  readonly at: string | null;
  /** Rows, where the writer tells. */
  readonly inserted: number | null;
  readonly updated: number | null;
  readonly deleted: number | null;
  readonly files_added: number;
  readonly files_removed: number;
}

export interface TableView {
  readonly name: string;
  readonly location: string;
  readonly version: number;
  /** null where a file's stats do not say how many rows it has. */
  readonly rows: number | null;
  /** Live data files. */
  readonly files: number;
  readonly bytes: number;
  readonly partitions: readonly PartitionView[];
  /** Newest first; fewer where the log has been cleaned up. */
  readonly last_commits: readonly CommitView[];
}

/** The tables of the lake that are there. */
export async function viewTables(lake: Lake, commits: number): Promise<TableView[]> {
  const specs = [...Object.values(STAGING_TABLES), ...Object.values(KPI_TABLES)];
  const views = await Promise.all(specs.map((spec) => viewTable(lake, spec, commits)));
  return views.filter((view) => view !== undefined);
}

async function viewTable(lake: Lake, spec: TableSpec, commits: number): Promise<TableView | undefined> {
  const snapshot = await readSnapshot(lake, spec.location);
  if (!snapshot) return undefined;
  const partitions = partitionsOf(spec, snapshot);
  const last_commits: CommitView[] = [];
  for (let version = snapshot.version; version > snapshot.version - commits && version >= 0; version--) {
    const view = await viewCommit(lake, spec.location, version);
    if (!view) break;
    last_commits.push(view);
  }
  return {
    name: spec.name,
    location: spec.location,
    version: snapshot.version,
    rows: sum(partitions.map(({ rows }) => rows)),
    files: snapshot.files.size,
    bytes: partitions.reduce((total, { bytes }) => total + bytes, 0),
    partitions,
    last_commits,
  };
}

function partitionsOf(spec: TableSpec, { files }: Snapshot): PartitionView[] {
  const partitions = new Map<string, PartitionView>();
  for (const { partitionValues, size, stats } of files.values()) {
    const id = partitionId(spec, partitionValues);
    const known = partitions.get(id) ?? {
      values: partitionOf(spec, partitionValues),
      files: 0,
      rows: 0,
      bytes: 0,
    };
    const rows = sum([known.rows, recordsOf(stats)]);
    partitions.set(id, { ...known, files: known.files + 1, rows, bytes: known.bytes + size });
  }
  return [...partitions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
}

async function viewCommit(lake: Lake, location: string, version: number): Promise<CommitView | undefined> {
  const actions = await readEntry(lake.bucket, location, version);
  if (!actions) return undefined;
  const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
  return {
    version,
    operation: info?.operation ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
    inserted: metric(info, 'numTargetRowsInserted') ?? metric(info, 'numOutputRows'),
    updated: metric(info, 'numTargetRowsUpdated'),
    deleted: metric(info, 'numTargetRowsDeleted'),
    files_added: actions.filter(({ add }) => add).length,
    files_removed: actions.filter(({ remove }) => remove).length,
  };
}

function metric(info: CommitInfo | undefined, name: string): number | null {
  const metrics: unknown = info?.operationMetrics;
  const value =
    typeof metrics === 'object' && metrics !== null && name in metrics ? metrics[name as never] : undefined;
  return value === undefined ? null : Number(value);
}

function recordsOf(stats: string | undefined): number | null {
  const records: unknown = JSON.parse(stats ?? '{}').numRecords;
  return typeof records === 'number' ? records : null;
}

/** null as soon as one is not known. */
const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((total, n) => (total === null || n === null ? null : total + n), 0);
