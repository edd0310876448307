import { planRewrites, TARGET_FILE_BYTES, tier } from '../../lake/size-tiering';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDelta } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';

const KB = 1024;
const live = (sizes: number[]) => sizes.map((size) => ({ size }));
const plan = (dirty: number[], clean: number[]) => {
  const { combined, rewritten } = planRewrites(live(dirty), live(clean), TARGET_FILE_BYTES);
  return { combined: combined.map(({ size }) => size), rewritten: rewritten.map(({ size }) => size) };
};

test('tiers are five times as large as the one below', () => {
  expect([0, 8 * KB - 1, 8 * KB, 40 * KB - 1, 40 * KB, 200 * KB, 125_000 * KB].map(tier)).toEqual([
    0, 0, 1, 1, 2, 3, 7,
  ]);
});

test.each<[string, number[], number[], number[], number[]]>([
  ['four files of a tier stay', [], [1, 2, 3, 4], [], []],
  ['five go into one', [], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], []],
  ['a file of a tier above stays', [], [1, 2, 3, 4, 5, 9], [1, 2, 3, 4, 5], []],
  [
    'a tier that is full with what comes from below goes up with it',
    [],
    [2, 2, 2, 2, 3, 10, 11, 12, 30, 41],
    [2, 2, 2, 2, 3, 10, 11, 12, 30],
    [],
  ],
  ['a full tier takes along what lies below it', [], [1, 10, 11, 12, 13, 14], [1, 10, 11, 12, 13, 14], []],
  [
    'beyond the target nothing joins',
    [],
    [30, 31, 32, 33, 34].map((n) => n * KB),
    [30, 31, 32, 33].map((n) => n * KB),
    [],
  ],
  ['files that would not fit two by two stay', [], [100, 101, 102, 103, 104].map((n) => n * KB), [], []],
  ['full-grown files stay', [], [128, 130, 131, 132, 133].map((n) => n * KB), [], []],
  ['a file that loses a row is written by itself', [3 * KB], [4, 5], [], [3 * KB]],
  ['several do so each', [3, 3 * KB], [4, 5], [], [3, 3 * KB]],
  ['what loses a row counts towards a full tier', [1, 2], [3, 4, 5], [1, 2, 3, 4, 5], []],
])('%s', (_, dirty, clean, combined, rewritten) => {
  const bytes = (sizes: number[]) => sizes.map((size) => size * KB);
  expect(plan(bytes(dirty), bytes(clean))).toEqual({
    combined: bytes(combined),
    rewritten: bytes(rewritten),
  });
});

/** 20,000 batches of a few KB, each of which takes a row from the file of the batch before, or none. */
test.each([
  ['new rows alone', false, 8],
  ['new rows, and changes of those before', true, 9],
])('thousands of batches of %s leave few files and rewrite a byte about once a tier', (_, changes, most) => {
  let files: { size: number }[] = [];
  let last: { size: number } | undefined;
  let written = 0;
  let small = 0;
  for (let batch = 0; batch < 20_000; batch++) {
    const dirty = files.filter((file) => changes && file === last);
    const clean = files.filter((file) => !dirty.includes(file));
    const { combined, rewritten } = planRewrites(dirty, clean, TARGET_FILE_BYTES);
    const whole = { size: combined.reduce((sum, { size }) => sum + size, 0) };
    last = { size: (1 + (batch % 30)) * KB };
    written += last.size + whole.size + rewritten.reduce((sum, { size }) => sum + size, 0);
    files = [...files.filter((file) => !combined.includes(file)), ...(whole.size > 0 ? [whole] : []), last];
    small = Math.max(small, files.filter(({ size }) => size < TARGET_FILE_BYTES / 2).length);
  }
  expect(small).toBeLessThanOrEqual(29);
  expect(written / files.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(most);
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

test('small merges fold into one file of their partition, and files of other partitions are left alone', async () => {
  const lake = await openTestLake();
  try {
    const other = { ...lake, bucket: new MemoryBucket() };
    await mergeRows(other, THINGS, [thing(100, 'b', 1)]);
    const [untouched] = await readDelta(other.bucket, THINGS.location);
    for (let id = 0; id < 6; id++) await mergeRows(other, THINGS, [thing(id, 'a', 1)]);
    const files = await readDelta(other.bucket, THINGS.location);
    expect(files.map(({ partitionValues, rows }) => [partitionValues.place, rows.length]).sort()).toEqual([
      ['a', 1],
      ['a', 5],
      ['b', 1],
    ]);
    expect(files.map(({ path }) => path)).toContain(untouched?.path);
  } finally {
    lake.close();
  }
});
