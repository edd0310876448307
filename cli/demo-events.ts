import { setTimeout as sleep } from 'node:timers/promises';
import { catalog } from '../catalog/catalog';
import { eventContracts } from '../domain/events/event-files';
import type { ResourceNames } from '../domain/names';
import { plural } from '../domain/plural';
import { DEFAULT_SETTINGS } from '../domain/values';
import { simulatedEvents } from '../fixtures/generator/events/simulation';
import type { Deployment } from '../operations/deployment';
import { type Endpoint, pauseUnless, type SendTotals, sendEvents } from '../operations/events/send-events';
import type { LiveView } from '../operations/live/live-view';
import type { LiveNumbers } from '../operations/live/views';
import { s3Bucket } from '../storage/s3-bucket';
import { CommandFailure } from './failure';
import { formatSeconds } from './table';

const EVENTS = 1_500;
const BATCH = 500;
/** So few at a time that most visits are complete. */
const SIMULATION = { rate: 0.5, bots: 0.05, seed: 7, run: 'demo' };
const LOOK_AGAIN_MS = 200;
/** Far longer than ingest takes for a batch, also on a busy machine. */
const STALLED_MS = 120_000;

export interface DemoEvents extends LiveNumbers {
  readonly totals: SendTotals;
}

/**
 * Sends the same events in every demo, and waits until all of them are in files.
 * @param temporaryDirectory deleted by the caller
 * @throws CommandFailure if an event was not accepted, or did not come into a file
 */
export async function sendDemoEvents(
  endpoint: Endpoint,
  { s3, bucket, names }: Pick<Deployment, 's3' | 'bucket' | 'names'>,
  temporaryDirectory: string,
): Promise<DemoEvents> {
  const totals = await sendEvents(endpoint, demoBatches(), {
    fetch,
    pause: pauseUnless,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  if (totals.accepted < EVENTS) throw new CommandFailure(`not all events were accepted: ${totals.reason}`);
  const kinds = eventContracts(catalog.contracts);
  if (!kinds) throw new CommandFailure('no contract makes rows of events: daybook contract list');
  const { LiveView } = await import('../operations/live/live-view');
  const view = await LiveView.open({
    bucket: s3Bucket(s3, bucket),
    kinds,
    settings: DEFAULT_SETTINGS,
    clock: () => new Date(),
    temporaryDirectory,
  });
  try {
    return { totals, ...(await untilInFiles(EVENTS, view, names, STALLED_MS)) };
  } finally {
    await view.close();
  }
}

/**
 * Waits until so many events are in files.
 * @param stalledMs how long no further event may come
 * @throws CommandFailure that says where to look for the cause
 */
export async function untilInFiles(
  events: number,
  view: Pick<LiveView, 'numbers'>,
  { ingest, eventQueue, eventDeadLetterQueue }: ResourceNames,
  stalledMs: number,
): Promise<LiveNumbers> {
  let most = 0;
  let changedAt = performance.now();
  for (;;) {
    const numbers = await view.numbers();
    const { lines } = numbers.received;
    if (lines >= events) return numbers;
    if (lines > most) changedAt = performance.now();
    most = lines;
    if (performance.now() - changedAt >= stalledMs) {
      throw new CommandFailure(
        `${lines} of ${plural(events, 'accepted event')} are in files, and no other came for ${formatSeconds(stalledMs)}. ` +
          'The files of a demo are deleted: to find the cause, run daybook local and daybook events send, then look at ' +
          `logs/lambda/${ingest}.log in the data directory, and at the queues ${eventQueue} and ${eventDeadLetterQueue}`,
      );
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

async function* demoBatches(): AsyncGenerator<object[]> {
  const events = simulatedEvents(SIMULATION);
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    const event_time = new Date().toISOString();
    yield Array.from({ length: BATCH }, () => ({ ...events.next().value, event_time }));
  }
}
