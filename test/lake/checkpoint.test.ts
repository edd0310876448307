import path from 'node:path';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { isCheckpointDue } from '../../lake/checkpoint';
import { checkpointKey, entryKey, lastCheckpointKey, logPrefix } from '../../lake/log';
import { readSnapshot } from '../../lake/snapshot';
import { MemoryBucket } from '../builders/memory-bucket';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

let lake: TestLake;
/** Versions 0 to 21 of THINGS. */
let history: MemoryBucket;

beforeAll(async () => {
  lake = await openTestLake();
  await mergeVersions(22);
  history = lake.bucket;
});
afterAll(() => lake.close());

/** The bucket as it was when the given version was the last one. */
function startAt(version: number): void {
  lake = { ...lake, bucket: new MemoryBucket() };
  lake.warnings.length = 0;
  for (const [key, object] of history.objects) {
    const named = /_delta_log\/(\d{20})\./.exec(key)?.[1];
    if (named === undefined || Number(named) <= version) lake.bucket.objects.set(key, object);
  }
  const pointer = { version: 10 * Math.floor(version / 10), size: 1 };
  if (version < 20) lake.bucket.objects.delete(lastCheckpointKey(THINGS.location));
  if (version < 20 && version >= 10)
    void lake.bucket.put(lastCheckpointKey(THINGS.location), JSON.stringify(pointer));
}

const isCheckpoint = (key: string) => key.includes('.checkpoint');

/** Merges `count` single rows into different partitions, each one a version. */
async function mergeVersions(count: number, from = 0): Promise<void> {
  for (let id = from; id < from + count; id++) {
    await mergeRows(lake, THINGS, [thing(id, `place ${id % 3}`, 1)], { txns: [{ appId: 'a', version: id }] });
  }
}

const state = async () => {
  const snapshot = await readSnapshot(lake, THINGS.location);
  return {
    version: snapshot?.version,
    metadata: snapshot?.metadata,
    protocol: snapshot?.protocol,
    files: [...(snapshot?.files ?? [])].map(([file, { dataChange, ...add }]) => [file, add]).sort(),
    removed: [...(snapshot?.tombstones.keys() ?? [])].sort(),
    txns: [...(snapshot?.txns ?? [])],
  };
};

test('every tenth version is checkpointed, and _last_checkpoint names it', async () => {
  startAt(21);
  expect(lake.bucket.keys(logPrefix(THINGS.location)).filter(isCheckpoint)).toEqual([
    checkpointKey(THINGS.location, 10),
    checkpointKey(THINGS.location, 20),
  ]);
  const pointer = JSON.parse(lake.bucket.text(lastCheckpointKey(THINGS.location)) ?? '');
  const snapshot = await readSnapshot(lake, THINGS.location);
  expect(pointer).toEqual({
    version: 20,
    size: expect.any(Number),
    sizeInBytes: lake.bucket.objects.get(checkpointKey(THINGS.location, 20))?.size,
    numOfAddFiles: 6,
  });
  expect(pointer.size).toBeGreaterThanOrEqual(2 + 1 + (snapshot?.files.size ?? 0));
});

test('a reader takes the checkpoint and only the entries after it, and finds the same', async () => {
  startAt(12);
  lake.bucket.calls.length = 0;
  const fromCheckpoint = await state();
  expect(lake.bucket.callsOf('get').sort()).toEqual([
    entryKey(THINGS.location, 11),
    entryKey(THINGS.location, 12),
    lastCheckpointKey(THINGS.location),
  ]);
  for (const key of lake.bucket.keys(logPrefix(THINGS.location))) {
    if (isCheckpoint(key) || key.endsWith('_last_checkpoint')) lake.bucket.objects.delete(key);
  }
  expect(fromCheckpoint).toEqual(await state());
});

test('a log whose entries before the checkpoint were cleaned up is still a table, and goes on', async () => {
  startAt(11);
  const before = await state();
  for (let version = 0; version < 10; version++)
    lake.bucket.objects.delete(entryKey(THINGS.location, version));
  expect(await state()).toEqual(before);
  expect(await mergeRows(lake, THINGS, [thing(3, 'moved', 2)])).toMatchObject({ version: 12, updated: 1 });
});

