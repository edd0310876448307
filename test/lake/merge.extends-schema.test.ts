import { changedRows } from '../../lake/changes';
import { TableMismatchError } from '../../lake/errors';
import { entryKey } from '../../lake/log';
import { compact } from '../../lake/maintenance/compaction';
import { scan } from '../../lake/scan';
import { parseSchemaString, schemaString } from '../../lake/schema';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';
import type { TableSpec } from '../../lake/table-spec';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, type TestLake, THINGS, thing } from '../builders/test-lake';

/** THINGS with two more columns, one of them before its own last ones. */
const EXTENDED: TableSpec = {
  ...THINGS,
  columns: [
    ...THINGS.columns.slice(0, 3),
    { name: 'cost', type: 'decimal(18,4)' },
    ...THINGS.columns.slice(3),
    { name: 'label', type: 'string' },
  ],
};

let lake: TestLake;
beforeEach(async () => {
  lake = await openTestLake();
});
afterEach(() => lake.close());

async function snapshotOf(version?: number): Promise<Snapshot> {
  const snapshot = await readSnapshot(lake, THINGS.location, version);
  if (!snapshot) throw new Error('no table');
  return snapshot;
}

const metadataOf = (version: number) =>
  (lake.bucket.text(entryKey(THINGS.location, version)) ?? '')
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).metaData ?? []);

const rowsOf = async (snapshot: Snapshot) => {
  await scan(lake, snapshot, EXTENDED, 'extended', ['id', 'cost', 'label']);
  return lake.db.rows('select * from extended order by id');
};

const added = (id: number, version: number) => thing(id, 'a', version, { cost: '0.5000', label: 'new' });
const NEW_ROW = { id: '2', cost: '0.5000', label: 'new' };
const OLD_ROW = { id: '1', cost: null, label: null };

test('a table without some columns gets them in the commit of the next merge, behind its own', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const before = await snapshotOf();
  expect(await mergeRows(lake, EXTENDED, [added(2, 1)])).toMatchObject({ version: 1, inserted: 1 });
  const names = [
    ...THINGS.columns,
    { name: 'cost', type: 'decimal(18,4)' },
    { name: 'label', type: 'string' },
  ];
  const { schemaString: extended, ...metadata } = (await snapshotOf()).metadata;
  expect(parseSchemaString(extended)).toEqual(
    names.map((column) => ({ ...column, invariant: undefined, isPseudonym: false })),
  );
  expect({ ...metadata, schemaString: before.metadata.schemaString }).toEqual(before.metadata);
  expect(await rowsOf(await snapshotOf())).toEqual([OLD_ROW, NEW_ROW]);
  const read = (await readDeltaRows(lake.bucket, THINGS.location)).map(({ id, cost, label }) => ({
    id,
    cost,
    label,
  }));
  expect(read).toEqual(expect.arrayContaining([OLD_ROW, NEW_ROW]));

  // Once it has them, a commit leaves the schema as it is, and rewrites older files with the new columns.
  expect(await mergeRows(lake, EXTENDED, [added(1, 2)])).toMatchObject({ version: 2, updated: 1 });
  expect(metadataOf(2)).toEqual([]);
  expect(await rowsOf(await snapshotOf())).toEqual([{ ...NEW_ROW, id: '1' }, NEW_ROW]);
});

test('the version before can still be read, by either specification, and its differences are known', async () => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1), thing(3, 'a', 1)]);
  await mergeRows(lake, EXTENDED, [added(1, 2)]);
  expect(await rowsOf(await snapshotOf(0))).toEqual([OLD_ROW, { ...OLD_ROW, id: '3' }]);
  await scan(lake, await snapshotOf(0), THINGS, 'original');
  expect(await lake.db.rows('select id from original order by id')).toEqual([{ id: '1' }, { id: '3' }]);
  const changed = await changedRows(lake, EXTENDED, 0, await snapshotOf());
  expect(await lake.db.rows(`select _change, id, cost from ${changed} order by _change desc`)).toEqual([
    { _change: 'before', id: '1', cost: null },
    { _change: 'after', id: '1', cost: '0.5000' },
  ]);
});

