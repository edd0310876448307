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

/** Changes that are looked for, and entries of a table's log that are read for them, at most. */
const WANTED = 5;
const MOST_ENTRIES = 2_000;

/** Entries that are read at one time. */
const AT_ONCE = 16;

/** A KPI row as it was and as it is, by column, numbers as text; undefined where there was, or is, none. */
export interface RowChange {
  readonly before: Readonly<Record<string, string>> | undefined;
  readonly after: Readonly<Record<string, string>> | undefined;
}

/** A commit to a KPI table that changed rows of a day. */
export interface KpiCommit {
  readonly table: string;
  readonly version: number;
  /** The execution it was made for; null where the commit does not say. */
  readonly execution: string | null;
  /** ISO 8601; null where the commit does not say. */
  readonly at: string | null;
  readonly rows: readonly RowChange[];
}

export interface KpiCommits {
  /** Newest first, at most five of each table. */
  readonly commits: readonly KpiCommit[];
  /** Each log was read to its beginning, or to the fifth of its commits. */
  readonly isComplete: boolean;
}

/** What of a commit touches one month, and who made it. */
interface MonthEntry extends Omit<KpiCommit, 'table' | 'rows'> {
  readonly actions: readonly Action[];
}

/**
 * The commits that last changed the KPIs of a day: the logs of the KPI tables are read from the newest entry back, and
 * where one wrote the day's month, its files before and after are compared. Entries never change, so those that were read
 * are remembered for the next day that is asked about.
 */
export class KpiHistory {
  private readonly entries = new Map<string, Promise<ReadonlyMap<string, MonthEntry> | undefined>>();

  /**
   * @param day YYYY-MM-DD
   * @param newest snapshot of the table at a location, for who knows it better than from its log
   */
  async ofDay(
    lake: Lake,
    day: string,
    newest: (location: string) => Promise<Snapshot | undefined> = (location) => readSnapshot(lake, location),
  ): Promise<KpiCommits> {
    const found: KpiCommit[] = [];
    let isComplete = true;
    for (const mart of catalog.marts) {
      const { location } = catalog.martTable(mart.name);
      const ofTable = await this.ofTable(lake, mart, day, await newest(location));
      found.push(...ofTable.commits);
      isComplete &&= ofTable.isComplete;
    }
    return { commits: found, isComplete };
  }

  /**
   * The months, as YYYY-MM, that commits after a version changed rows of.
   * @returns undefined where one of the commits is no longer there
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
    const entries = await inParallel(AT_ONCE, versions, (version) => this.entry(lake, location, version));
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
    const oldest = Math.max(0, snapshot.version - MOST_ENTRIES + 1);
    for (let newest = snapshot.version; newest >= oldest; newest -= AT_ONCE) {
      const count = Math.min(AT_ONCE, newest - oldest + 1);
      const versions = Array.from({ length: count }, (_, index) => newest - index);
      const entries = await inParallel(AT_ONCE, versions, (version) => this.entry(lake, location, version));
      for (const months of entries) {
        // The log was cleaned up so far.
        if (!months) return { commits, isComplete: false };
        const entry = months.get(day.slice(0, 7));
        if (!entry) continue;
        const { actions, ...who } = entry;
        const rows = await changedRowsOfDay(lake, mart, actions, day);
        if (!rows) return { commits, isComplete: false };
        if (rows.length > 0) commits.push({ table: mart.name, ...who, rows });
        if (commits.length === WANTED) return { commits, isComplete: true };
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
    // Not remembered: it may have been cleaned up, or the network failed.
    reading.then((found) => found ?? this.entries.delete(key)).catch(() => this.entries.delete(key));
    const [first] = this.entries.keys();
    if (this.entries.size > 2 * MOST_ENTRIES && first !== undefined) this.entries.delete(first);
    return reading;
  }
}

/** Of an entry that changes rows, what concerns each month. */
function byMonth(version: number, actions: readonly Action[]): ReadonlyMap<string, MonthEntry> {
  const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
  const who = {
    version,
    execution: (info?.engineInfo === ENGINE ? info.userMetadata : undefined) ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
  };
  const months = new Map<string, MonthEntry & { actions: Action[] }>();
  for (const action of actions.filter(changesData)) {
    const month = (action.add ?? action.remove)?.partitionValues?.month ?? '';
    const entry = months.get(month) ?? { ...who, actions: [] };
    entry.actions.push(action);
    months.set(month, entry);
  }
  return months;
}

/** @returns undefined where a data file has been cleaned up */
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
  const images = await lake.db.rows<Record<string, string>>(
    `select _change, ${cells.join(', ')} from ${changed} where ${DAY} = cast($day as date)`,
    { day },
  );
  await lake.db.run(`drop table ${changed}`);
  const rows = new Map<string, { before?: Record<string, string>; after?: Record<string, string> }>();
  for (const { _change, ...row } of images) {
    const key = mart.key.map((name) => row[name]).join('\0');
    rows.set(key, { ...rows.get(key), [_change === 'before' ? 'before' : 'after']: row });
  }
  return [...rows.values()].map(({ before, after }) => ({ before, after }));
}
