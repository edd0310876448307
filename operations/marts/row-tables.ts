import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import type { Snapshot } from '../../lake/snapshot';
import { atMost } from '../../storage/parallel';
import type { LakeReader, OpenLake } from '../lake/reader';
import { KeptRows, stateOf, type Versions } from './kept-rows';
import { buildRows } from './row-build';
import type { RowDatabase } from './row-database';
import type { ReadyRows } from './row-page';
import { martSource, type RowSource } from './row-source';
import type { RowProgress } from './row-views';

/** What a caller gets: its result and whether it is of the newest version, or how far the rows are. */
export type RowAnswer<Result> =
  | { readonly result: Result; readonly state: string; readonly isCurrent: boolean }
  | { readonly progress: RowProgress };

interface Entry {
  kept?: KeptRows;
  /** Why the last rows could not be computed, until a caller is told. */
  failure?: { readonly error: unknown };
  building?: { readonly done: Promise<unknown>; progress: RowProgress };
}

/** Rows of this many sources are kept; those that were not used for longest are deleted. */
const MAX_KEPT = 16;
const MAX_CONCURRENT_READS = 3;
const INTERRUPT_MS = 50;
const NOTHING: RowProgress = { files: 0, files_loaded: 0, bytes: 0 };

/**
 * Rows for a process that reads them again and again. What a view or a query computes is computed once per version of the tables that it
 * reads, and kept on disk, so that a page, an order or a filter only reads it.
 */
export class RowTables {
  /** The most recently used is last. */
  private readonly entries = new Map<string, Entry>();
  private readonly inTurn = atMost(1);
  private readonly reading = atMost(MAX_CONCURRENT_READS);
  private opened: Promise<RowDatabase> | undefined;
  private readonly closing = new AbortController();
  private count = 0;

  constructor(
    private readonly reader: Pick<LakeReader, 'use'>,
    private readonly catalog: Catalog,
  ) {}

  /**
   * Reads the rows of a source. If they have to be computed first, it waits for `waitMs`, and then gives those of the version before, or
   * how far the new ones are.
   * @throws what `work`, DuckDB and the lake throw
   */
  async read<Result>(
    source: RowSource,
    work: (rows: ReadyRows) => Promise<Result>,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<RowAnswer<Result>> {
    return this.reader.use(async (open) => {
      requireNoFailure(this.entries.get(source.id));
      const entry = await this.start(open, source);
      const { building } = entry;
      if (building) await settled(building.done, waitMs);
      requireNoFailure(entry);
      const { kept } = entry;
      if (!kept) return { progress: entry.building?.progress ?? NOTHING };
      const isCurrent = entry.building === undefined;
      kept.hold();
      try {
        const result = await this.reading(() => this.readWith(open, kept, work, signal));
        return { result, state: kept.state, isCurrent };
      } finally {
        await kept.leave();
      }
    }, signal);
  }

  /** Reads with a connection of its own, whose statement ends when the signal aborts. */
  private async readWith<Result>(
    open: OpenLake,
    { rows: { relation, isTable }, state }: KeptRows,
    work: (rows: ReadyRows) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const { db } = await this.open(open);
    const connection = await db.connect();
    const stop = () => connection.connection.interrupt();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await work({ db: connection, relation, isTable, state });
    } finally {
      signal?.removeEventListener('abort', stop);
      connection.close();
    }
  }

  /** Ends what runs, and deletes all rows. */
  async close(): Promise<void> {
    this.closing.abort();
    const opened = await this.opened?.catch(() => undefined);
    if (!opened) return;
    const stopping = setInterval(() => opened.builder.connection.interrupt(), INTERRUPT_MS);
    await Promise.allSettled([...this.entries.values()].map(({ building }) => building?.done));
    clearInterval(stopping);
    opened.builder.close();
    opened.db.close();
    await rm(opened.directory, { recursive: true, force: true });
  }

  /** The entry of a source, which is being built if its rows are not those of the newest versions. */
  private async start(open: OpenLake, source: RowSource): Promise<Entry> {
    const snapshots = await this.snapshotsOf(open, source);
    const state = stateOf(versionsOf(snapshots));
    const entry: Entry = this.entries.get(source.id) ?? {};
    this.entries.delete(source.id);
    this.entries.set(source.id, entry);
    if (entry.building || entry.kept?.state === state) return entry;
    const building: NonNullable<Entry['building']> = { done: Promise.resolve(), progress: NOTHING };
    entry.building = Object.assign(building, {
      done: this.build(open, source, entry, building).then(
        () => delete entry.building,
        (error: unknown) => {
          entry.failure = { error };
          delete entry.building;
        },
      ),
    });
    return entry;
  }

