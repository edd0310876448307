import { catalog } from '../../catalog/catalog';
import { DAY, type Mart } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/session';
import { type Action, changesData } from '../../lake/actions';
import { differences } from '../../lake/changes';
import { ENGINE } from '../../lake/commit-info';
import type { Lake } from '../../lake/lake';
import { readEntry } from '../../lake/log-entry';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import { inParallel } from '../../storage/parallel';

/** Changes that are returned per table. */
const MAX_CHANGES = 5;
/** Log entries that are read to find them. */
const MAX_ENTRIES = 2_000;
const PARALLEL_READS = 16;

/** null without a value. */
type ChangedCells = Readonly<Record<string, string | null>>;

/** A KPI row before and after a commit, by column, numbers as text; undefined for a new or deleted row. */
export interface RowChange {
  readonly before: ChangedCells | undefined;
  readonly after: ChangedCells | undefined;
}

/** A commit to a KPI table that changed rows of a day. */
export interface KpiCommit {
  readonly table: string;
  readonly version: number;
  /** Name of the execution; null if the commit has none. */
  readonly execution: string | null;
  /** ISO 8601; null if the commit has no time. */
  readonly at: string | null;
  readonly rows: readonly RowChange[];
}

export interface KpiCommits {
  /** Newest first, at most five of each table. */
  readonly commits: readonly KpiCommit[];
  /** Each log was read to its beginning, or to the fifth of its commits. */
  readonly isComplete: boolean;
}

/** The actions of a commit that concern one month. */
interface MonthEntry extends Omit<KpiCommit, 'table' | 'rows'> {
  readonly actions: readonly Action[];
}

/**
 * Finds the last commits that changed the KPIs of a day: reads the logs of the KPI tables from the newest entry back, and
 * compares the files before and after each commit that wrote to the day's month. Log entries never change, so they are
 * cached for the next request.
 */
export class KpiHistory {
  private readonly entries = new Map<string, Promise<ReadonlyMap<string, MonthEntry> | undefined>>();

  /**
   * @param day YYYY-MM-DD
   * @param newest returns the newest snapshot of the table at a location
   */
  async ofDay(
    lake: Lake,
    day: string,
    newest: (location: string) => Promise<Snapshot | undefined> = (location) => readSnapshot(lake, location),
  ): Promise<KpiCommits> {
    const found: KpiCommit[] = [];
    let isComplete = true;
    for (const mart of catalog.served.filter(({ command }) => command !== undefined)) {
      const { location } = catalog.martTable(mart.name);
      const ofTable = await this.ofTable(lake, mart, day, await newest(location));
      found.push(...ofTable.commits);
      isComplete &&= ofTable.isComplete;
    }
    return { commits: found, isComplete };
  }

  /**
   * The months (YYYY-MM) with rows that commits after a version changed.
   * @returns undefined if one of the commits is no longer in the log
   */
  async changedMonths(
    lake: Lake,
    mart: Mart,
    since: number,
    snapshot: Snapshot,
  ): Promise<ReadonlySet<string> | undefined> {
    if (snapshot.version < since) return undefined;
    const versions = Array.from({ length: snapshot.version - since }, (_, index) => since + 1 + index);
    const { location } = catalog.martTable(mart.name);
    const entries = await inParallel(PARALLEL_READS, versions, (version) =>
      this.entry(lake, location, version),
    );
    const months = new Set<string>();
    for (const entry of entries) {
      if (!entry) return undefined;
      for (const month of entry.keys()) months.add(month);
    }
    return months;
  }

  private async ofTable(
    lake: Lake,
    mart: Mart,
    day: string,
    snapshot: Snapshot | undefined,
  ): Promise<KpiCommits> {
    const { location } = catalog.martTable(mart.name);
    const commits: KpiCommit[] = [];
    if (!snapshot) return { commits, isComplete: true };
    const oldest = Math.max(0, snapshot.version - MAX_ENTRIES + 1);
    for (let newest = snapshot.version; newest >= oldest; newest -= PARALLEL_READS) {
      const count = Math.min(PARALLEL_READS, newest - oldest + 1);
      const versions = Array.from({ length: count }, (_, index) => newest - index);
      const entries = await inParallel(PARALLEL_READS, versions, (version) =>
        this.entry(lake, location, version),
      );
      for (const months of entries) {
        // Maintenance deleted this entry and those before it.
        if (!months) return { commits, isComplete: false };
        const entry = months.get(day.slice(0, 7));
        if (!entry) continue;
        const { actions, ...commit } = entry;
        const rows = await changedRowsOfDay(lake, mart, actions, day);
        if (!rows) return { commits, isComplete: false };
        if (rows.length > 0) commits.push({ table: mart.name, ...commit, rows });
        if (commits.length === MAX_CHANGES) return { commits, isComplete: true };
      }
    }
    return { commits, isComplete: oldest === 0 };
  }

  private entry(
    lake: Lake,
    location: string,
    version: number,
  ): Promise<ReadonlyMap<string, MonthEntry> | undefined> {
    const key = `${location}/${version}`;
    const known = this.entries.get(key);
    if (known) return known;
    const reading = readEntry(lake.bucket, location, version).then(
      (actions) => actions && byMonth(version, actions),
    );
    this.entries.set(key, reading);
    // A failed read is not cached.
    reading.then((found) => found ?? this.entries.delete(key)).catch(() => this.entries.delete(key));
    const [first] = this.entries.keys();
    if (this.entries.size > 2 * MAX_ENTRIES && first !== undefined) this.entries.delete(first);
    return reading;
  }
}

/** Splits the row changes of an entry by month. */
function byMonth(version: number, actions: readonly Action[]): ReadonlyMap<string, MonthEntry> {
  const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
  const commit = {
    version,
    execution: (info?.engineInfo === ENGINE ? info.userMetadata : undefined) ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
  };
  const months = new Map<string, MonthEntry & { actions: Action[] }>();
  for (const action of actions.filter(changesData)) {
    const month = (action.add ?? action.remove)?.partitionValues?.month ?? '';
    const entry = months.get(month) ?? { ...commit, actions: [] };
    entry.actions.push(action);
    months.set(month, entry);
  }
  return months;
}

/** @returns undefined if maintenance deleted one of the data files */
async function changedRowsOfDay(
  lake: Lake,
  mart: Mart,
  actions: readonly Action[],
  day: string,
): Promise<RowChange[] | undefined> {
  const changed = await differences(lake, catalog.martTable(mart.name), actions);
  if (changed === undefined) return undefined;
  const cells = mart.columns
    .map(({ name }) => quoteIdentifier(name))
    .map((name) => `cast(${name} as varchar) as ${name}`);
  const images = await lake.db.rows<Record<string, string | null>>(
    `select _change, ${cells.join(', ')} from ${changed} where ${DAY} = cast($day as date)`,
    { day },
  );
  await lake.db.run(`drop table ${changed}`);
  const rows = new Map<string, { before?: ChangedCells; after?: ChangedCells }>();
  for (const { _change, ...row } of images) {
    const key = mart.key.map((name) => row[name]).join('\0');
    rows.set(key, { ...rows.get(key), [_change === 'before' ? 'before' : 'after']: row });
  }
  return [...rows.values()].map(({ before, after }) => ({ before, after }));
}
