import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { faultsOfBatch, RecordedDuckDb } from './batch';
import { hostileBatch } from './csv-files';
import { faultsOfMerges, merges } from './lake';
import seeds from './seeds.json';

/** A target of hostile input. */
export interface Target {
  readonly promise: string;
  /** Number of runs in the test suite. */
  readonly everyDay: number;
  open(): Promise<{ readonly property: fc.IAsyncProperty<unknown>; close(): Promise<void> }>;
}

/** A run that found a fault before; without a path, all runs of a seed. */
export interface KeptSeed {
  readonly target: string;
  readonly seed: number;
  readonly path?: string;
  /** The fault it found. */
  readonly found: string;
}

export const keptSeeds = (target: string): readonly KeptSeed[] =>
  (seeds as readonly KeptSeed[]).filter((seed) => seed.target === target);

/** Passes without faults; otherwise the faults are the message. */
function without(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.slice(0, 5).join('\n'));
}

export const TARGETS: Readonly<Record<string, Target>> = {
  validator: {
    promise:
      'each file of a hostile batch gets its verdict, and no other file, statement or table suffers for it',
    everyDay: 20,
    async open() {
      const directory = mkdtempSync(path.join(tmpdir(), 'daybook-hostile-'));
      const recorded = await RecordedDuckDb.open(path.join(directory, 'duckdb'));
      return {
        property: fc.asyncProperty(hostileBatch, async ({ files, share }) =>
          without(await faultsOfBatch(files, share, recorded)),
        ) as fc.IAsyncProperty<unknown>,
        async close() {
          recorded.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  },

  lake: {
    promise: 'a table keeps the rows of partitions of any name, and no other table suffers for it',
    everyDay: 6,
    async open() {
      return {
        property: fc.asyncProperty(merges, async (batches) =>
          without(await faultsOfMerges(batches)),
        ) as fc.IAsyncProperty<unknown>,
        close: async () => {},
      };
    },
  },
};
