import { setTimeout as sleep } from 'node:timers/promises';
import { catalog } from '../catalog/catalog';
import { eventContracts } from '../domain/events/event-files';
import { DEFAULT_SETTINGS } from '../domain/values';
import { simulatedEvents } from '../fixtures/generator/events/simulation';
import type { Deployment } from '../operations/deployment';
import { type Endpoint, pauseUnless, type SendTotals, sendEvents } from '../operations/events/send-events';
import type { LiveNumbers } from '../operations/live/views';
import { s3Bucket } from '../storage/s3-bucket';
import { CommandFailure } from './failure';

const EVENTS = 1_500;
const BATCH = 500;
/** So few at a time that most visits are complete. */
const SIMULATION = { rate: 0.5, bots: 0.05, seed: 7, run: 'demo' };
const LOOK_AGAIN_MS = 200;

export interface DemoEvents extends LiveNumbers {
  readonly totals: SendTotals;
}

/**
 * Sends the same events in every demo, and waits until all of them are in files.
 * @param temporaryDirectory deleted by the caller
 * @throws CommandFailure if an event was not accepted
 */
export async function sendDemoEvents(
  endpoint: Endpoint,
  { s3, bucket }: Pick<Deployment, 's3' | 'bucket'>,
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
    for (;;) {
      const numbers = await view.numbers();
      if (numbers.received.lines >= EVENTS) return { totals, ...numbers };
      await sleep(LOOK_AGAIN_MS);
    }
  } finally {
    await view.close();
  }
}

async function* demoBatches(): AsyncGenerator<object[]> {
  const events = simulatedEvents(SIMULATION);
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    const event_time = new Date().toISOString();
    yield Array.from({ length: BATCH }, () => ({ ...events.next().value, event_time }));
  }
}
