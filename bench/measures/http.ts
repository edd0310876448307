import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { LocalOutputs } from '../../cli/local-pipeline';
import type { RawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { simulatedEvents } from '../../fixtures/generator/events/simulation';
import { connect, disconnect } from '../../operations/deployment';
import { type Endpoint, pauseUnless, type SendTotals, sendEvents } from '../../operations/events/send-events';
import { packagePath } from '../../package-path';
import type { Bucket } from '../../storage/bucket';
import { s3Bucket } from '../../storage/s3-bucket';
import { type BenchContext, isFull, newDirectory } from '../context';
import { trendOf, type UsageSample, UsageSampler } from '../process-usage';
import type { MeasureResult } from '../results';
import { sum } from '../statistics';

const GOAL_PER_SECOND = 3_000;
/** Memory of the last minute relative to that of the first, in which the processes start. */
const GOAL_GROWTH = 1.25;
const BATCH = 100;
const SENDERS = 4;
/** Different events; each is sent many times under other ids. */
const EVENTS_MADE = 5_000;
const SAMPLE_MS = 1_000;
/** The first minute of five is compared with the last. */
const PARTS = 5;
const POLL_MS = 500;

/** Events accepted over HTTP by `daybook local`, a process of its own, and found again in the raw files that ingest wrote. */
export async function measureHttp(context: BenchContext): Promise<MeasureResult> {
  const directory = newDirectory(context, 'http');
  const { server, outputs } = await startServer(directory);
  const deployment = await connect({ AWS_ENDPOINT_URL: outputs.endpoint });
  try {
    const { eventsUrl: url, eventsKey: key, eventQueueUrl } = outputs;
    if (url === null || key === null || eventQueueUrl === null)
      throw new Error('the local pipeline accepts no events');
    const usage = new UsageSampler(server.pid ?? 0, SAMPLE_MS);
    const sent = await sendFor(context, { url, key }).finally(() => usage.stop());
    context.say(
      `${sent.accepted.toLocaleString('en-US')} events accepted, ${sent.retries} requests repeated`,
    );
    const ended = performance.now();
    await untilEmpty(deployment.sqs, eventQueueUrl);
    const written = (performance.now() - ended) / 1000;
    const counts = await countEvents(s3Bucket(deployment.s3, deployment.bucket), sent.ids);
    const memoryOf = (bytes: (sample: UsageSample) => number) =>
      trendOf(usage.samples.map(bytes), Math.ceil(usage.samples.length / PARTS));
    const trends = {
      'endpoint of `daybook local`': memoryOf(({ own }) => own.rssBytes),
      'functions collect and ingest': memoryOf(({ children }) => children.rssBytes),
      together: memoryOf(({ own, children }) => own.rssBytes + children.rssBytes),
    };
    const { own, children } = usage.last();
    const cpuSeconds = own.cpuSeconds + children.cpuSeconds;
    const perSecond = sent.accepted / sent.seconds;
    const lost = sent.accepted - counts.distinct;
    const judged = isFull(context);
    return {
      tables: [
        {
          title: `Events accepted over HTTP in ${sent.seconds.toFixed(0)} s, in requests of ${BATCH}`,
          columns: [
            { heading: 'accepted', unit: 'count' },
            { heading: 'per second', unit: 'count' },
            { heading: 'CPU time', unit: 'seconds' },
            { heading: 'per second of CPU time', unit: 'count' },
            { heading: 'requests', unit: 'count' },
            { heading: 'repeated requests', unit: 'count' },
            { heading: 'events in raw files', unit: 'count' },
            { heading: 'lost', unit: 'count' },
            { heading: 'twice', unit: 'count' },
            { heading: 'last event in a file after', unit: 'seconds' },
          ],
          rows: [
            [
              sent.accepted,
              perSecond,
              cpuSeconds,
              sent.accepted / cpuSeconds,
              sent.requests,
              sent.retries,
              counts.lines,
              lost,
              counts.lines - counts.distinct,
              written,
            ],
          ],
        },
        {
          title: 'Resident memory meanwhile',
          columns: [
            { heading: 'processes', unit: 'text' },
            { heading: 'first fifth', unit: 'bytes' },
            { heading: 'last fifth', unit: 'bytes' },
            { heading: 'max', unit: 'bytes' },
            { heading: 'last / first', unit: 'ratio' },
          ],
          rows: Object.entries(trends).map(([name, { first, last, max }]) => [
            name,
            first,
            last,
            max,
            last / first,
          ]),
        },
      ],
      goals: [
        {
          what: 'events accepted per second',
          bound: 'at least',
          goal: GOAL_PER_SECOND,
          unit: 'count',
          measured: perSecond,
          judged,
        },
        {
          what: 'accepted events that are in no file',
          bound: 'at most',
          goal: 0,
          unit: 'count',
          measured: lost,
          judged: true,
        },
        {
          what: 'memory of all processes: last fifth / first fifth',
          bound: 'at most',
          goal: GOAL_GROWTH,
          unit: 'ratio',
          measured: trends.together.last / trends.together.first,
          judged,
        },
      ],
      notes: [
        `${SENDERS} senders, each with one request at a time, share the CPUs with the pipeline. The events are those of \`daybook events send\`.`,
        'An event counts as accepted when its request was answered with 202; every id is looked for in the raw files.',
        'CPU time is that of the endpoint and its functions, without the senders. Executions do not run meanwhile.',
      ],
    };
  } finally {
    disconnect(deployment);
    await stopServer(server);
    await rm(directory, { recursive: true, force: true });
  }
}

async function startServer(directory: string): Promise<{ server: ChildProcess; outputs: LocalOutputs }> {
  const options = ['--port', '0', '--every', '0', '--no-console', '--data', directory, '--ready-json'];
  const server = spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), 'local', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line').then(([text]) => String(text)),
    once(server, 'exit').then(() => undefined),
  ]);
  if (line === undefined) throw new Error('daybook local ended before it was ready');
  return { server, outputs: JSON.parse(line) };
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGINT');
  await exited;
}

