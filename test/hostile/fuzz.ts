import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { TARGETS } from './targets';

/**
 * Throws hostile input at the validator and the lake for as long as it is told, and stops at the first fault with
 * the seed that repeats it; where that is a defect, the seed goes into seeds.json with the name of it.
 *
 *   npm run fuzz -- --seconds 60 --seed 1 [--only validator]
 */

/** Runs of one seed. */
const RUNS = 10;

/** A case that takes longer hangs. */
const PATIENCE_SECONDS = 180;

/** Until then a case that failed is made smaller, which is no hanging. */
const SHRINKING_SECONDS = 100;

interface Case {
  readonly target: string;
  readonly seed: number;
}

interface Order {
  readonly seconds: number;
  readonly seed: number;
  readonly targets: readonly string[];
}

type Message = { readonly started: Case } | { readonly failed: Case; readonly report: string };

/** In a thread of its own, so that one that hangs can be told. */
async function work({ seconds, seed, targets }: Order): Promise<void> {
  const opened = await Promise.all(
    targets.map(async (name) => ({ name, target: await TARGETS[name]?.open() })),
  );
  const until = Date.now() + seconds * 1000;
  for (let turn = 0; Date.now() < until; turn++) {
    const { name, target } = opened[turn % opened.length] ?? {};
    if (name === undefined || target === undefined) return;
    const one: Case = { target: name, seed: seed + Math.floor(turn / opened.length) };
    tell({ started: one });
    const result = await fc.check(target.property, {
      seed: one.seed,
      numRuns: RUNS,
      interruptAfterTimeLimit: SHRINKING_SECONDS * 1000,
    });
    if (!result.failed) continue;
    const report = (await fc.asyncDefaultReportMessage(result)) ?? '';
    tell({ failed: one, report: `${result.errorInstance}\n${report}` });
    return;
  }
  for (const { target } of opened) await target?.close();
}

const tell = (message: Message): void => parentPort?.postMessage(message);

function watch(order: Order): void {
  const counts = new Map<string, number>();
  let current: Case | undefined;
  let patience: NodeJS.Timeout | undefined;
  let failed = false;
  const fail = (what: string) => {
    failed = true;
    console.error(`${what}: ${current?.target}, seed ${current?.seed}`);
  };
  const worker = new Worker(__filename, { workerData: order });
  worker.on('message', (message: Message) => {
    if ('failed' in message) {
      fail('failed');
      console.error(message.report);
      // What is still open keeps the thread.
      clearTimeout(patience);
      void worker.terminate();
      return;
    }
    current = message.started;
    counts.set(current.target, (counts.get(current.target) ?? 0) + 1);
    clearTimeout(patience);
    patience = setTimeout(() => {
      fail(`no end after ${PATIENCE_SECONDS} s`);
      // A thread that never comes to rest cannot be ended in peace.
      process.kill(process.pid, 'SIGKILL');
    }, PATIENCE_SECONDS * 1000);
  });
  worker.on('error', (error) => {
    fail('crashed');
    console.error(error);
  });
  worker.on('exit', () => {
    clearTimeout(patience);
    const ran = [...counts].map(([target, cases]) => `${target} ${cases * RUNS}`).join(', ');
    console.log(`fuzz: seeds from ${order.seed}, runs: ${ran}; ${failed ? 'failed' : 'no fault'}`);
    process.exitCode = failed ? 1 : 0;
  });
}

function orderOf(): Order {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string' },
      only: { type: 'string', multiple: true },
    },
  });
  const targets = values.only ?? Object.keys(TARGETS);
  const unknown = targets.find((name) => !(name in TARGETS));
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const seconds = Number(values.seconds);
  if (unknown !== undefined || !Number.isInteger(seed) || !(seconds > 0)) {
    console.error(
      `usage: npm run fuzz -- [--seconds N] [--seed N] [--only ${Object.keys(TARGETS).join('|')}]...`,
    );
    process.exit(2);
  }
  return { seconds, seed, targets };
}

if (isMainThread) watch(orderOf());
else void work(workerData as Order);
