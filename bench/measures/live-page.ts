import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { packagePath } from '../../package-path';
import { type BenchContext, isFull, newDirectory } from '../context';
import { UsageSampler } from '../process-usage';
import type { MeasureResult } from '../results';
import { median } from '../statistics';

const EVENTS_PER_SECOND = 200;
const GOAL_BYTES = 150e6;
const GOAL_CORES = 0.25;
const SAMPLE_MS = 1_000;
/** Before each period, so that what starts is not measured. */
const WARM_UP_MS = 10_000;
/** As the page asks. */
const POLL_MS = 1_000;

interface Answer {
  readonly seconds: number;
  readonly ageSeconds: number;
  readonly events: number;
}

interface Period {
  readonly what: string;
  /** Median resident memory of the server's process. */
  readonly rssBytes: number;
  /** CPU time per second. */
  readonly cores: number;
  /** Of the numbers, in seconds; null without the page. */
  readonly answerSeconds: number | null;
  /** Of the numbers when they are answered. */
  readonly ageSeconds: number | null;
  /** In the last hour, as the page shows them; null without it. */
  readonly events: number | null;
}

/**
 * What the Live page costs the console's server, which is the process of `daybook local` too, while events are sent over HTTP: first
 * without the page, then with the requests that it makes.
 */
export async function measureLivePage(context: BenchContext): Promise<MeasureResult> {
  const periods = await measure(context);
  const [without, open] = periods;
  const added = {
    rssBytes: (open?.rssBytes ?? Number.NaN) - (without?.rssBytes ?? Number.NaN),
    cores: (open?.cores ?? Number.NaN) - (without?.cores ?? Number.NaN),
  };
  return {
    tables: [
      {
        title: `The console's server at ${EVENTS_PER_SECOND} events per second`,
        columns: [
          { heading: 'Live page', unit: 'text' },
          { heading: 'resident memory', unit: 'bytes' },
          { heading: 'CPU cores', unit: 'ratio' },
          { heading: 'answer', unit: 'seconds' },
          { heading: 'age of the numbers', unit: 'seconds' },
          { heading: 'events shown', unit: 'count' },
        ],
        rows: periods.map(({ what, rssBytes, cores, answerSeconds, ageSeconds, events }) => [
          what,
          rssBytes,
          cores,
          answerSeconds,
          ageSeconds,
          events,
        ]),
      },
    ],
    goals: [
      {
        what: 'resident memory that the Live page adds to the server',
        bound: 'at most',
        goal: GOAL_BYTES,
        unit: 'bytes',
        measured: added.rssBytes,
        judged: isFull(context),
      },
      {
        what: 'CPU cores that the Live page adds to the server',
        bound: 'at most',
        goal: GOAL_CORES,
        unit: 'ratio',
        measured: added.cores,
        judged: isFull(context),
      },
    ],
    notes: [
      `Medians over ${context.sizes.livePageSeconds} seconds each. Accepting the events is part of both rows.`,
    ],
  };
}

async function measure(context: BenchContext): Promise<readonly Period[]> {
  const directory = newDirectory(context, 'live-page');
  const options = ['--port', '0', '--data', directory, '--every', '0', '--ready-json'];
  const local = start('local', ...options);
  let sender: ChildProcess | undefined;
  try {
    const [line] = await Promise.race([
      once(createInterface({ input: local.stdout ?? process.stdin }), 'line'),
      once(local, 'exit').then(() => Promise.reject(new Error('daybook local ended'))),
    ]);
    const console = new URL((JSON.parse(line) as { console: string }).console);
    sender = start('events', 'send', '--data', directory, '--rate', String(EVENTS_PER_SECOND), '--json');
    const pid = local.pid ?? 0;
    const without = await period(context, pid, 'closed', undefined);
    const open = await period(context, pid, 'open', console);
    return [without, open];
  } finally {
    await end(sender);
    await end(local);
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param console where the page's requests go; undefined if the page is closed */
async function period(
  { sizes, say }: BenchContext,
  pid: number,
  what: string,
  console: URL | undefined,
): Promise<Period> {
  const stopping = new AbortController();
  const answers: Answer[] = [];
  const polling = console && poll(console, stopping.signal, (answer) => answers.push(answer));
  await sleep(WARM_UP_MS);
  const sampler = new UsageSampler(pid, SAMPLE_MS);
  await sleep(sizes.livePageSeconds * 1000);
  sampler.stop();
  stopping.abort();
  await polling;
  const { samples } = sampler;
  const [first] = samples;
  if (!first) throw new RangeError('expected a sample of the server, got none');
  const cpuSeconds = sampler.last().own.cpuSeconds - first.own.cpuSeconds;
  const found = {
    what,
    rssBytes: median(samples.map(({ own }) => own.rssBytes)),
    cores: cpuSeconds / (((samples.length - 1) * SAMPLE_MS) / 1000),
    answerSeconds: answers.length > 0 ? median(answers.map(({ seconds }) => seconds)) : null,
    ageSeconds: answers.length > 0 ? median(answers.map(({ ageSeconds }) => ageSeconds)) : null,
    events: answers.at(-1)?.events ?? null,
  };
  say(`page ${what}: ${(found.rssBytes / 1e6).toFixed(0)} MB, ${found.cores.toFixed(2)} cores`);
  return found;
}

/** Makes the requests of an open page until the signal aborts. */
async function poll(console: URL, signal: AbortSignal, onAnswer: (answer: Answer) => void): Promise<void> {
  const token = new URLSearchParams(console.hash.slice(1)).get('token');
  const ask = async <Data>(path: string): Promise<Data> => {
    const answer = await fetch(new URL(path, console), { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Data;
  };
  while (!signal.aborted) {
    const started = performance.now();
    const [{ at, events }] = await Promise.all([
      ask<{ readonly at: string; readonly events: number }>('/api/live?minutes=60'),
      ask('/api/live/events'),
    ]);
    const ageSeconds = (Date.now() - Date.parse(at)) / 1000;
    onAnswer({ seconds: (performance.now() - started) / 1000, ageSeconds, events });
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
}

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}
