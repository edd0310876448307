import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalOutputs, startLocalPipeline } from '../../cli/local-pipeline';
import { Random } from '../../fixtures/generator/random';
import type { LiveNumbers } from '../../operations/live/views';
import { packagePath } from '../../package-path';
import { connectWarehouse } from '../../serving/warehouse/connection';
import { type BenchContext, isFull, newDirectory } from '../context';
import type { MeasureResult } from '../results';
import { spread } from '../statistics';

const GOAL_SECONDS = 3;
/** The longest pause before an event, in seconds, so that it comes at any time between two looks. */
const PAUSE_SECONDS = 3;
const PAUSE_STREAM = 101;
const POLL_MS = 20;

/** Waits until an event can be seen; called before it is sent. @param event its number, from 1 */
type UntilSeen = (event: number, id: string) => Promise<void>;

/**
 * The time from the answer to an event that is accepted over HTTP until `daybook live`, which looks every second, counts it, and until a
 * query of the warehouse, PGlite, has it.
 */
export async function measureLive(context: BenchContext): Promise<MeasureResult> {
  const rows = [
    { what: '`daybook live`', ...spread(await untilLive(context)) },
    { what: 'a query of `fact_events`', ...spread(await untilSelected(context)) },
  ];
  return {
    tables: [
      {
        title: 'From the acceptance of an event to its visibility',
        columns: [
          { heading: 'in', unit: 'text' },
          { heading: 'events', unit: 'count' },
          { heading: 'min', unit: 'seconds' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'max', unit: 'seconds' },
        ],
        rows: rows.map(({ what, min, median, max }) => [what, context.sizes.liveEvents, min, median, max]),
      },
    ],
    goals: rows.map(({ what, max }) => ({
      what: `from the acceptance of an event to its visibility in ${what}: the longest time`,
      bound: 'at most',
      goal: GOAL_SECONDS,
      unit: 'seconds',
      measured: max,
      judged: isFull(context),
    })),
    notes: ['One event at a time, at random moments.'],
  };
}

async function untilLive(context: BenchContext): Promise<number[]> {
  const directory = newDirectory(context, 'live');
  const local = await startLocalPipeline({ dataDirectory: directory, every: 0 });
  const live = spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), 'live', '--json'], {
    env: { PATH: process.env.PATH, AWS_ENDPOINT_URL: local.outputs.endpoint },
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
    return await latencies(
      context,
      local.outputs,
      (event) =>
        new Promise((resolve, reject) => {
          const fail = () => reject(new Error('daybook live ended'));
          live.once('exit', fail);
          change = () => {
            if (seen < event) return;
            live.off('exit', fail);
            resolve();
          };
        }),
    );
  } finally {
    const ended = live.exitCode === null ? once(live, 'exit') : undefined;
    live.kill('SIGINT');
    await ended;
    await local.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function untilSelected(context: BenchContext): Promise<number[]> {
  const directory = newDirectory(context, 'selected');
  const options = [
    '--port',
    '0',
    '--data',
    directory,
    '--every',
    '0',
    '--warehouse',
    '--ready-json',
    '--no-console',
  ];
  const local = spawn(process.execPath, [packagePath('bin', 'daybook.cjs'), 'local', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(local, 'exit');
  try {
    const lines = createInterface({ input: local.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      ended.then(() => Promise.reject(new Error('daybook local ended'))),
    ]);
    const outputs: LocalOutputs = JSON.parse(line);
    const warehouse = await connectWarehouse(outputs.warehouse ?? '');
    try {
      return await latencies(context, outputs, async (_, id) => {
        for (;;) {
          // Before the first event there is no table.
          const { rowCount } = await warehouse
            .query('select from fact_events where event_id = $1', [id])
            .catch(() => ({ rowCount: 0 }));
          if (rowCount) return;
          await sleep(POLL_MS);
        }
      });
    } finally {
      await warehouse.end();
    }
  } finally {
    local.kill('SIGINT');
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

async function latencies(
  { seed, sizes }: BenchContext,
  { eventsUrl, eventsKey }: LocalOutputs,
  untilSeen: UntilSeen,
): Promise<number[]> {
  if (eventsUrl === null || eventsKey === null) throw new Error('the local pipeline accepts no events');
  const random = new Random(seed);
  const waits: number[] = [];
  for (let event = 1; event <= sizes.liveEvents; event += 1) {
    await sleep(random.at(PAUSE_STREAM, event).unit() * PAUSE_SECONDS * 1000);
    const id = `live-${event}`;
    const seen = untilSeen(event, id);
    const { status } = await fetch(eventsUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey },
      body: JSON.stringify({ event_id: id, event_name: 'page_view', client_id: id }),
    });
    if (status !== 202) throw new Error(`event ${id} was answered with ${status}`);
    const accepted = performance.now();
    await seen;
    waits.push((performance.now() - accepted) / 1000);
  }
  return waits;
}
