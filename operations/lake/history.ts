import type { Action, AddFile, CommitInfo, RemoveFile } from '../../lake/actions';
import { ENGINE } from '../../lake/commit-info';
import type { Lake } from '../../lake/lake';
import { readEntry } from '../../lake/log-entry';
import { uriToPath } from '../../lake/partition-path';
import { numRecords } from '../../lake/stats';
import { inParallel } from '../../storage/parallel';
import { sum } from './stats';
import type { CommitDetail, CommitPage, CommitView, DataFileView } from './views';

/** Log entries read in parallel. */
const PARALLEL_ENTRIES = 16;

/**
 * Commits of a table, newest first. Each entry is read by its name, so a page reads only its own entries, however long the log.
 *
 * @param before exclusive; for the first page, the newest version plus one
 * @throws BrokenLogError for an entry that cannot be read
 */
export async function readCommits(
  lake: Pick<Lake, 'bucket'>,
  location: string,
  before: number,
  limit: number,
): Promise<CommitPage> {
  const versions = Array.from({ length: Math.min(limit, before) }, (_, index) => before - 1 - index);
  const found = await inParallel(PARALLEL_ENTRIES, versions, async (version) => {
    const actions = await readEntry(lake, location, version);
    return actions && viewCommit(version, actions);
  });
  // Log cleanup deletes the oldest entries.
  const end = found.indexOf(undefined);
  const commits = found.slice(0, end < 0 ? found.length : end).filter((commit) => commit !== undefined);
  const last = commits.at(-1)?.version;
  const isLast = end >= 0 || last === undefined || last === 0;
  return {
    commits,
    before: isLast ? null : last,
    oldest: isLast ? (last ?? null) : null,
  };
}

/** The details of one commit; undefined if its log entry does not exist (any more). */
export async function readCommit(
  lake: Pick<Lake, 'bucket'>,
  location: string,
  version: number,
): Promise<CommitDetail | undefined> {
  const actions = await readEntry(lake, location, version);
  if (!actions) return undefined;
  const info = infoOf(actions);
  return {
    ...viewCommit(version, actions),
    engine: info?.engineInfo ?? null,
    read_version: typeof info?.readVersion === 'number' ? info.readVersion : null,
    txns: actions.flatMap(({ txn }) => (txn ? [{ app: txn.appId, version: txn.version }] : [])),
    metrics: Object.fromEntries(
      Object.entries(metricsOf(info)).map(([name, value]) => [name, textOf(value) ?? '']),
    ),
    added: actions.flatMap(({ add }) => (add ? [viewFile(add)] : [])),
    removed: actions.flatMap(({ remove }) => (remove ? [viewRemoved(remove)] : [])),
  };
}

/** A file added by a commit. */
export function viewFile({ path, partitionValues, size, stats, modificationTime }: AddFile): DataFileView {
  return {
    path: uriToPath(path),
    partition: partitionValues,
    bytes: size,
    rows: numRecords(stats),
    written_at: new Date(modificationTime).toISOString(),
  };
}

function viewRemoved({ path, partitionValues = {}, size }: RemoveFile): DataFileView {
  return {
    path: uriToPath(path),
    partition: partitionValues,
    bytes: size ?? null,
    rows: null,
    written_at: null,
  };
}

function viewCommit(version: number, actions: readonly Action[]): CommitView {
  const info = infoOf(actions);
  const added = actions.flatMap(({ add }) => add ?? []);
  const removed = actions.flatMap(({ remove }) => remove ?? []);
  return {
    version,
    operation: info?.operation ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
    inserted: metric(info, 'numTargetRowsInserted') ?? metric(info, 'numOutputRows'),
    updated: metric(info, 'numTargetRowsUpdated'),
    deleted: metric(info, 'numTargetRowsDeleted'),
    files_added: added.length,
    files_removed: removed.length,
    bytes_added: added.reduce((total, { size }) => total + size, 0),
    bytes_removed: sum(removed.map(({ size }) => size ?? null)),
    execution: (info?.engineInfo === ENGINE && info.userMetadata) || null,
  };
}

const infoOf = (actions: readonly Action[]): CommitInfo | undefined =>
  actions.find(({ commitInfo }) => commitInfo)?.commitInfo;

function metricsOf(info: CommitInfo | undefined): Record<string, unknown> {
  const metrics: unknown = info?.operationMetrics;
  return typeof metrics === 'object' && metrics !== null ? { ...metrics } : {};
}

function metric(info: CommitInfo | undefined, name: string): number | null {
  const value = metricsOf(info)[name];
  return value === undefined ? null : Number(value);
}

const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);
