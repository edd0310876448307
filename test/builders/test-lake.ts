import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LINEAGE } from '../../catalog/catalog';
import { DuckDb } from '../../engine/duckdb/session';
import type { ChangeFiles } from '../../lake/change-file';
import type { Lake } from '../../lake/lake';
import { type MergeOptions, type MergeOutcome, merge } from '../../lake/merge';
import { duckDbType } from '../../lake/schema';
import type { TableSpec } from '../../lake/table-spec';
import { MemoryBucket } from './memory-bucket';

export interface TestLake extends Lake {
  readonly bucket: MemoryBucket;
  readonly warnings: string[];
  close(): void;
}

/** A lake in memory with a fixed clock and counted ids, unless given. `close` it: it removes its work directory. */
export async function openTestLake(given: Partial<TestLake> = {}): Promise<TestLake> {
  const workDirectory = mkdtempSync(path.join(tmpdir(), 'daybook-lake-'));
  const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb'), threads: 2 });
  const warnings: string[] = [];
  let ids = 0;
  return {
    bucket: new MemoryBucket(),
    db,
    workDirectory,
    clock: () => new Date('2025-07-01T12:00:00.000Z'),
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    logger: { info: () => {}, warn: (message) => void warnings.push(message) },
    warnings,
    ...given,
    close() {
      db.close();
      rmSync(workDirectory, { recursive: true, force: true });
    },
  };
}

/** A table with every staging type, small enough to spell out. */
export const THINGS: TableSpec = {
  name: 'things',
  location: 'staging/things',
  columns: [
    { name: 'id', type: 'long' },
    { name: 'place', type: 'string' },
    { name: 'price', type: 'decimal(18,4)' },
    { name: 'seen_at', type: 'timestamp' },
    ...LINEAGE,
  ],
  key: ['id'],
  partitionColumns: ['place'],
  versionOrder: ['_source_modified_at', '_source_key', '_source_line'],
  derived: {},
};

/** A table without versions or partitions, keyed by two columns. */
export const TOTALS: TableSpec = {
  name: 'totals',
  location: 'kpis/totals',
  columns: [
    { name: 'category', type: 'string' },
    { name: 'day', type: 'date' },
    { name: 'total', type: 'decimal(38,2)' },
  ],
  key: ['category', 'day'],
  partitionColumns: [],
  versionOrder: [],
  derived: {},
};

/** Every merge that takes rows out of files writes a change file. */
export const ALL_CHANGE_FILES: ChangeFiles = { minRewrittenRows: 0, maxShare: Number.POSITIVE_INFINITY };

export type Cells = Readonly<Record<string, string | number | null>>;

/** One row of THINGS; the version is a number of seconds. */
export function thing(id: number | string, place: string | null, version: number, rest: Cells = {}): Cells {
  return {
    id,
    place,
    price: '1.5000',
    seen_at: '2025-07-01 10:00:00.123456+00',
    _source_key: 'input/things.csv',
    _source_modified_at: new Date(Date.UTC(2025, 0, 1) + version * 1000).toISOString(),
    _source_line: 2,
    ...rest,
  };
}

/** Rows as a temporary table with the columns of the spec; its name. */
export async function relationOf(lake: Lake, spec: TableSpec, rows: readonly Cells[]): Promise<string> {
  const name = `rows_${lake.newId?.().replaceAll('-', '')}`;
  const members = spec.columns.map(({ name: column }) => [column, 'VARCHAR']);
  const casts = spec.columns.map(
    ({ name: column, type }) => `cast("${column}" as ${duckDbType(type)}) as "${column}"`,
  );
  await lake.db.run(
    `create temp table ${name} as select ${casts.join(', ')} from (select unnest(from_json($rows, '${JSON.stringify([Object.fromEntries(members)])}'), max_depth := 2))`,
    {
      rows: JSON.stringify(
        rows.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([column, cell]) => [column, cell === null ? null : String(cell)]),
          ),
        ),
      ),
    },
  );
  return name;
}

/** Merges rows given as cells. */
export async function mergeRows(
  lake: Lake,
  spec: TableSpec,
  rows: readonly Cells[],
  options: MergeOptions = {},
): Promise<MergeOutcome> {
  return merge(lake, spec, { rows: await relationOf(lake, spec, rows) }, options);
}
