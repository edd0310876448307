import { planRewrites, TARGET_FILE_BYTES, tier } from '../../lake/size-tiering';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDelta } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';

const KB = 1024;
const live = (sizes: number[]) => sizes.map((size) => ({ size }));
const plan = (dirty: number[], clean: number[]) => {
  const { joined, combined, rewritten } = planRewrites(live(dirty), live(clean), TARGET_FILE_BYTES);
  const sizes = (files: readonly { readonly size: number }[]) => files.map(({ size }) => size);
  return { joined: sizes(joined), combined: sizes(combined), rewritten: sizes(rewritten) };
};

test('tiers are five times as large as the one below', () => {
  expect([0, 8 * KB - 1, 8 * KB, 40 * KB - 1, 40 * KB, 200 * KB, 125_000 * KB].map(tier)).toEqual([
    0, 0, 1, 1, 2, 3, 7,
  ]);
});

type Sizes = number[];
test.each<[string, { dirty?: Sizes; clean: Sizes; joined?: Sizes; combined?: Sizes; rewritten?: Sizes }]>([
  ['four files of a tier stay', { clean: [1, 2, 3, 4] }],
  ['five go into one with the new rows', { clean: [1, 2, 3, 4, 5], joined: [1, 2, 3, 4, 5] }],
  ['a file of a tier above stays', { clean: [1, 2, 3, 4, 5, 9], joined: [1, 2, 3, 4, 5] }],
  [
    'a tier that is full with what comes from below goes up with it',
    {
      clean: [2, 2, 2, 2, 3, 10, 11, 12, 30, 41],
      joined: [2, 2, 2, 2, 3, 10, 11, 12, 30],
    },
  ],
  [
    'a full tier takes along what lies below it',
    { clean: [1, 10, 11, 12, 13, 14], joined: [1, 10, 11, 12, 13, 14] },
  ],
  [
    'a large file is combined without the new rows',
    { clean: [60, 61, 62, 63, 64], combined: [60, 61, 62, 63, 64] },
  ],
  [
    'beyond the target nothing is combined',
    { clean: [30, 31, 32, 33, 34].map((n) => n * KB), combined: [30, 31, 32, 33].map((n) => n * KB) },
  ],
  ['files that would not fit two by two stay', { clean: [100, 101, 102, 103, 104].map((n) => n * KB) }],
  ['full-grown files stay', { clean: [128, 130, 131, 132, 133].map((n) => n * KB) }],
  [
    'a large file that loses a row is written by itself',
    { dirty: [3 * KB], clean: [4, 5], rewritten: [3 * KB] },
  ],
  [
    'a small one is written with the new rows',
    { dirty: [3, 3 * KB], clean: [4, 5], joined: [3], rewritten: [3 * KB] },
  ],
  [
    'small ones are, as far as they fit',
    { dirty: [100, 140, 150], clean: [], joined: [100, 140], rewritten: [150] },
  ],
  [
    'beside files that are combined without the new rows',
    { dirty: [3, 250], clean: [60, 61, 62, 63, 64], joined: [250], combined: [3, 60, 61, 62, 63, 64] },
  ],
  [
    'what loses a row counts towards a full tier',
    { dirty: [1, 2], clean: [3, 4, 5], joined: [1, 2, 3, 4, 5] },
  ],
])('%s', (_, { dirty = [], clean, joined = [], combined = [], rewritten = [] }) => {
  const bytes = (sizes: Sizes) => sizes.map((size) => size * KB);
  expect(plan(bytes(dirty), bytes(clean))).toEqual({
    joined: bytes(joined),
    combined: bytes(combined),
    rewritten: bytes(rewritten),
  });
});

/** 20,000 batches of a few KB, each of which takes a row from the file with the new rows of the batch before, or none. */
test.each([
  ['new rows alone', false, 9],
  ['new rows, and changes of those before', true, 16],
])('thousands of batches of %s leave few files and rewrite a byte a few times', (_, changes, most) => {
  const total = (sizes: readonly { readonly size: number }[]) =>
    sizes.reduce((sum, { size }) => sum + size, 0);
  let files: { size: number }[] = [];
  let last: { size: number } | undefined;
  let added = 0;
  let written = 0;
  let small = 0;
  for (let batch = 0; batch < 20_000; batch++) {
    const dirty = files.filter((file) => changes && file === last);
    const clean = files.filter((file) => !dirty.includes(file));
    const { joined, combined, rewritten } = planRewrites(dirty, clean, TARGET_FILE_BYTES);
    const size = (1 + (batch % 30)) * KB;
    last = { size: size + total(joined) };
    const whole = { size: total(combined) };
    const gone = new Set([...joined, ...combined]);
    added += size;
    written += last.size + whole.size + total(rewritten);
    files = [...files.filter((file) => !gone.has(file)), ...(whole.size > 0 ? [whole] : []), last];
    small = Math.max(small, files.filter(({ size }) => size < TARGET_FILE_BYTES / 2).length);
  }
  expect(total(files)).toBe(added);
  expect(small).toBeLessThanOrEqual(29);
  expect(written / added).toBeLessThan(most);
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
      ['a', 6],
      ['b', 1],
    ]);
    expect(files.map(({ path }) => path)).toContain(untouched?.path);
  } finally {
    lake.close();
  }
});