interface Sent extends Pick<SendTotals, 'accepted' | 'requests' | 'retries'> {
  readonly seconds: number;
  /** The numbers in the ids of the events are below this. */
  readonly ids: number;
}

const ID_PREFIX = 'bench-';

/** Sends for the seconds of the scale. @throws Error if an event was not accepted in the end: which one is not known */
async function sendFor({ seed, sizes }: BenchContext, endpoint: Endpoint): Promise<Sent> {
  const source = simulatedEvents({ rate: 100, bots: 0.05, seed, run: 'bench' });
  const made = Array.from({ length: EVENTS_MADE }, () => source.next().value);
  let ids = 0;
  const started = performance.now();
  const isOver = () => performance.now() - started >= sizes.httpSeconds * 1000;
  async function* batches(): AsyncGenerator<object[]> {
    while (!isOver()) {
      const event_time = new Date().toISOString();
      yield Array.from({ length: BATCH }, () => {
        const event = { ...made[ids % EVENTS_MADE], event_id: `${ID_PREFIX}${ids}`, event_time };
        ids += 1;
        return event;
      });
    }
  }
  const deps = { fetch, pause: pauseUnless, signal: new AbortController().signal, onProgress: () => {} };
  const totals = await Promise.all(
    Array.from({ length: SENDERS }, () => sendEvents(endpoint, batches(), deps)),
  );
  const seconds = (performance.now() - started) / 1000;
  const accepted = sum(totals, (one) => one.accepted);
  const reason = totals.find((one) => one.reason !== null)?.reason;
  if (accepted !== ids) throw new Error(`${ids - accepted} of ${ids} events were not accepted: ${reason}`);
  const [requests, retries] = [sum(totals, (one) => one.requests), sum(totals, (one) => one.retries)];
  return { accepted, requests, retries, seconds, ids };
}

const MESSAGES = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/** Waits until ingest has processed all messages of the queue. */
async function untilEmpty(sqs: SQSClient, QueueUrl: string): Promise<void> {
  for (;;) {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...MESSAGES] }),
    );
    if (sum(MESSAGES, (name) => Number(Attributes[name])) === 0) return;
    await sleep(POLL_MS);
  }
}

/** Looks for the ids in all raw files. @throws RangeError for another id */
async function countEvents(
  bucket: Pick<Bucket, 'list' | 'get'>,
  ids: number,
): Promise<{ lines: number; distinct: number }> {
  const times = new Uint8Array(ids);
  let lines = 0;
  for await (const { key } of bucket.list(EVENTS)) {
    const body = await bucket.get(key);
    if (!body) throw new Error(`${key} is gone`);
    for (const line of gunzipSync(body).toString('utf8').trimEnd().split('\n')) {
      const { event_id }: RawEvent = JSON.parse(line);
      const number = event_id.startsWith(ID_PREFIX) ? Number(event_id.slice(ID_PREFIX.length)) : Number.NaN;
      if (!(number < ids)) throw new RangeError(`${key} has the event ${event_id}, which was not sent`);
      times[number] = (times[number] ?? 0) + 1;
      lines += 1;
    }
  }
  return { lines, distinct: times.filter((count) => count > 0).length };
}
