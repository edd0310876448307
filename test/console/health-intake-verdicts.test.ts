import type { EventDay, EventsHealth, WarehouseHealth } from '../../console/api/health';
import { eventsVerdict, receivedVerdict, warehouseVerdict } from '../../console/app/health/intake-verdicts';

const NOW = new Date('2025-03-30T12:00:00Z');
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

const EMPTY = { waiting: 0, in_flight: 0, oldest_seconds: null };
const events = (given: Partial<EventsHealth>): EventsHealth => ({
  queue: EMPTY,
  dead_letters: 0,
  iterator_age_seconds: null,
  rates: [],
  ...given,
});
const http = (events_in_hour: number) => ({
  origin: 'http' as const,
  events_in_hour,
  last_at: minutesAgo(90),
});

test.each<[string, Partial<EventsHealth>, string, string | undefined]>([
  ['there are no entry points', { queue: null }, 'Off', undefined],
  ['none came ever', {}, 'No events yet', undefined],
  ['none came for an hour', { rates: [http(0)] }, 'No events in the last hour', undefined],
  ['some came', { rates: [http(5)] }, 'Receiving', undefined],
  ['records are dead letters', { dead_letters: 1, rates: [http(5)] }, 'Dead letters', 'dead-letters'],
  [
    'an event has waited for half an hour in the queue',
    { queue: { ...EMPTY, waiting: 1, oldest_seconds: 1800 } },
    'Events waiting too long',
    'events-wait',
  ],
  [
    'ingest is behind in the stream',
    { iterator_age_seconds: 1800 },
    'Events waiting too long',
    'events-wait',
  ],
])('of the event intake, where %s', (_, given, word, section) => {
  const verdict = eventsVerdict(events(given), NOW);
  expect([verdict.word, verdict.section]).toEqual([word, section]);
});

const day = (given: Partial<EventDay>): EventDay => ({
  ...{ day: '2025-03-30', origin: 'http', received: 100, distinct: 100, duplicates: 0, bots: 0, rejected: 0 },
  ...given,
});
test.each<[string, EventDay[], string]>([
  ['no file came', [], 'No events in three days'],
  ['all are accounted for', [day({}), day({ origin: 'sqs', rejected: 4 })], 'Adds up'],
  ['one of twenty is rejected', [day({ rejected: 5 })], 'Many rejected'],
  ['more are stored than came', [day({}), day({ duplicates: -1 })], 'Does not add up'],
])('of the events received, where %s', (_, days, word) => {
  expect(receivedVerdict({ days, reasons: [], is_partial: false }).word).toBe(word);
});

const loaded = (loaded_version: number, minutes: number): WarehouseHealth => ({
  has_warehouse: true,
  status: {
    server: 's',
    migration: 1,
    tables: [{ table: 'orders', loaded_version, lake_version: 3, loaded_at: minutesAgo(minutes) }],
    rows: {},
    ingested_events: 0,
  },
});
test.each<[string, WarehouseHealth, string]>([
  ['there is none', { has_warehouse: false, status: null }, 'None'],
  ['it was not asked', { has_warehouse: true, status: null }, 'Not asked'],
  ['it has the newest version', loaded(3, 600), 'Up to date'],
  ['a load can still come', loaded(2, 29), 'Loading'],
  ['no load came', loaded(2, 30), 'Behind'],
])('of the warehouse, where %s', (_, given, word) => {
  expect(warehouseVerdict(given, NOW).word).toBe(word);
});
