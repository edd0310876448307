import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Catalog } from '../../catalog/catalog';
import type { Mart } from '../../domain/mart';
import { type Lake, newId } from '../../lake/lake';
import type { OpenLake } from '../lake/reader';
import type { OpenMartRow } from './mart-lineage';
import type { StagedRowLineage } from './views';

/** Rows that stay open, so that their further pages are read from memory. */
const MAX_OPEN = 4;

interface Opened {
  readonly key: string;
  readonly row: OpenMartRow;
  close(): Promise<void>;
}

/** The lineage of rows for a long-running process. Calls run one after the other: each reads files and computes a query. */
export class LineageReader {
  private opened: Opened[] = [];
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly catalog: Catalog) {}

  /**
   * A row of a mart, opened again when the mart's table changes.
   * @param work done before another row can be opened
   * @throws like openMartRow
   */
  martRow<Result>(
    open: OpenLake,
    mart: Mart,
    key: Readonly<Record<string, string | undefined>>,
    timeZone: string,
    work: (row: OpenMartRow) => Promise<Result>,
  ): Promise<Result> {
    return this.inTurn(async () => {
      const newest = (location: string) => open.snapshots.newest(location);
      const snapshot = await newest(this.catalog.martTable(mart.name).location);
      const values = mart.key.map((name) => key[name]);
      const id = JSON.stringify([mart.name, values, snapshot?.version, snapshot?.metadata.id, timeZone]);
      const known = this.opened.find((one) => one.key === id);
      if (known) return work(known.row);
      // Loads DuckDB only when it is needed.
      const { openMartRow } = await import('./mart-lineage');
      const { lake, close } = await ownLake(open);
      try {
        const row = await openMartRow(lake, { catalog: this.catalog, mart, key, timeZone, newest });
        this.opened.push({ key: id, row, close });
      } catch (error) {
        await close();
        throw error;
      }
      while (this.opened.length > MAX_OPEN) await this.opened.shift()?.close();
      return work((this.opened.at(-1) as Opened).row);
    });
  }

  /** A row below `staging/`. @throws like readStagedRow */
  stagedRow(
    open: OpenLake,
    kind: string,
    key: Readonly<Record<string, string | undefined>>,
  ): Promise<StagedRowLineage> {
    return this.inTurn(async () => {
      const { readStagedRow } = await import('./staged-row');
      const { lake, close } = await ownLake(open);
      try {
        return await readStagedRow(lake, this.catalog, kind, key, (location) =>
          open.snapshots.newest(location),
        );
      } finally {
        await close();
      }
    });
  }

  /** Waits for calls, and closes what is open; before the lake is closed. */
  async close(): Promise<void> {
    await this.last;
    for (const one of this.opened.splice(0)) await one.close();
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

/** A connection of its own for temporary tables, and a directory of its own for data files, which is deleted with it. */
async function ownLake({ lake }: OpenLake): Promise<{ readonly lake: Lake; close(): Promise<void> }> {
  const workDirectory = path.join(lake.workDirectory, `lineage-${newId(lake)}`);
  await mkdir(workDirectory, { recursive: true });
  const db = await lake.db.connect();
  return {
    lake: { ...lake, db, workDirectory },
    async close() {
      db.close();
      await rm(workDirectory, { recursive: true, force: true });
    },
  };
}
