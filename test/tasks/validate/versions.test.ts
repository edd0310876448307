import { batchManifestKey, routingKey } from '../../../domain/object-keys';
import { MOVE_GROUP_FILES } from '../../../domain/workflow';
import { ManifestMissingError } from '../../../storage/batch-manifest';
import { failOnce } from '../../builders/memory-bucket';
import { EXECUTION, order, orders, UPLOADED_AT, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const KEY = 'input/orders.csv';

describe('the version that the batch names', () => {
  test('is gone when the key does not exist', async () => {
    await validation.add(KEY, orders(1));
    await validation.bucket.delete(KEY);
    const { counts } = await validation.run();
    expect(counts).toMatchObject({ files: 1, valid: 0, gone: 1 });
    expect(validation.of(KEY)).toMatchObject({ outcome: 'gone', rows: 0 });
    expect(validation.of(KEY).destination).toBeUndefined();
    expect(validation.routing).toMatchObject({ valid: [], invalid: [] });
  });

  test('is replaced when the object has another ETag', async () => {
    await validation.add(KEY, orders(1));
    await validation.bucket.put(KEY, orders(2));
    const { counts } = await validation.run();
    expect(counts).toMatchObject({ replaced: 1, rows: 0 });
    expect(validation.of(KEY).outcome).toBe('replaced');
  });

  test('is replaced when the same bytes were uploaded again later, because their rows need the later time', async () => {
    await validation.add(KEY, orders(1), '2025-04-08T10:00:00.250Z');
    validation.now = new Date('2025-04-08T10:00:02.000Z');
    await validation.bucket.put(KEY, orders(1));
    await validation.run();
    expect(validation.of(KEY).outcome).toBe('replaced');
  });

  test('is found when Last-Modified is the second in which the upload ended', async () => {
    validation.now = new Date('2025-04-08T10:00:01.000Z');
    await validation.add(KEY, orders(1), '2025-04-08T10:00:00.250Z');
    await validation.run();
    expect(validation.of(KEY)).toMatchObject({ outcome: 'valid', rows: 1 });
  });

  test('is replaced, and not read in part, when it changes between the check and the read', async () => {
    await validation.add(KEY, orders(1));
    validation.bucket.before = async ({ operation }) => {
      if (operation !== 'download') return;
      validation.bucket.before = undefined;
      await validation.bucket.put(KEY, orders(2));
    };
    await validation.run();
    expect(validation.of(KEY).outcome).toBe('replaced');
  });
});

describe('the routing', () => {
  const AWKWARD = [
    'input/with space/a+b %41 "quoted";semi.orders.csv',
    "input/it's (1)!.csv",
    'input/../../etc/passwd.csv',
    'input/ünï/😀.csv',
    `input/${'long/'.repeat(198)}x.csv`,
  ];

  test('names the validated version of every file, and its destination', async () => {
    for (const key of AWKWARD) await validation.add(key, orders(1));
    await validation.add('input/orders.txt', 'x');
    await validation.run();
    expect(validation.routing).toMatchObject({
      execution_id: EXECUTION,
      valid_count: 5,
      invalid_count: 1,
      valid: [0],
      invalid: [0],
    });
    const [moves = []] = validation.moves('valid');
    expect(moves.map(({ key }) => key)).toEqual(AWKWARD);
    for (const { key, etag, size, uploaded_at, destination } of moves) {
      const { bytes } = validation.of(key);
      expect({ etag, size, uploaded_at }).toEqual({
        etag: validation.of(key).etag,
        size: bytes,
        uploaded_at: UPLOADED_AT,
      });
      expect(destination.startsWith(`archive/${EXECUTION}/`)).toBe(true);
      expect(Buffer.byteLength(destination)).toBeLessThanOrEqual(1024);
    }
    expect(validation.moves('invalid')).toEqual([
      [expect.objectContaining({ destination: `rejected/${EXECUTION}/orders.txt` })],
    ]);
  });

  test('gives files of the same name in different folders different destinations', async () => {
    await validation.add('input/eu/orders.csv', orders(1));
    await validation.add('input/us/orders.csv', orders(2));
    await validation.run();
    const moves = validation.moves('valid').flat();
    expect(moves.map(({ destination }) => destination)).toEqual([
      `archive/${EXECUTION}/eu/orders.csv`,
      `archive/${EXECUTION}/us/orders.csv`,
    ]);
    expect(await validation.rows('input/us/orders.csv')).toHaveLength(2);
  });

  test('stays small for any number of files, and every file is in a group', async () => {
    const keys = Array.from({ length: MOVE_GROUP_FILES + 1 }, (_, at) => `input/${'ü'.repeat(400)}${at}.txt`);
    for (const key of keys) await validation.add(key, 'x');
    await validation.run();
    expect(validation.bucket.text(routingKey(EXECUTION))?.length).toBeLessThan(1000);
    const groups = validation.moves('invalid');
    expect(groups.map(({ length }) => length)).toEqual([MOVE_GROUP_FILES, 1]);
    expect(groups.flat().map(({ key }) => key)).toEqual(keys);
  });
});

describe('running again', () => {
  test('a second run writes the same objects and returns the same result', async () => {
    await validation.add(KEY, orders(8, 'x'));
    await validation.add('input/products.csv', 'nothing');
    const first = await validation.run();
    const before = validation.bucket.keys().map((key) => [key, validation.bucket.objects.get(key)?.etag]);
    const second = await validation.run();
    expect(second).toEqual(first);
    expect(validation.bucket.keys().map((key) => [key, validation.bucket.objects.get(key)?.etag])).toEqual(
      before,
    );
  });

  test.each(['download', 'upload', 'put'] as const)(
    'a failed %s fails the task, and the next run succeeds',
    async (operation) => {
      for (let at = 0; at < 6; at += 1) await validation.add(`input/orders-${at}.csv`, orders(3));
      await validation.add('input/orders-6.csv', 'nothing');
      validation.bucket.before = failOnce(operation, (key) => !key.endsWith('batch.json'));
      await expect(validation.run()).rejects.toThrow('connection reset');
      expect(validation.bucket.text(routingKey(EXECUTION))).toBeUndefined();
      expect(validation.leftovers()).toEqual([]);
      const { counts } = await validation.run();
      expect(counts).toMatchObject({ files: 7, valid: 6, invalid: 1, rows: 18 });
    },
  );

  test('without its manifest the task fails and names the key', async () => {
    validation.bucket.after = async ({ operation, key }) => {
      if (operation === 'put') validation.bucket.objects.delete(key);
    };
    const failure = validation.run();
    await expect(failure).rejects.toThrow(ManifestMissingError);
    await expect(failure).rejects.toThrow(batchManifestKey(EXECUTION));
  });
});

test('a file with bad rows has a log line of its own, and one line has the totals of all files', async () => {
  const logged: unknown[] = [];
  await validation.add('input/orders-good.csv', orders(3));
  await validation.add(KEY, orders(9, 'x'));
  const info = (message: string, fields?: object) => logged.push({ message, ...fields });
  await validation.run({}, { logger: { info, warn: info, error: info } });
  expect(logged).toEqual([
    expect.objectContaining({ message: 'file validated', key: KEY, outcome: 'valid', rows: 9, bad_rows: 1 }),
    {
      message: 'files validated',
      counts: { files: 2, bytes: expect.any(Number), rows: 12, bad_rows: 1 },
    },
  ]);
});

test('the result keeps the order of the manifest, whatever order the files finish in', async () => {
  const keys = Array.from({ length: 12 }, (_, at) => `input/orders-${at}.csv`);
  for (const [at, key] of keys.entries()) await validation.add(key, orders(12 - at, order(99)));
  const { files } = await validation.run();
  expect(files.map(({ key, rows }) => [key, rows])).toEqual(keys.map((key, at) => [key, 13 - at]));
});
