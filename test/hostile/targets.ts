import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { faultsOfBatch, RecordedDuckDb } from './batch';
import { contractText, faultsOfContract } from './contract-texts';
import { dialectCase, fileOf } from './csv-dialects';
import { hostileBatch } from './csv-files';
import { jsonCase } from './json-files';
import { faultsOfMerges, merges } from './lake';
import { bodyOf, damagedFile, parquetCase } from './parquet-files';
import seeds from './seeds.json';
import { differences } from './twins';

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

/** A target whose files are validated in a DuckDB session that many batches share. */
function validating<Case>(
  promise: string,
  everyDay: number,
  cases: fc.Arbitrary<Case>,
  faultsOf: (one: Case, recorded: RecordedDuckDb) => Promise<string[]>,
): Target {
  return {
    promise,
    everyDay,
    async open() {
      const directory = mkdtempSync(path.join(tmpdir(), 'daybook-hostile-'));
      const recorded = await RecordedDuckDb.open(path.join(directory, 'duckdb'));
      return {
        property: fc.asyncProperty(cases, async (one) =>
          without(await faultsOf(one, recorded)),
        ) as fc.IAsyncProperty<unknown>,
        async close() {
          recorded.close();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

export const TARGETS: Readonly<Record<string, Target>> = {
  validator: validating(
    'each file of a hostile batch gets its verdict, and no other file, statement or table suffers for it',
    20,
    hostileBatch,
    ({ files, share }, recorded) => faultsOfBatch(files, share, recorded),
  ),

  dialects: validating(
    'a CSV file in any spelling is read in DuckDB as it is row by row',
    20,
    dialectCase,
    async (one, recorded) => faultsOfBatch([await fileOf(one)], 1, recorded, one.contracts),
  ),

  ndjson: validating(
    'objects give the rows of the same cells in CSV, and every row of a damaged file is staged or listed',
    12,
    jsonCase,
    async ({ table, key, body, damaged }, recorded) => [
      ...(await differences(table, { key, body }, recorded)),
      ...(await faultsOfBatch([damaged], 1, recorded)),
    ],
  ),

  parquet: validating(
    'a table gives the rows of the same cells in CSV, and every row of a damaged file is staged or listed',
    10,
    parquetCase,
    async (one, recorded) => {
      const body = await bodyOf(one);
      return [
        ...(await differences(one.table, { key: `input/${one.table.kind}.parquet`, body }, recorded)),
        ...(await faultsOfBatch([damagedFile(one, body)], 1, recorded)),
      ];
    },
  ),

  contracts: {
    promise: 'the text of a contract is accepted as it says, or refused with lines and reasons',
    everyDay: 100,
    async open() {
      return {
        property: fc.asyncProperty(contractText, async (text) =>
          without(faultsOfContract(text)),
        ) as fc.IAsyncProperty<unknown>,
        close: async () => {},
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
