import type { DeploymentCounts, EventCounts } from './deployment-counts';
import { ofTable } from './kpi-writes';
import {
  EVENT_FILE_WRITES,
  EVENT_ROWS,
  EVENTS,
  LEDGER_ITEM_BYTES,
  LEDGER_WRITES,
  S3_REQUESTS,
} from './measured';
import type { Usage } from './usage';

/** Events that arrive by HTTP, evenly over the month. */
export interface EventLoad {
  readonly eventsPerDay: number;
  /** Events of one request. */
  readonly perRequest: number;
}

const DAYS = 30;
const GB = 1e9;
const STORED_DAYS = 360;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const POLLERS = 5;
const POLL_SECONDS = 20;

/** What the entry points use while no event arrives, besides their alarms and their secret, which are counted with the others. */
export function idleEventUsage({ events }: DeploymentCounts): Usage[] {
  if (!events) return [];
  return [
    {
      price: 'sqsRequests',
      quantity: polls(0),
      what: `Lambda polls the queue of events: ${POLLERS} pollers, ${60 / POLL_SECONDS} a minute`,
    },
    { price: 'shardHours', quantity: events.shards * 24 * DAYS, what: 'the stream of events' },
  ];
}

/**
 * What events use in a month, without the executions of their files.
 * @returns nothing if there are no events, or no entry points
 */
export function eventUsage({ eventsPerDay, perRequest }: EventLoad, counts: DeploymentCounts): Usage[] {
  const { events, functionMemoryGb } = counts;
  if (!events || eventsPerDay === 0) return [];
  const requests = (eventsPerDay / perRequest) * DAYS;
  const files = eventFilesPerDay({ eventsPerDay, perRequest }, events) * DAYS;
  const storedGb = (bytes: number) => (eventsPerDay * STORED_DAYS * bytes) / GB;
  const queue: Usage[] = [
    { price: 'sqsRequests', quantity: requests, what: 'collect sends a message for each request' },
    {
      price: 'sqsRequests',
      quantity: polls(requests) - polls(0) + requests / 10,
      what: 'Lambda receives each, and deletes ten at a time',
    },
  ];
  const stream: Usage[] = [{ price: 'streamWrites', quantity: requests, what: 'collect writes a record' }];
  return [
    { price: 'httpRequests', quantity: requests, what: `requests with ${perRequest} events each` },
    { price: 'lambdaRequests', quantity: requests + files, what: 'collect and ingest' },
    {
      price: 'lambdaTime',
      quantity: (requests * EVENTS.collectSeconds + files * EVENTS.ingestSeconds) * functionMemoryGb,
      what: 'collect and ingest',
    },
    ...(events.shards > 0 ? stream : queue),
    { price: 'secretReads', quantity: EVENTS.keyReadsPerMonth, what: 'collect reads the API keys' },
    {
      price: 's3Writes',
      quantity: files * EVENT_FILE_WRITES,
      what: `${EVENT_FILE_WRITES} for each file of events`,
    },
    { price: 's3Reads', quantity: files * S3_REQUESTS.readsPerFile, what: 'files of events' },
    { price: 'sqsRequests', quantity: 4 * files, what: 'messages of these files' },
    { price: 'dynamoWrites', quantity: LEDGER_WRITES * files, what: 'the ledger: files of events' },
    {
      price: 'dynamoStorage',
      quantity: (2 * files * 3 * LEDGER_ITEM_BYTES) / GB,
      what: 'the ledger, 90 days',
    },
    ...martWrites({ eventsPerDay, perRequest }, counts),
    { price: 's3Standard', quantity: storedGb(EVENTS.rawBytes), what: 'archive/: files of events' },
    {
      price: 's3Standard',
      quantity: storedGb(EVENTS.lakeBytes),
      what: 'staging/events, staging/event_items',
    },
    { price: 'logs', quantity: (files * EVENTS.batchLogBytes) / GB, what: 'ingest' },
    { price: 'traces', quantity: files, what: 'ingest' },
  ];
}

/** Every execution with files of events, whether other files are in it or not, changes rows of today. */
function martWrites(load: EventLoad, counts: DeploymentCounts): Usage[] {
  const executions = eventExecutionsPerDay(load, 0, counts) * DAYS;
  return counts.tables.flatMap(({ name }): Usage[] => {
    const rows = ofTable(EVENT_ROWS, name);
    if (rows === undefined) return [];
    return [
      { price: 'dynamoWrites', quantity: executions * rows, what: `${name}: ${rows} rows of an execution` },
    ];
  });
}

/**
 * Requests of a month with which Lambda receives messages that come at random. A poll ends with a message, or after 20 seconds, so a
 * message replaces a poll that would have waited.
 */
function polls(messages: number): number {
  const seconds = DAYS * 86_400;
  const rate = messages / seconds / POLLERS;
  const mean = rate === 0 ? POLL_SECONDS : (1 - Math.exp(-rate * POLL_SECONDS)) / rate;
  return (POLLERS * seconds) / mean;
}

/** Every window each batch that Lambda passes at a time is a file, if there are events for it. */
export function eventFilesPerDay({ eventsPerDay, perRequest }: EventLoad, events: EventCounts): number {
  const windows = 86_400 / events.windowSeconds;
  return Math.min(eventsPerDay / perRequest, windows * Math.max(events.batchesAtOnce, events.shards));
}

/** Executions per day for files of events alone, beyond those of other files, with which they go. */
export function eventExecutionsPerDay(
  load: EventLoad,
  otherExecutions: number,
  { events }: DeploymentCounts,
): number {
  if (!events) return 0;
  const most = events.fileWaitMinutes > 0 ? (24 * 60) / events.fileWaitMinutes : 24 * 12;
  return Math.max(0, Math.min(most, eventFilesPerDay(load, events)) - otherExecutions);
}
