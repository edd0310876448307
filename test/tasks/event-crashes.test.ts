import type { Fault } from '../builders/faulty-process';
import { EVENT_MARTS, eventCatalog } from '../builders/kpi-catalog';
import { readDeltaRows } from '../builders/read-delta';
import { readMarts, sortedRows } from '../builders/read-marts';
import { computeVisits } from '../reference/visits';
import { EventShop, STEPS, type Step } from './event-shop';

/**
 * The crash matrix of events in memory: every write of collect, ingest, validate, stage and transform fails in each way. `npm test` has
 * some of the writes, `npm run test:crash -- --event-tasks` all of them.
 */

type Mode = Omit<Fault, 'write'>;
const MODES: Readonly<Record<string, Mode>> = {
  refused: { isApplied: false, isFatal: false },
  lost: { isApplied: true, isFatal: false },
  'killed-before': { isApplied: false, isFatal: true },
  'killed-after': { isApplied: true, isFatal: true },
};

let shop: EventShop;
beforeEach(() => {
  shop = new EventShop();
});
afterEach(() => shop.close());

/** Every accepted event is once in staging/ and in the marts, in the lake and in DynamoDB, and every bad record is reported. */
async function expectExact(): Promise<void> {
  const { pipeline, accepted } = shop;
  const expected = [...accepted.values()];
  const dayOf = (at: bigint) => new Date(Number(at / 1000n)).toISOString().slice(0, 10);
  const events = await readDeltaRows(pipeline.bucket, 'staging/events');
  expect(sortedRows(events.map((row) => pick(row, ['event_id', 'event_name', 'day', 'source'])))).toEqual(
    sortedRows(
      expected.map(({ id, name, at, source }) => ({
        event_id: id,
        event_name: name,
        day: dayOf(at),
        source,
      })),
    ),
  );
  const items = await readDeltaRows(pipeline.bucket, 'staging/event_items');
  const columns = ['event_id', 'item_index', 'product_id', 'list_name'];
  expect(sortedRows(items.map((row) => pick(row, columns)))).toEqual(
    sortedRows(
      expected.flatMap(({ id, items: those }) =>
        those.map(({ product, list }, at) => ({
          event_id: id,
          item_index: `${at}`,
          product_id: product,
          list_name: list,
        })),
      ),
    ),
  );
  const marts = await pipeline.withLake((lake) => readMarts(lake, eventCatalog));
  const computed = computeVisits(expected);
  expect(Object.keys(computed).sort()).toEqual(EVENT_MARTS);
  for (const name of EVENT_MARTS)
    expect({ name, rows: sortedRows(marts[name] ?? []) }).toEqual({
      name,
      rows: sortedRows(computed[name] ?? []),
    });
  expect(await pipeline.verify()).toMatchObject({ differences: 0, is_current: true });
  const dead = new Map(shop.deadLetters.map((letter) => [letter.position, letter]));
  expect([...dead.keys()].sort()).toEqual([...shop.badPositions].sort());
  for (const { reason, base64 } of dead.values())
    expect({ reason, base64 }).toEqual({
      reason: 'expected UTF-8 text with JSON, got other bytes',
      base64: 'H4v/',
    });
  const reports = pipeline.bucket.keys('rejected/').map((key) => pipeline.bucket.text(key));
  for (const text of shop.badTexts)
    expect({ text, isReported: reports.some((report) => report?.includes(text)) }).toEqual({
      text,
      isReported: true,
    });
}

const pick = (row: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

/** In the short test, the number of the write at which each step fails, by mode. */
const SAMPLE: Readonly<Record<string, Readonly<Record<Step, number>>>> = {
  refused: writes(1, 1, 1, 2, 4),
  lost: writes(1, 2, 2, 4, 15),
  'killed-before': writes(1, 2, 1, 5, 9),
  'killed-after': writes(1, 1, 3, 1, 21),
};

function writes(collect: number, ingest: number, validate: number, stage: number, transform: number) {
  return {
    'collect to SQS': collect,
    'collect to Kinesis': collect,
    'ingest of SQS': ingest,
    'ingest of Kinesis': ingest,
    'ingest of Kafka': ingest,
    validate,
    stage,
    transform,
  };
}

test.each(Object.entries(MODES))(
  'no event is lost or doubled if every process fails once: %s',
  async (mode, fault) => {
    await shop.round();
    const faults = STEPS.map((step) => [step, { ...fault, write: SAMPLE[mode]?.[step] ?? 1 }]);
    expect(await shop.round(Object.fromEntries(faults))).toEqual(STEPS);
    await expectExact();
  },
  120_000,
);

const CASES = STEPS.flatMap((step) => Object.keys(MODES).map((mode) => [step, mode] as const));

if (process.env.DAYBOOK_CRASH === 'all')
  test.each(CASES)(
    'no event is lost or doubled at any write: %s %s',
    async (step, mode) => {
      await shop.round();
      let write = 0;
      for (let failed: Step[] = [step]; failed.length > 0; ) {
        write += 1;
        failed = await shop.round({ [step]: { ...MODES[mode], write } });
        await expectExact();
      }
      process.stderr.write(`${step} ${mode}: ${write - 1} writes\n`);
      expect(write).toBeGreaterThan(1);
    },
    1_200_000,
  );
