import { planRewriting, TARGET_FILE_BYTES, tier } from '../../lake/folding';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDelta } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';

const KB = 1024;
const MB = 1024 * KB;
const live = (sizes: number[]) => sizes.map((size) => ({ size }));
const plan = (bytes: number, dirty: number[], clean: number[]) => {
  const { folded, reduced } = planRewriting(bytes, live(dirty), live(clean), TARGET_FILE_BYTES);
  return { folded: folded.map(({ size }) => size), reduced: reduced.map(({ size }) => size) };
};

test('tiers are five times as large as the one below', () => {
  expect([0, 8 * KB - 1, 8 * KB, 40 * KB - 1, 40 * KB, 200 * KB, 125 * MB].map(tier)).toEqual([
    0, 0, 1, 1, 2, 3, 7,
  ]);
});

test.each<[string, number, number[], number[], number[], number[]]>([
  ['four files of a tier stay with a fifth to come', KB, [], [KB, KB, KB], [], []],
  [
    'the fifth file of a tier takes the others along',
    KB,
    [],
    [KB, 2 * KB, 3 * KB, 4 * KB],
    [KB, 2 * KB, 3 * KB, 4 * KB],
    [],
  ],
  ['a file of a tier above stays', KB, [], [KB, KB, KB, KB, 9 * KB], [KB, KB, KB, KB], []],
  [
    'a full tier overflows into the next, and that into the one after',
    2 * KB,
    [],
    [2 * KB, 2 * KB, 2 * KB, 3 * KB, 10 * KB, 11 * KB, 12 * KB, 30 * KB, 41 * KB],
    [2 * KB, 2 * KB, 2 * KB, 3 * KB, 10 * KB, 11 * KB, 12 * KB, 30 * KB],
    [],
  ],
  [
    'a large batch takes along what is below it',
    20 * MB,
    [],
    [KB, MB, 6 * MB, 19 * MB],
    [KB, MB, 6 * MB, 19 * MB],
    [],
  ],
  ['beyond the target nothing joins', 100 * MB, [], [20 * MB, 30 * MB, 40 * MB, 40 * MB], [20 * MB], []],
  ['full-grown files stay', MB, [], [128 * MB, 130 * MB, 131 * MB, 132 * MB, 133 * MB], [], []],
  ['a small file that loses a row joins the new ones', KB, [3 * KB], [4 * KB], [3 * KB], []],
  ['a large file that loses a row is written by itself', KB, [3 * MB], [4 * KB], [], [3 * MB]],
  ['files that lose all their rows need no new ones to be rewritten', 0, [3 * MB, KB], [KB], [KB], [3 * MB]],
  [
    'what loses a row counts towards a full tier',
    KB,
    [KB, 2 * KB],
    [3 * KB, 4 * KB],
    [KB, 2 * KB, 3 * KB, 4 * KB],
    [],
  ],
])('%s', (_, bytes, dirty, clean, folded, reduced) => {
  expect(plan(bytes, dirty, clean)).toEqual({ folded, reduced });
});

/** 20,000 batches of a few KB, each of which takes rows from the file that the batch before went into, or none. */
test.each([
  ['new rows alone', false, 9],
  ['new rows, and changes of those before', true, 18],
])('thousands of batches of %s leave few files and rewrite a byte a few times a tier', (_, changes, most) => {
  let files: { size: number }[] = [];
  let last: { size: number } | undefined;
  let written = 0;
  let live = 0;
  for (let batch = 0; batch < 20_000; batch++) {
    const bytes = (1 + (batch % 30)) * KB;
    const dirty = files.filter((file) => changes && file === last);
    const clean = files.filter((file) => !dirty.includes(file));
    const { folded, reduced } = planRewriting(bytes, dirty, clean, TARGET_FILE_BYTES);
    last = { size: bytes + folded.reduce((sum, { size }) => sum + size, 0) };
    written += last.size + reduced.reduce((sum, { size }) => sum + size, 0);
    files = [...files.filter((file) => !folded.includes(file)), last];
    live = Math.max(live, files.filter(({ size }) => size < TARGET_FILE_BYTES / 2).length);
  }
  expect(live).toBeLessThanOrEqual(28);
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
