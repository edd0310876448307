/**
 * npm run bench: runs benchmarks and their baselines. Progress goes to standard error, tables to standard output, and JSON to
 * bench/results/.
 */

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { wholeNumber } from '../cli/numbers';
import { compactTime } from '../domain/time';
import { packagePath } from '../package-path';
import type { BenchContext } from './context';
import { asText, goalsTable } from './format';
import { readMachine, readVersions } from './machine';
import { measureCold } from './measures/cold';
import { measureEventLoad } from './measures/event-load';
import { measureEventPeer } from './measures/event-peer';
import { measureEvents } from './measures/events';
import { measureFloor } from './measures/floor';
import { measureFormats } from './measures/formats';
import { measureFullExport } from './measures/full-export';
import { measureHistory } from './measures/history';
import { measureHttp } from './measures/http';
import { measureLive } from './measures/live';
import { measureLivePage } from './measures/live-page';
import { measureMarts } from './measures/marts';
import { measureMemory } from './measures/memory';
import { measureMicroBatches } from './measures/micro-batches';
import { measurePeers } from './measures/peers';
import { measureSmallBatch } from './measures/small-batch';
import { measureSmallFiles } from './measures/small-files';
import { measureSpark } from './measures/spark';
import { measureUpdates } from './measures/updates';
import { measureWarehouse } from './measures/warehouse';
import { plot } from './plot';
import { publish } from './publish';
import {
  MEASURES,
  type MeasureName,
  type MeasureResult,
  type Recorded,
  type Results,
  type Scale,
} from './results';
import { limited, SIZES } from './scale';

const RUN: Readonly<Record<MeasureName, (context: BenchContext) => Promise<MeasureResult>>> = {
  floor: measureFloor,
  cold: measureCold,
  history: measureHistory,
  updates: measureUpdates,
  'full-export': measureFullExport,
  'small-batch': measureSmallBatch,
  marts: measureMarts,
  'small-files': measureSmallFiles,
  formats: measureFormats,
  'micro-batches': measureMicroBatches,
  events: measureEvents,
  'event-load': measureEventLoad,
  live: measureLive,
  'live-page': measureLivePage,
  http: measureHttp,
  warehouse: measureWarehouse,
  spark: measureSpark,
  memory: measureMemory,
  peers: measurePeers,
  'event-peer': measureEventPeer,
};

interface Options {
  only: MeasureName[];
  scale: Scale;
  seed: number;
  rounds: number;
  largest: number;
  directory: string;
  keep: boolean;
  publish: boolean;
}

function measures(text: string): MeasureName[] {
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !MEASURES.includes(name as MeasureName));
  if (unknown !== undefined) throw new InvalidArgumentError(`Expected any of ${MEASURES.join(', ')}.`);
  return MEASURES.filter((name) => wanted.includes(name));
}

const command = new Command('bench')
  .description('Benchmark Daybook on generated files, next to baselines.')
  .option('--only <measures>', `some of ${MEASURES.join(',')}`, measures, [...MEASURES])
  .addOption(
    new Option('--scale <scale>', 'full, or a hundredth of all sizes as a smoke test')
      .choices(['full', 'small'])
      .default('full'),
  )
  .option('--seed <n>', 'seed of the generated files', wholeNumber(0, 2 ** 32 - 1), 1)
  .option('--rounds <n>', 'repetitions of comparisons', wholeNumber(1, 100), 3)
  .option('--largest <orders>', 'skip longer histories and larger loads', wholeNumber(1, 1e9), 1e9)
  .option('--directory <dir>', 'for temporary data', tmpdir())
  .option('--keep', 'keep the temporary data', false)
  .option('--publish', 'write the results of a full run to docs/performance.md', false)
  .addHelpText('after', '\nExample:\n  $ npm run bench -- --only floor,cold --scale small');

async function main(): Promise<void> {
  const options = command.parse().opts<Options>();
  if (options.publish && options.scale !== 'full') command.error('error: --publish needs --scale full');
  const started = performance.now();
  const sizes = SIZES[options.scale];
  const fitting = limited(sizes, options.largest);
  const directory = path.resolve(options.directory);
  await mkdir(directory, { recursive: true });
  const root = await mkdtemp(path.join(directory, 'daybook-bench-'));
  const context: BenchContext = {
    ...options,
    sizes: fitting,
    isComplete:
      fitting.histories.length + fitting.memoryOrders.length ===
      sizes.histories.length + sizes.memoryOrders.length,
    root,
    say: (line) => say(started, line),
  };
  const results: Results = {};
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say(started, `stopped by ${signal}`);
      // Tasks end themselves when this process has ended.
      if (!options.keep) rmSync(root, { recursive: true, force: true });
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
  try {
    for (const name of options.only) {
      say(started, `${name}, ${options.scale} scale`);
      try {
        results[name] = await record(context, name);
        process.stdout.write(`\n${shown(results[name])}\n`);
      } catch (error) {
        process.exitCode = 1;
        say(started, `${name} failed: ${error instanceof Error ? error.stack : error}`);
      }
    }
  } finally {
    if (options.keep) say(started, `the data is in ${root}`);
    else await rm(root, { recursive: true, force: true });
  }
  await report(results, options);
}

async function record(context: BenchContext, name: MeasureName): Promise<Recorded> {
  const startedAt = new Date();
  const [load_before = 0] = loadavg();
  const result = await RUN[name](context);
  return {
    scale: context.scale,
    seed: context.seed,
    started: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    load_before,
    machine: readMachine(),
    versions: await readVersions(),
    ...result,
  };
}

async function report(results: Results, options: Options): Promise<void> {
  const goals = Object.values(results).flatMap((result) => result.goals);
  if (goals.length > 0) process.stdout.write(`\n${asText(goalsTable(goals))}\n`);
  const directory = packagePath('bench', 'results');
  await mkdir(directory, { recursive: true });
  const name = `${compactTime(new Date())}-${options.scale}`;
  const file = path.join(directory, `${name}.json`);
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
  if (results.history?.charts)
    await writeFile(path.join(directory, `${name}.svg`), plot(results.history.charts));
  if (options.publish) await publish(results);
}

function shown({ tables, notes }: MeasureResult): string {
  return [...tables.map(asText), ...notes.map((note) => `  ${note}`)].join('\n');
}

function say(started: number, line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stderr.write(`${seconds.padStart(6)} s  ${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