test.each<[string, string | undefined]>([
  ['missing', undefined],
  ['stale', '{"version":10,"size":1}'],
  ['ahead of the log', '{"version":900,"size":1}'],
  ['no JSON', '{"vers'],
  ['without a version', '{}'],
])('a _last_checkpoint that is %s misleads no reader', async (_, pointer) => {
  startAt(21);
  const before = await state();
  if (pointer === undefined) lake.bucket.objects.delete(lastCheckpointKey(THINGS.location));
  else await lake.bucket.put(lastCheckpointKey(THINGS.location), pointer);
  expect(await state()).toEqual(before);
});

test.each(['is gone', 'is no Parquet file'])(
  'where the newest checkpoint %s, an older one and the log do',
  async (fault) => {
    startAt(21);
    const before = await state();
    if (fault === 'is gone') lake.bucket.objects.delete(checkpointKey(THINGS.location, 20));
    else await lake.bucket.put(checkpointKey(THINGS.location, 20), 'PAR1 no');
    expect(await state()).toEqual(before);
  },
);

test('a checkpoint that cannot be written fails no commit, and the next commit writes one', async () => {
  startAt(9);
  lake.bucket.before = ({ operation, key }) => {
    if (operation === 'upload' && isCheckpoint(key)) throw new Error('slow down');
  };
  await mergeVersions(1, 100);
  expect(lake.warnings).toEqual(['table staging/things: the checkpoint of version 10 failed']);
  lake.bucket.before = undefined;
  await mergeVersions(3, 200);
  expect(lake.bucket.keys(logPrefix(THINGS.location)).filter(isCheckpoint)).toEqual([
    checkpointKey(THINGS.location, 11),
  ]);
  expect(await readDeltaRows(lake.bucket, THINGS.location)).toHaveLength(14);
});

test.each<[string, number, number, number, boolean]>([
  ['nine versions after the last', 18, 10, 0, false],
  ['ten, where the entries weigh as much', 19, 10, 5_000, true],
  ['ten, where the entries weigh less', 19, 10, 5_001, false],
  ['many, where the entries weigh less', 58, 10, 1_000_000, false],
  ['as many as a reader fetches at a stretch', 59, 10, 1_000_000, true],
  ['the first one', 9, 0, 0, true],
])('a checkpoint is due: %s', (_, version, from, checkpointBytes, due) => {
  expect(isCheckpointDue({ version, replayed: { from, checkpointBytes, entryBytes: 5_000 } })).toBe(due);
});

test('hostile partition values, txns and removed files go through a checkpoint', async () => {
  startAt(8);
  const places = ['a/b', 'x=y', '%', '😀', "it's", '', 'é'.repeat(400)];
  await mergeRows(
    lake,
    THINGS,
    places.map((place, id) => thing(1000 + id, place, 1)),
  );
  await mergeVersions(1, 100);
  expect(lake.bucket.keys(logPrefix(THINGS.location)).filter(isCheckpoint)).toHaveLength(1);
  const snapshot = await readSnapshot(lake, THINGS.location);
  expect(places.map((place) => place || null)).toEqual(
    expect.arrayContaining(
      [...(snapshot?.files.values() ?? [])]
        .map((add) => add.partitionValues.place ?? null)
        .filter((place) => !place?.startsWith('place ')),
    ),
  );
  expect(
    await mergeRows(
      lake,
      THINGS,
      places.map((_, id) => thing(1000 + id, 'one', 2)),
    ),
  ).toMatchObject({ updated: places.length });
  const rows = await readDeltaRows(lake.bucket, THINGS.location);
  expect(rows.filter(({ place }) => place === 'one')).toHaveLength(places.length);
});

test('files removed more than a week ago are not remembered', async () => {
  startAt(19);
  const removed = (await readSnapshot(lake, THINGS.location))?.tombstones.size;
  const later = { ...lake, clock: () => new Date('2025-07-09T12:00:01.000Z') };
  await mergeRows(later, THINGS, [thing(18, 'place 0', 2)]);
  const snapshot = await readSnapshot(lake, THINGS.location);
  expect(snapshot?.version).toBe(20);
  expect(removed).toBeGreaterThan(1);
  expect(
    [...(snapshot?.tombstones.values() ?? [])].map(({ deletionTimestamp }) => deletionTimestamp),
  ).toEqual([later.clock().getTime()]);
});

