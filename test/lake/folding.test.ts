import { filesToFold, TARGET_FILE_BYTES, tier } from '../../lake/folding';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDelta } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';

const KB = 1024;
const MB = 1024 * KB;
const live = (...sizes: number[]) => sizes.map((size) => ({ size }));
const fold = (bytes: number, ...sizes: number[]) =>
  filesToFold(bytes, live(...sizes), TARGET_FILE_BYTES).map(({ size }) => size);

test('tiers are four times as large as the one below', () => {
  expect([0, 64 * KB - 1, 64 * KB, 256 * KB - 1, 256 * KB, MB, 64 * MB].map(tier)).toEqual([
    0, 0, 1, 1, 2, 3, 6,
  ]);
});

test.each<[string, number, number[], number[]]>([
  ['small files join a small one', KB, [2 * KB, 40 * KB], [2 * KB, 40 * KB]],
  ['a file of a tier above stays', KB, [2 * KB, 5 * MB], [2 * KB]],
  ['a full tier overflows into the next', 30 * KB, [40 * KB, 70 * KB, 300 * KB], [40 * KB, 70 * KB]],
  ['and that into the one after', 60 * KB, [63 * KB, 200 * KB, 300 * KB], [63 * KB, 200 * KB, 300 * KB]],
  ['a large batch takes all below it', 20 * MB, [KB, MB, 19 * MB], [KB, MB, 19 * MB]],
  ['beyond the target nothing joins', 100 * MB, [20 * MB, 60 * MB], [20 * MB]],
  ['full-grown files stay', MB, [128 * MB, 130 * MB], []],
])('%s', (_, bytes, sizes, folded) => {
  expect(fold(bytes, ...sizes)).toEqual(folded);
});

test('thousands of batches leave few files and rewrite a byte a few times a tier', () => {
  let files: number[] = [];
  let written = 0;
  for (let batch = 0; batch < 20_000; batch++) {
    const bytes = (1 + (batch % 30)) * KB;
    const folded = fold(bytes, ...files);
    for (const size of folded) files.splice(files.indexOf(size), 1);
    const size = bytes + folded.reduce((sum, n) => sum + n, 0);
    files = [...files, size];
    written += size;
  }
  const total = files.reduce((sum, n) => sum + n, 0);
  expect(files.filter((size) => size < TARGET_FILE_BYTES / 2).length).toBeLessThanOrEqual(7);
  expect(written / total).toBeLessThan(25);
});

test('a partition that outgrows the target is split by key', async () => {
  const lake = await openTestLake();
  try {
    const rows = Array.from({ length: 3000 }, (_, id) => thing(id, 'a', 1, { price: String(id) }));
    const outcome = await mergeRows(lake, THINGS, rows, { targetFileBytes: 40_000 });
    const files = await readDelta(lake.bucket, THINGS.location);
    expect(outcome.filesAdded).toBe(4);
    expect(files.map((file) => file.rows.length)).toEqual([750, 750, 750, 750]);
    const ranges = files.map(({ stats }) => {
      const { minValues, maxValues } = JSON.parse(stats);
      return [minValues.id, maxValues.id];
    });
    expect(ranges).toEqual([
      [0, 749],
      [750, 1499],
      [1500, 2249],
      [2250, 2999],
    ]);
  } finally {
    lake.close();
  }
});

test('after many small merges a partition holds one small file, and files of other partitions are left alone', async () => {
  const lake = await openTestLake();
  try {
    const other = { ...lake, bucket: new MemoryBucket() };
    await mergeRows(other, THINGS, [thing(100, 'b', 1)]);
    const [untouched] = await readDelta(other.bucket, THINGS.location);
    for (let id = 0; id < 8; id++) await mergeRows(other, THINGS, [thing(id, 'a', 1)]);
    const files = await readDelta(other.bucket, THINGS.location);
    expect(files.map(({ partitionValues, rows }) => [partitionValues.place, rows.length]).sort()).toEqual([
      ['a', 8],
      ['b', 1],
    ]);
    expect(files.map(({ path }) => path)).toContain(untouched?.path);
  } finally {
    lake.close();
  }
});
