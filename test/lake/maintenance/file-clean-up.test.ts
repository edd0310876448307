import { MissingDataFileError, UnsupportedTableError } from '../../../lake/errors';
import { removeUnneededFiles } from '../../../lake/maintenance/file-clean-up';
import { THINGS } from '../../builders/test-lake';
import { DAY, History, HOUR } from './history';

let history: History;
beforeEach(async () => {
  history = await History.open();
});
afterEach(() => history.close());

const cleanUp = () => removeUnneededFiles(history.lake, THINGS, new Date(history.now - 7 * DAY));
const files = () => history.bucket.keys('staging/things/').filter((key) => key.endsWith('.parquet'));
const after = (days: number) => {
  history.now += days * DAY;
};

test('a file that was removed stays for the retention, and goes then', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  await history.commit([await history.upload('b.parquet')], ['a.parquet']);
  after(6.9);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
  after(0.2);
  expect(await cleanUp()).toMatchObject({ removed: 1 });
  expect(files()).toEqual(['staging/things/b.parquet']);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
});

test('a file that was removed a moment ago stays, however old it is, and whatever its writer took the time to be', async () => {
  await history.commit([await history.upload('old.parquet'), await history.upload('live.parquet')], []);
  after(100);
  await history.commit([], ['old.parquet'], -90 * DAY);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
});

test('a removal that only its own time tells, the entry being gone or copied, counts from that time', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  after(10);
  await history.commit([], ['a.parquet'], 9 * DAY);
  after(8);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
  after(9);
  expect(await cleanUp()).toMatchObject({ removed: 1 });
});

test('what a writer uploaded stays while it may yet commit it, and goes when it never did', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  after(10);
  await history.upload('place=a/late.parquet');
  after(0.1);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
  after(7);
  expect(await cleanUp()).toMatchObject({ removed: 1 });
  expect(files()).toEqual(['staging/things/a.parquet']);
});

test('a file that is committed between the listing and the log stays', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  const old = await history.upload('restored.parquet');
  after(20);
  history.bucket.after = async ({ operation }) => {
    if (operation !== 'list') return;
    history.bucket.after = undefined;
    await history.commit([old], []);
  };
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
});

test('only data files go: not the log, nor what begins with an underscore or a dot, nor other tables', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  const others = [
    '_symlinks/x.parquet',
    '.hidden/x.parquet',
    'place=a/_SUCCESS',
    'readme.txt',
    '../things2/x.parquet',
  ];
  for (const name of others) await history.bucket.put(`staging/things/${name}`.replace('things/../', ''), '');
  await history.upload('place=a/unknown.parquet');
  after(400);
  const before = history.bucket.keys();
  expect(await cleanUp()).toMatchObject({ removed: 1 });
  const gone = before.filter((key) => !history.bucket.objects.has(key));
  expect(gone).toEqual(['staging/things/place=a/unknown.parquet']);
});

test('a name that is encoded in the log is the one of the bucket', async () => {
  await history.upload('place=Men%2FWömen/a b.parquet');
  await history.commit(['place=Men%252FW%C3%B6men/a%20b.parquet'], []);
  after(400);
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
});

test('a table with a live file that is not there is left alone', async () => {
  await history.commit([await history.upload('a.parquet'), 'lost.parquet'], []);
  await history.upload('unknown.parquet');
  after(20);
  await expect(cleanUp()).rejects.toThrow(MissingDataFileError);
  expect(files()).toHaveLength(2);
});

test('a table that another writer gave a feature is left alone', async () => {
  await history.commit([await history.upload('a.parquet')], []);
  await history.upload('unknown.parquet');
  const protocol = { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['rowTracking'] };
  const key = 'staging/things/_delta_log/00000000000000000001.json';
  await history.bucket.put(key, `${JSON.stringify({ protocol })}\n`);
  after(20);
  await expect(cleanUp()).rejects.toThrow(UnsupportedTableError);
  expect(files()).toHaveLength(2);
});

test('a prefix without a table is left alone', async () => {
  await history.upload('a.parquet');
  history.now += 900 * HOUR;
  expect(await cleanUp()).toEqual({ removed: 0, bytes: 0 });
});