describe('a checkpoint as Spark writes it', () => {
  beforeEach(() => startAt(-1));

  const metaData = `{'id': 'spark', 'name': null, 'description': null, 'format': {'provider': 'parquet', 'options': map {}}, 'schemaString': '{"type":"struct","fields":[]}', 'partitionColumns': ['p'], 'configuration': map {'delta.checkpoint.writeStatsAsStruct': 'true'}, 'createdTime': 5::bigint}`;
  const add = (file: string) =>
    `{'path': '${file}', 'partitionValues': map {'p': 'x y'}, 'partitionValues_parsed': {'p': 'x y'}, 'size': 7::bigint, 'modificationTime': 8::bigint, 'dataChange': false, 'tags': null::map(varchar, varchar), 'stats_parsed': {'numRecords': 1::bigint, 'minValues': {'id': 1::bigint}}}`;
  const row = (columns: Record<string, string>) =>
    `select ${Object.entries(columns)
      .map(([name, value]) => `${value} as "${name}"`)
      .join(', ')}`;

  /** Parquet files in the order of the keys, each of some rows, columns matched by name. */
  async function putParts(parts: Record<string, string[]>): Promise<void> {
    for (const [key, rows] of Object.entries(parts)) {
      const file = path.join(lake.workDirectory, 'spark.parquet');
      await lake.db.run(
        `copy (${rows.join(' union all by name ')}) to ${quoteLiteral(file)} (format parquet)`,
      );
      await lake.bucket.upload(key, file);
    }
  }

  const part = (version: number, n: number, of: number) =>
    `${logPrefix('t')}${String(version).padStart(20, '0')}.checkpoint.${String(n).padStart(10, '0')}.${String(of).padStart(10, '0')}.parquet`;

  const common = [
    row({ protocol: `{'minReaderVersion': 1, 'minWriterVersion': 2}` }),
    row({ metaData }),
    row({ txn: `{'appId': 'stream', 'version': 364475::bigint, 'lastUpdated': null::bigint}` }),
  ];

  test('in one file, with parsed stats and parsed partitions, is read', async () => {
    await putParts({ [checkpointKey('t', 10)]: [...common, row({ add: add('p=x%20y/a.parquet') })] });
    const snapshot = await readSnapshot(lake, 't');
    expect(snapshot?.version).toBe(10);
    expect(snapshot?.files.get('p=x y/a.parquet')).toMatchObject({
      partitionValues: { p: 'x y' },
      size: 7,
    });
    expect(snapshot?.txns.get('stream')).toBe(364475);
    expect(snapshot?.metadata.configuration).toEqual({ 'delta.checkpoint.writeStatsAsStruct': 'true' });
  });

  test('in several parts is read as one, and entries go on top', async () => {
    await putParts({
      [part(10, 1, 3)]: common,
      [part(10, 2, 3)]: [row({ add: add('a') })],
      [part(10, 3, 3)]: [
        row({ add: add('b') }),
        row({ remove: `{'path': 'gone', 'deletionTimestamp': 5::bigint, 'dataChange': false}` }),
      ],
    });
    await lake.bucket.put(entryKey('t', 11), '{"remove":{"path":"a","dataChange":true}}\n');
    const snapshot = await readSnapshot(lake, 't');
    expect(snapshot?.version).toBe(11);
    expect([...(snapshot?.files.keys() ?? [])]).toEqual(['b']);
    expect([...(snapshot?.tombstones.keys() ?? [])].sort()).toEqual(['a', 'gone']);
  });

  test('with a part missing is passed over for an older one', async () => {
    await putParts({
      [checkpointKey('t', 9)]: [...common, row({ add: add('a') })],
      [part(10, 1, 2)]: common,
    });
    await lake.bucket.put(entryKey('t', 10), '{"txn":{"appId":"b","version":2}}\n');
    await lake.bucket.put(lastCheckpointKey('t'), '{"version":10,"size":9,"parts":2}');
    const snapshot = await readSnapshot(lake, 't');
    expect(snapshot?.version).toBe(10);
    expect([...(snapshot?.files.keys() ?? [])]).toEqual(['a']);
    expect(snapshot?.txns.get('b')).toBe(2);
  });
});