  private async build(
    open: OpenLake,
    source: RowSource,
    entry: Entry,
    building: { progress: RowProgress },
  ): Promise<void> {
    // First the marts whose views it reads: they are kept as well.
    const views = new Map<string, KeptRows>();
    try {
      for (const { name, withView } of source.reads) {
        const mart = withView && this.catalog.marts.find((one) => one.name === name);
        if (mart?.view) views.set(name, await this.viewOf(open, martSource(this.catalog, mart), building));
      }
      const before = entry.kept;
      entry.kept = await this.inTurn(async () => {
        this.closing.signal.throwIfAborted();
        const { db, builder } = await this.open(open);
        const snapshots = await this.snapshotsOf(open, source);
        const built = await buildRows({
          ...{ open, builder, catalog: this.catalog, source, snapshots },
          relation: `copies.main.rows_${++this.count}`,
          views: new Map([...views].map(([name, { rows }]) => [name, rows.relation])),
          signal: this.closing.signal,
          onProgress: (progress) => {
            building.progress = progress;
          },
        });
        return new KeptRows(built, versionsOf(snapshots, views.values()), async () => {
          if (!this.closing.signal.aborted) await built.drop(db);
        });
      });
      await before?.replace();
      await this.tidy();
    } finally {
      for (const kept of views.values()) await kept.leave();
    }
  }

  /** The rows of a mart with a view, held. */
  private async viewOf(
    open: OpenLake,
    source: RowSource,
    building: { progress: RowProgress },
  ): Promise<KeptRows> {
    const entry = await this.start(open, source);
    const nested = entry.building;
    if (nested) {
      const report = setInterval(() => {
        building.progress = nested.progress;
      }, INTERRUPT_MS);
      await nested.done.finally(() => clearInterval(report));
    }
    requireNoFailure(entry);
    if (!entry.kept) throw new RangeError(`there are no rows of ${source.id}`);
    entry.kept.hold();
    return entry.kept;
  }

  /** The snapshots of all tables that the rows of a source depend on, by name; undefined for a table that there is not yet. */
  private async snapshotsOf(open: OpenLake, source: RowSource): Promise<Map<string, Snapshot | undefined>> {
    const names = source.reads.flatMap(({ name, withView }) => {
      const view = withView && this.catalog.marts.find((mart) => mart.name === name)?.view;
      return [name, ...(view ? view.reads : [])];
    });
    const found = await Promise.all(
      [...new Set(names)].map(
        async (name) => [name, await open.snapshots.newest(this.catalog.table(name).location)] as const,
      ),
    );
    return new Map(found);
  }

  private async tidy(): Promise<void> {
    const kept = [...this.entries].filter(([, entry]) => entry.kept && !entry.building);
    for (const [id, entry] of kept.slice(0, Math.max(0, kept.length - MAX_KEPT))) {
      this.entries.delete(id);
      await entry.kept?.replace();
    }
  }

  private open({ lake }: OpenLake): Promise<RowDatabase> {
    // Loads DuckDB only where it is needed.
    this.opened ??= import('./row-database')
      .then(({ openRowDatabase }) => openRowDatabase(path.join(lake.workDirectory, 'rows')))
      .catch((error: unknown) => {
        this.opened = undefined;
        throw error;
      });
    return this.opened;
  }
}

/** @param views rows that were read with their own versions, which can be older */
function versionsOf(
  snapshots: ReadonlyMap<string, Snapshot | undefined>,
  views: Iterable<KeptRows> = [],
): Versions {
  const versions = new Map(
    [...snapshots].map(([name, table]) => [name, table ? `${table.metadata.id}.${table.version}` : '-']),
  );
  for (const { versions: read } of views) for (const [name, version] of read) versions.set(name, version);
  return versions;
}

/** Tells the failure once, so that the next caller tries again. @throws it */
function requireNoFailure(entry: Entry | undefined): void {
  const { failure } = entry ?? {};
  delete entry?.failure;
  if (failure) throw failure.error;
}

/** Waits for work that does not fail, at most for a time. */
async function settled(work: Promise<unknown>, waitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise((resolve) => {
    timer = setTimeout(resolve, waitMs);
  });
  await Promise.race([work, overdue]).finally(() => clearTimeout(timer));
}
