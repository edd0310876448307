import { writeCheckpoint } from '../../../lake/checkpoint';
import { checkpointKey, lastCheckpointKey } from '../../../lake/log';
import { checkpointWhenBehind } from '../../../lake/maintenance/checkpoint-when-behind';
import { cleanUpLog } from '../../../lake/maintenance/log-clean-up';
import { readSnapshot } from '../../../lake/snapshot';
import { THINGS } from '../../builders/test-lake';
import { DAY, History } from './history';

let history: History;
beforeEach(async () => {
  history = await History.open();
});
afterEach(() => history.close());

const LOCATION = THINGS.location;
const cleanUp = () => cleanUpLog(history.lake, LOCATION, new Date(history.now - 30 * DAY));
const log = () => history.bucket.keys(`${LOCATION}/_delta_log/`).map((key) => key.split('/').at(-1) ?? '');
const entries = () => log().flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));

async function commits(count: number, days: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await history.commit([await history.upload(`f${history.versions.length}.parquet`)], []);
    history.now += days * DAY;
  }
}

async function snapshot() {
  const found = await readSnapshot(history.lake, LOCATION);
  if (!found) throw new Error('no table');
  return found;
}

test('entries behind the newest checkpoint of before the retention go, and no other', async () => {
  await commits(4, 1);
  await writeCheckpoint(history.lake, await snapshot());
  await commits(4, 1);
  history.now += 28 * DAY;
  // Version 5 was the newest 30 days ago, and is read from the checkpoint of version 3.
  expect(await cleanUp()).toBe(3);
  expect(entries()).toEqual([3, 4, 5, 6, 7]);
  expect(new Set((await snapshot()).files.keys())).toEqual(history.live);
  expect(await cleanUp()).toBe(0);
});

test('without a checkpoint, or with one of a younger version alone, everything stays', async () => {
  await commits(4, 1);
  history.now += 100 * DAY;
  expect(await cleanUp()).toBe(0);
  await commits(1, 0);
  await writeCheckpoint(history.lake, await snapshot());
  expect(await cleanUp()).toBe(0);
  expect(entries()).toEqual([0, 1, 2, 3, 4]);
});

test('older checkpoints and checksums go too; what is not known stays', async () => {
  await commits(2, 1);
  await writeCheckpoint(history.lake, await snapshot());
  await history.bucket.put(`${LOCATION}/_delta_log/00000000000000000000.crc`, '{}');
  await history.bucket.put(`${LOCATION}/_delta_log/00000000000000000000.note`, '');
  await commits(2, 1);
  await writeCheckpoint(history.lake, await snapshot());
  history.now += 60 * DAY;
  expect(await cleanUp()).toBe(5);
  expect(log()).toEqual([
    '00000000000000000000.note',
    '00000000000000000003.checkpoint.parquet',
    '00000000000000000003.json',
    '_last_checkpoint',
  ]);
});

test('a checkpoint that cannot be read is nothing to clean up behind', async () => {
  await commits(3, 1);
  await writeCheckpoint(history.lake, await snapshot());
  await history.bucket.put(checkpointKey(LOCATION, 2), 'no Parquet');
  history.now += 60 * DAY;
  await expect(cleanUp()).rejects.toThrow();
  expect(entries()).toEqual([0, 1, 2]);
});

test('a reader who follows a pointer that lags behind still finds what it names', async () => {
  await commits(2, 1);
  await writeCheckpoint(history.lake, await snapshot());
  const lagging = history.bucket.text(lastCheckpointKey(LOCATION)) ?? '';
  await commits(2, 1);
  await writeCheckpoint(history.lake, await snapshot());
  await history.bucket.put(lastCheckpointKey(LOCATION), lagging);
  history.now += 60 * DAY;
  expect(await cleanUp()).toBe(1);
  expect(log()).toContain('00000000000000000001.checkpoint.parquet');
});

test('a checkpoint is written where the last is older than a few commits', async () => {
  await commits(3, 0);
  expect(await checkpointWhenBehind(history.lake, await snapshot())).toBeNull();
  await commits(1, 0);
  expect(await checkpointWhenBehind(history.lake, await snapshot())).toBe(3);
  expect(history.bucket.text(lastCheckpointKey(LOCATION))).toContain('"version":3');
  await commits(3, 0);
  expect(await checkpointWhenBehind(history.lake, await snapshot())).toBeNull();
});
