import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { z } from 'zod';
import { simulatedEvents } from '../fixtures/generator/events/simulation';
import { type Endpoint, pauseUnless, type SendTotals, sendEvents } from '../operations/events/send-events';
import { readAddress } from './address-file';
import { CommandFailure } from './failure';
import { share, wholeNumber } from './numbers';
import { withProgress } from './progress';
import { formatSeconds } from './table';

interface Options {
  readonly rate: number;
  readonly count?: number;
  readonly duration?: number;
  readonly batch?: number;
  readonly url?: string;
  readonly key?: string;
  readonly data: string;
  readonly bots: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** The most that an endpoint takes in one request. */
const MAX_BATCH = 500;

export function eventsSendCommand(): Command {
  return new Command('send')
    .description('send the events of a simulated shop to an endpoint, until Ctrl-C or as many as asked for')
    .option('--rate <n>', 'events per second', wholeNumber(1, 1_000_000), 10)
    .option('--count <n>', 'stop after this many events', wholeNumber(1, 1e12))
    .option('--duration <seconds>', 'stop after this time', wholeNumber(1, 31_536_000))
    .option(
      '--batch <n>',
      `events per request (default: those of a second, at most ${MAX_BATCH})`,
      wholeNumber(1, MAX_BATCH),
    )
    .option('--url <url>', "the endpoint's URL (default: DAYBOOK_EVENTS_URL, or that of the local pipeline)")
    .option('--key <key>', 'its API key (default: DAYBOOK_EVENTS_KEY, or that of the local pipeline)')
    .option('--data <directory>', "the local pipeline's directory, as given to daybook local", '.daybook')
    .option('--bots <share>', 'share of the visits that are of bots', share(1), 0.03)
    .option('--seed <n>', 'seed of the random numbers', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
The events are those of visits, with sessions, channels, devices and purchases, that happen now. Every run has ids of its own.
A request without an answer, or with 429 or 503, is repeated with the same ids, so no event is lost or counts twice. The exit
code is 1 if an event was not accepted.

Examples:
  $ daybook events send
  $ daybook events send --rate 200 --duration 60
  $ DAYBOOK_EVENTS_KEY=... daybook events send --url https://abc.execute-api.eu-central-1.amazonaws.com/events --count 1000`,
    )
    .action(async (options: Options) => {
      const endpoint = await endpointOf(options, process.env);
      const stopping = new AbortController();
      const stop = () => stopping.abort();
      process.once('SIGINT', stop).once('SIGTERM', stop);
      const started = Date.now();
      try {
        const totals = await withProgress('sending', options, ({ update }) =>
          sendEvents(endpoint, batchesOf(options, stopping.signal), {
            fetch,
            pause: pauseUnless,
            signal: stopping.signal,
            onProgress: (soFar) => update(formatTotals(soFar, Date.now() - started)),
          }),
        );
        const milliseconds = Date.now() - started;
        process.stdout.write(
          options.json
            ? `${JSON.stringify({ ...totals, seconds: milliseconds / 1000 })}\n`
            : `${formatTotals(totals, milliseconds)} in ${formatSeconds(milliseconds)}\n`,
        );
        const { sent, accepted, reason } = totals;
        if (accepted < sent)
          throw new CommandFailure(`${sent - accepted} of ${sent} events were not accepted: ${reason}`);
      } finally {
        process.off('SIGINT', stop).off('SIGTERM', stop);
      }
    });
}

const savedSchema = z.object({ url: z.string(), key: z.string() });

async function endpointOf(options: Options, env: NodeJS.ProcessEnv): Promise<Endpoint> {
  const url = options.url ?? env.DAYBOOK_EVENTS_URL;
  const key = options.key ?? env.DAYBOOK_EVENTS_KEY;
  if (url === undefined) {
    const saved = await readAddress(options.data, 'events-endpoint');
    if (saved !== '') return { ...savedSchema.parse(JSON.parse(saved)), ...(key !== undefined && { key }) };
    throw new CommandFailure(
      `no local pipeline with events runs on ${options.data}: start it with daybook local --data ${options.data}, or give --url and --key`,
    );
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new CommandFailure(`--url: expected a URL such as https://.../events, got ${JSON.stringify(url)}`);
  if (key === undefined) throw new CommandFailure('no API key for --url: give --key or DAYBOOK_EVENTS_KEY');
  return { url, key };
}

/** The events of visits in batches at the wanted rate; the times of a batch are spread over that since the one before. */
async function* batchesOf(options: Options, signal: AbortSignal): AsyncGenerator<object[]> {
  const { rate, count = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY, seed } = options;
  const size = options.batch ?? Math.min(rate, MAX_BATCH);
  const run = randomUUID().slice(0, 8);
  const events = simulatedEvents({ rate, bots: options.bots, seed, run });
  const started = Date.now();
  let before = started;
  for (let sent = 0; sent < count; ) {
    const wanted = Math.min(size, count - sent);
    const due = started + ((sent + wanted) / rate) * 1000;
    if (due > started + duration * 1000) return;
    if (due > Date.now()) await pauseUnless(due - Date.now(), signal);
    if (signal.aborted || Date.now() > started + duration * 1000) return;
    const now = Date.now();
    const batch: object[] = [];
    for (let at = 1; at <= wanted; at += 1) {
      const { value: event } = events.next();
      const time = before + ((now - before) * at) / wanted;
      batch.push({ ...event, event_time: new Date(time).toISOString() });
    }
    yield batch;
    before = now;
    sent += wanted;
  }
}

export function formatTotals(totals: SendTotals, milliseconds: number): string {
  const { sent, accepted, rejected, unconfirmed, retries } = totals;
  const rate = milliseconds > 0 ? (accepted / milliseconds) * 1000 : 0;
  const parts = [
    `${sent} sent`,
    `${accepted} accepted`,
    `${rejected} rejected`,
    ...(unconfirmed > 0 ? [`${unconfirmed} unconfirmed`] : []),
    `${retries} ${retries === 1 ? 'retry' : 'retries'}`,
    `${rate.toFixed(rate < 10 ? 1 : 0)} events/s`,
  ];
  return parts.join(', ');
}
