import fc from 'fast-check';
import { planCompaction } from '../../../lake/maintenance/compaction-plan';

const MB = 1024 ** 2;
const TARGET = 128 * MB;
const BY_MONTH = { partitionColumns: ['year', 'month'] };

const table = (sizes: Record<string, readonly number[]>) =>
  new Map<string, { size: number; partitionValues: { year: string; month: string } }>(
    Object.entries(sizes).flatMap(([month, files]) =>
      files.map(
        (megabytes, i) =>
          [
            `${month}-${i}`,
            { size: Math.round(megabytes * MB), partitionValues: { year: '2025', month } },
          ] as const,
      ),
    ),
  );
const plan = (sizes: Record<string, readonly number[]>) =>
  planCompaction(BY_MONTH, table(sizes), TARGET).map((round) =>
    round.map(({ values, files }) => [values.month, ...files.map(({ size }) => size / MB)]),
  );

test.each<[string, readonly number[], readonly number[][]]>([
  ['one small file stays', [3], []],
  ['two small files are one', [3, 5], [[3, 5]]],
  ['a file of the target stays', [128, 3], []],
  ['the smallest go together', [110, 1, 100, 2], [[1, 2, 100]]],
  ['files that do not fit beside one another stay', [100, 90, 80], []],
  ['what fills several files is sorted as a whole', [60, 60, 61, 62, 63], [[60, 60, 61, 62]]],
])('%s', (_, sizes, units) => {
  expect(plan({ '07': sizes })).toEqual(units.length > 0 ? [units.map((unit) => ['07', ...unit])] : []);
});

test('partitions keep their files apart, however a writer spelled that there is no value', () => {
  const files = new Map([
    ['a', { size: 1, partitionValues: { place: '' } }],
    ['b', { size: 1, partitionValues: { place: null } }],
    ['c', { size: 1, partitionValues: { place: 'x' } }],
  ]);
  const [round = []] = planCompaction({ partitionColumns: ['place'] }, files, TARGET);
  expect(round).toEqual([
    {
      values: { place: null },
      files: [
        { path: 'a', size: 1, partitionValues: { place: '' } },
        { path: 'b', size: 1, partitionValues: { place: null } },
      ],
      bytes: 2,
    },
  ]);
});

test('much work is cut into units that fit the disk, and into rounds of a commit each', () => {
  const rounds = planCompaction(BY_MONTH, table({ '07': Array(200).fill(60) }), TARGET);
  expect(rounds.map((round) => round.map(({ files }) => files.length))).toEqual([
    [8, 8, 8, 8, 8, 8, 8, 8],
    [8, 8, 8, 8, 8, 8, 8, 8],
    [8, 8, 8, 8, 8, 8, 8, 8],
    [8],
  ]);
});

test('no file is taken twice or without another, and what comes of it is fewer files', () => {
  const sizes = fc.array(fc.double({ min: 0.001, max: 140, noNaN: true }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('06', '07', '08'), sizes), (partitions) => {
      const files = table(partitions);
      const units = planCompaction(BY_MONTH, files, TARGET).flat();
      const taken = units.flatMap((unit) => unit.files.map(({ path }) => path));
      expect(new Set(taken).size).toBe(taken.length);
      for (const unit of units) {
        expect(unit.files.length).toBeGreaterThan(1);
        const month = new Set(unit.files.map(({ path }) => files.get(path)?.partitionValues.month));
        expect([...month]).toEqual([unit.values.month]);
      }

      const after = new Map([...files].filter(([path]) => !taken.includes(path)));
      for (const [n, { values, bytes }] of units.entries()) {
        const parts = bytes > 1.5 * TARGET ? Math.ceil(bytes / TARGET) : 1;
        const partitionValues = { year: '2025', month: values.month ?? '' };
        for (let part = 0; part < parts; part++)
          after.set(`new-${n}-${part}`, { size: Math.ceil(bytes / parts), partitionValues });
      }
      expect(after.size).toBeLessThanOrEqual(files.size - units.length);
    }),
    { numRuns: 200 },
  );
});
