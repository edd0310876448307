import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalPipeline } from '../../cli/local-pipeline';
import { Random } from '../../fixtures/generator/random';
import type { LiveNumbers } from '../../operations/live/views';
import { packagePath } from '../../package-path';
import { type BenchContext, isFull, newDirectory } from '../context';
import type { MeasureResult } from '../results';
import { spread } from '../statistics';

const GOAL_SECONDS = 3;
/** The longest pause before an event, in seconds, so that it comes at any time between two looks. */
const PAUSE_SECONDS = 3;
const PAUSE_STREAM = 101;

/** The time from the answer to an event that is accepted over HTTP until `daybook live`, which looks every second, counts it. */
export async function measureLive(context: BenchContext): Promise<MeasureResult> {
  const directory = newDirectory(context, 'live');
  const local = await startLocalPipeline({ dataDirectory: directory, every: 0 });
  try {
    const { endpoint, eventsUrl, eventsKey } = local.outputs;
    if (eventsUrl === null || eventsKey === null) throw new Error('the local pipeline accepts no events');
    const seconds = await latencies(context, endpoint, async (id) => {
      const { status } = await fetch(eventsUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': eventsKey },
        body: JSON.stringify({ event_id: id, event_name: 'page_view', client_id: id }),
      });
      if (status !== 202) throw new Error(`event ${id} was answered with ${status}`);
    });
    const { min, median, max } = spread(seconds);
    return {
      tables: [
        {
          title: 'From the acceptance of an event to its visibility in `daybook live`',
          columns: [
            { heading: 'events', unit: 'count' },
            { heading: 'min', unit: 'seconds' },
            { heading: 'median', unit: 'seconds' },
            { heading: 'max', unit: 'seconds' },
          ],
          rows: [[seconds.length, min, median, max]],
        },
      ],
      goals: [
        {
          what: 'from the acceptance of an event to its visibility: the longest time',
          bound: 'at most',
          goal: GOAL_SECONDS,
          unit: 'seconds',
          measured: max,
          judged: isFull(context),
        },
      ],
      notes: ['One event at a time, at random moments.'],
    };
  } finally {
    await local.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function latencies(
  { seed, sizes }: BenchContext,
  endpoint: string,
  send: (id: string) => Promise<void>,
): Promise<number[]> {
  const random = new Random(seed);
  const live = spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), 'live', '--json'], {
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: endpoint },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let seen = 0;
    let change = () => {};
    createInterface({ input: live.stdout }).on('line', (line) => {
      const { received }: LiveNumbers = JSON.parse(line);
      seen = received.events;
      change();
    });
    const waits: number[] = [];
    for (let event = 1; event <= sizes.liveEvents; event += 1) {
      await sleep(random.at(PAUSE_STREAM, event).unit() * PAUSE_SECONDS * 1000);
      const visible = new Promise<void>((resolve, reject) => {
        live.once('exit', () => reject(new Error('daybook live ended')));
        change = () => {
          if (seen >= event) resolve();
        };
      });
      await send(`live-${event}`);
      const accepted = performance.now();
      await visible;
      live.removeAllListeners('exit');
      waits.push((performance.now() - accepted) / 1000);
    }
    return waits;
  } finally {
    const ended = live.exitCode === null ? once(live, 'exit') : undefined;
    live.kill('SIGINT');
    await ended;
  }
}
