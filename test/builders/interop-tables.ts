import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { merge } from '../../lake/merge';
import { readSnapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import type { MemoryBucket } from './memory-bucket';
import { readDeltaRows, type TextRow } from './read-delta';
import { type Cells, openTestLake, relationOf, type TestLake, THINGS, TOTALS, thing } from './test-lake';

/** What test/interop/read_tables.py compares a table with. */
interface ExpectedTable {
  version: number | undefined;
  schema: Record<string, string>;
  partition_columns: readonly string[];
  rows: TextRow[];
  history: Record<string, TextRow[]>;
}

/**
 * Merges tables with inserts, updates, moves, deletes, every type and hostile partition values, through a checkpoint;
 * writes their objects below the directory, and what they should hold to `expected.json` there.
 */
export async function writeInteropTables(directory: string): Promise<void> {
  const lake = await openTestLake();
  try {
    const expected = { [THINGS.location]: await things(lake), [TOTALS.location]: await totals(lake) };
    await saveBucket(lake.bucket, directory);
    await writeFile(path.join(directory, 'expected.json'), JSON.stringify(expected, undefined, 1));
  } finally {
    lake.close();
  }
}

/** The objects of a bucket as files below a directory. */
async function saveBucket(bucket: MemoryBucket, directory: string): Promise<void> {
  for (const [key, { body }] of bucket.objects) {
    const file = path.join(directory, key);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, body);
  }
}

async function things(lake: TestLake): Promise<ExpectedTable> {
  const places = [
    null,
    'a/b',
    'x=y',
    '%',
    '%2F',
    '😀',
    ' lead',
    `it's "so"`,
    'a+b',
    'a:b#c?d',
    '..',
    'é'.repeat(300),
  ];
  const history: Record<string, TextRow[]> = {};
  const step = async (rows: readonly Cells[]) => {
    const { version } = await merge(lake, THINGS, { rows: await relationOf(lake, THINGS, rows) });
    history[String(version)] = await readDeltaRows(lake.bucket, THINGS.location);
  };
  await step(places.map((place, id) => thing(id, place, 1, { price: `${id}.0001` })));
  await step([
    thing('9223372036854775807', 'extremes', 1, { price: '99999999999999.9999', seen_at: null }),
    thing('-9223372036854775808', 'extremes', 1, {
      price: '-99999999999999.9999',
      seen_at: '1969-12-31 23:59:59.999999+00',
    }),
  ]);
  for (let round = 2; round <= 12; round++) {
    await step(
      places.map((_, id) => thing(id, places[(id + round) % places.length] ?? null, round)).slice(0, round),
    );
  }
  return expectedOf(lake, THINGS, history);
}

async function totals(lake: TestLake): Promise<ExpectedTable> {
  const history: Record<string, TextRow[]> = {};
  const step = async (rows: readonly Cells[], deletes: readonly Cells[]) => {
    const source = {
      rows: await relationOf(lake, TOTALS, rows),
      deletes: await relationOf(lake, TOTALS, deletes),
    };
    const { version } = await merge(lake, TOTALS, source, {
      txns: [{ appId: 'interop', version: rows.length }],
    });
    history[String(version)] = await readDeltaRows(lake.bucket, TOTALS.location);
  };
  const long = 'long '.repeat(20);
  await step(
    [
      { category: 'a', day: '2025-07-01', total: '123456789012345678901234567890123456.78' },
      { category: long, day: '1969-12-31', total: '-0.01' },
      { category: '😀'.repeat(40), day: '2025-07-01', total: null },
    ],
    [],
  );
  await step(
    [{ category: 'a', day: '2025-07-01', total: '1.00' }],
    [{ category: long, day: '1969-12-31', total: null }],
  );
  return expectedOf(lake, TOTALS, history);
}

async function expectedOf(
  lake: TestLake,
  spec: TableSpec,
  history: Record<string, TextRow[]>,
): Promise<ExpectedTable> {
  return {
    version: (await readSnapshot(lake, spec.location))?.version,
    schema: Object.fromEntries(spec.columns.map(({ name, type }) => [name, type])),
    partition_columns: spec.partitionColumns,
    rows: await readDeltaRows(lake.bucket, spec.location),
    history,
  };
}
