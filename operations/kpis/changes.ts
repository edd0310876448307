import { catalog } from '../../catalog/catalog';
import { DAY, type Mart } from '../../domain/mart';
import { quoteIdentifier } from '../../engine/duckdb/quote';
import { type Action, changesData } from '../../lake/actions';
import { changedKeys, differences } from '../../lake/changes';
import { ENGINE } from '../../lake/commit-info';
import type { Lake } from '../../lake/lake';
import { readEntry } from '../../lake/log-entry';
import { uriToPath } from '../../lake/partition-path';
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

/** A commit and its actions that change rows. */
interface Entry extends Omit<KpiCommit, 'table' | 'rows'> {
  readonly actions: readonly Action[];
}

/**
 * Finds the last commits that changed the KPIs of a day: reads the logs of the KPI tables from the newest entry back, and
 * compares the files before and after each commit that may hold the day. Log entries never change, so they are cached for the
 * next request.
 */
export class KpiHistory {
  private readonly entries = new Map<string, Promise<Entry | undefined>>();

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
    const read = (newest: number) => this.read(lake, location, newest, oldest);
    for (let newest = snapshot.version; newest >= oldest; newest -= PARALLEL_READS) {
      const entries = await read(newest);
      // The log says which days a file holds where the file is added, most often a few entries before it is removed.
      const days = daysOfFiles([...entries, ...(await read(newest - PARALLEL_READS))]);
      for (const entry of entries) {
        // Maintenance deleted this entry and those before it.
        if (!entry) return { commits, isComplete: false };
        const { actions, ...commit } = entry;
        const concerned = actions.filter((action) => mayHold(days.get(pathOf(action)), day));
        if (concerned.length === 0) continue;
        const rows = await changedRowsOfDay(lake, mart, concerned, day);
        if (!rows) return { commits, isComplete: false };
        if (rows.length > 0) commits.push({ table: mart.name, ...commit, rows });
        if (commits.length === MAX_CHANGES) return { commits, isComplete: true };
      }
    }
    return { commits, isComplete: oldest === 0 };
  }

  /** The entries from a version back to another, at most {@link PARALLEL_READS}. */
  private read(lake: Lake, location: string, newest: number, oldest: number): Promise<(Entry | undefined)[]> {
    const count = Math.max(0, Math.min(PARALLEL_READS, newest - oldest + 1));
    const versions = Array.from({ length: count }, (_, index) => newest - index);
    return inParallel(PARALLEL_READS, versions, (version) => this.entry(lake, location, version));
  }

  private entry(lake: Lake, location: string, version: number): Promise<Entry | undefined> {
    const key = `${location}/${version}`;
    const known = this.entries.get(key);
    if (known) return known;
    const reading = readEntry(lake, location, version).then(
      (actions) => actions && entryOf(version, actions),
    );
    this.entries.set(key, reading);
    // A failed read is not cached.
    reading.then((found) => found ?? this.entries.delete(key)).catch(() => this.entries.delete(key));
    const [first] = this.entries.keys();
    if (this.entries.size > 2 * MAX_ENTRIES && first !== undefined) this.entries.delete(first);
    return reading;
  }
}

/**
 * The days (YYYY-MM-DD) with rows that commits after a version changed.
 * @returns undefined if log entries or data files since then no longer exist
 */
export async function changedDays(
  lake: Lake,
  mart: Mart,
  since: number,
  snapshot: Snapshot,
): Promise<ReadonlySet<string> | undefined> {
  const keys = await changedKeys(lake, catalog.martTable(mart.name), since, snapshot);
  if (keys === undefined) return undefined;
  const days = await lake.db.rows<{ day: string }>(
    `select distinct cast(${DAY} as varchar) as day from ${keys}`,
  );
  await lake.db.run(`drop table ${keys}`);
  return new Set(days.map(({ day }) => day));
}

function entryOf(version: number, actions: readonly Action[]): Entry {
  const info = actions.find(({ commitInfo }) => commitInfo)?.commitInfo;
  return {
    version,
    execution: (info?.engineInfo === ENGINE ? info.userMetadata : undefined) ?? null,
    at: info?.timestamp === undefined ? null : new Date(info.timestamp).toISOString(),
    actions: actions.filter(changesData),
  };
}

/** The first and the last day of a file's rows; undefined if its statistics do not say. */
type Days = { readonly first: string; readonly last: string } | undefined;

const pathOf = ({ add, remove }: Action): string => uriToPath((add ?? remove)?.path ?? '');

const mayHold = (days: Days, day: string): boolean => !days || (days.first <= day && day <= days.last);

/** The days of the files that the entries add, by path. */
function daysOfFiles(entries: readonly (Entry | undefined)[]): ReadonlyMap<string, Days> {
  const adds = entries.flatMap((entry) => entry?.actions.filter(({ add }) => add) ?? []);
  return new Map(adds.map((action) => [pathOf(action), daysOf(action.add?.stats)]));
}

function daysOf(stats = '{}'): Days {
  const { minValues, maxValues } = parsedStats(stats);
  const [first, last] = [minValues?.[DAY], maxValues?.[DAY]];
  return typeof first === 'string' && typeof last === 'string' ? { first, last } : undefined;
}

interface Bounds {
  readonly minValues?: Readonly<Record<string, unknown>>;
  readonly maxValues?: Readonly<Record<string, unknown>>;
}

function parsedStats(stats: string): Bounds {
  try {
    return JSON.parse(stats) ?? {};
  } catch {
    return {};
  }
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