test('what another writer says of its fields and of the table stays', async () => {
  const [id, ...rest] = JSON.parse(schemaString(THINGS.columns)).fields;
  const fields = [{ ...id, nullable: false, metadata: { comment: 'the key' } }, ...rest];
  const metaData = {
    id: 'table',
    description: 'of another writer',
    format: { provider: 'parquet', options: {} },
    schemaString: JSON.stringify({ type: 'struct', fields }),
    partitionColumns: ['place'],
    configuration: { 'delta.logRetentionDuration': 'interval 7 days' },
  };
  const creation = [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }];
  await lake.bucket.put(
    entryKey(THINGS.location, 0),
    creation.map((action) => JSON.stringify(action)).join('\n'),
  );
  await mergeRows(lake, EXTENDED, [added(2, 1)]);
  const [{ schemaString: extended, ...kept }] = metadataOf(1);
  expect({ ...kept, schemaString: metaData.schemaString }).toEqual(metaData);
  expect(JSON.parse(extended).fields.slice(0, fields.length)).toEqual(fields);
});

test('a merge that changes nothing extends nothing; a commit of a txn alone, or a compaction, does', async () => {
  for (const id of [1, 3]) await mergeRows(lake, THINGS, [thing(id, 'a', 1)], { targetFileBytes: 40 });
  expect(await mergeRows(lake, EXTENDED, [])).toMatchObject({ version: 1, attempts: 0 });
  await mergeRows(lake, EXTENDED, [], { txns: [{ appId: 'a', version: 1 }] });
  expect(metadataOf(2)).toHaveLength(1);
  expect(await rowsOf(await snapshotOf())).toEqual([OLD_ROW, { ...OLD_ROW, id: '3' }]);

  const more: TableSpec = { ...EXTENDED, columns: [...EXTENDED.columns, { name: 'more', type: 'long' }] };
  expect(await compact(lake, more, await snapshotOf())).toMatchObject({ removed: 2, added: 1 });
  expect(metadataOf(3)).toHaveLength(1);
  await scan(lake, await snapshotOf(), more, 'more_things');
  expect(await lake.db.rows('select id, more from more_things order by id')).toEqual([
    { id: '1', more: null },
    { id: '3', more: null },
  ]);
});

describe('where another writer commits first', () => {
  /** Lets it write right before our next commit. */
  function compete(write: () => Promise<unknown>): void {
    lake.bucket.before = async ({ operation, key }) => {
      if (operation !== 'putIfAbsent' || !key.includes('_delta_log')) return;
      lake.bucket.before = undefined;
      await write();
    };
  }

  beforeEach(() => mergeRows(lake, THINGS, [thing(1, 'a', 1)]));

  test('the same columns are not added again', async () => {
    compete(() => mergeRows(lake, EXTENDED, [added(3, 1)]));
    expect(await mergeRows(lake, EXTENDED, [added(2, 1)])).toMatchObject({ version: 2, attempts: 2 });
    expect([metadataOf(1).length, metadataOf(2).length]).toEqual([1, 0]);
    expect(await rowsOf(await snapshotOf())).toEqual([OLD_ROW, NEW_ROW, { ...NEW_ROW, id: '3' }]);
  });

  test('one that knows of none of them changes nothing about that', async () => {
    compete(() => mergeRows(lake, THINGS, [thing(3, 'a', 1)]));
    expect(await mergeRows(lake, EXTENDED, [added(2, 1)])).toMatchObject({ version: 2, attempts: 2 });
    expect([metadataOf(1).length, metadataOf(2).length]).toEqual([0, 1]);
    expect(await rowsOf(await snapshotOf())).toEqual([OLD_ROW, NEW_ROW, { ...OLD_ROW, id: '3' }]);
  });

  test.each([
    ['another column', 'other', 'long'],
    ['one of them with another type', 'cost', 'long'],
  ] as const)('that adds %s: the merge is refused', async (_, name, type) => {
    const other: TableSpec = { ...THINGS, columns: [...THINGS.columns, { name, type }] };
    compete(() => mergeRows(lake, other, [thing(3, 'a', 1, { [name]: 7 })]));
    await expect(mergeRows(lake, EXTENDED, [added(2, 1)])).rejects.toThrow(TableMismatchError);
    expect((await snapshotOf()).version).toBe(1);
  });
});

test.each<[string, Partial<TableSpec>]>([
  ['a key column, which is never null', { key: ['id', 'label'] }],
  ['a partition column', { partitionColumns: ['place', 'label'] }],
])('a table without %s is not written', async (_, layout) => {
  await mergeRows(lake, THINGS, [thing(1, 'a', 1)]);
  const merging = mergeRows(lake, { ...EXTENDED, ...layout }, [added(2, 1)]);
  await expect(merging).rejects.toThrow(TableMismatchError);
  expect((await snapshotOf()).version).toBe(0);
});
