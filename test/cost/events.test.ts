import { countDeployment, type DeploymentCounts } from '../../cost/deployment-counts';
import { idleUsage, monthUsage, monthWithEvents } from '../../cost/estimate';
import { eventExecutionsPerDay, eventFilesPerDay, eventUsage } from '../../cost/event-usage';
import { EVENTS } from '../../cost/measured';
import { billOf, listPriceOf } from '../../cost/usage';
import { DEFAULT_EVENTS } from '../../infra/events/event-options';
import { synthesize } from '../infra/template';

const SHOP = { rowsPerDay: 30_000, filesPerDay: 72, filesAtOnce: 3 };
const LOAD = { eventsPerDay: 30_000, perRequest: EVENTS.perRequest };

let without: DeploymentCounts;
let counts: DeploymentCounts;
let withStream: DeploymentCounts;
beforeAll(() => {
  const of = (events?: typeof DEFAULT_EVENTS) =>
    countDeployment(synthesize('', events && { events }).toJSON());
  without = of();
  counts = of(DEFAULT_EVENTS);
  withStream = of({ ...DEFAULT_EVENTS, stream: true });
});

test('the entry points are counted in the template', () => {
  expect(without.events).toBeUndefined();
  expect(counts.events).toEqual({ windowSeconds: 300, batchesAtOnce: 2, fileWaitMinutes: 60, shards: 0 });
  expect(withStream.events?.shards).toBe(1);
  expect(counts.alarmMetrics - without.alarmMetrics).toBe(5);
  expect(counts.secrets - without.secrets).toBe(1);
});

test('30,000 events a day cost a small shop at most 2 dollars a month more', () => {
  const more = billOf(monthWithEvents(SHOP, LOAD, counts)) - billOf(monthUsage(SHOP, without));
  expect(more).toBeGreaterThan(1);
  expect(more).toBeLessThanOrEqual(2);
});

test('without events their entry points cost the alarms and the secret', () => {
  const more = billOf(idleUsage(counts)) - billOf(idleUsage(without));
  expect(more).toBeCloseTo(5 * 0.1 + 0.4, 2);
  // The list price has the polls of the queue as well.
  expect(listPriceOf(idleUsage(counts)) - listPriceOf(idleUsage(without))).toBeCloseTo(0.9 + 0.26, 2);
});

test('files of events go with other files, and wait for an hour alone', () => {
  const { events } = counts;
  if (!events) throw new Error('the template has no events');
  expect(eventFilesPerDay(LOAD, events)).toBe(2 * 288);
  expect(eventFilesPerDay({ eventsPerDay: 40, perRequest: 4 }, events)).toBe(10);
  expect(eventExecutionsPerDay(LOAD, 24, counts)).toBe(0);
  expect(eventExecutionsPerDay(LOAD, 0, counts)).toBe(24);
  expect(eventExecutionsPerDay({ eventsPerDay: 40, perRequest: 4 }, 0, counts)).toBe(10);
  const eager = { ...counts, events: { ...events, fileWaitMinutes: 0 } };
  expect(eventExecutionsPerDay(LOAD, 24, eager)).toBe(288 - 24);
});

test('a stream costs its shard while idle, and takes the records in place of the queue', () => {
  const idle = listPriceOf(idleUsage(withStream)) - listPriceOf(idleUsage(counts));
  // The alarm on its age, and the shard.
  expect(idle).toBeCloseTo(0.1 + 720 * 0.015, 2);
  const prices = eventUsage(LOAD, withStream).map(({ price }) => price);
  expect(prices).toContain('streamWrites');
  expect(eventUsage({ ...LOAD, eventsPerDay: 0 }, counts)).toEqual([]);
});
