import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LocalFile } from '../../cli/upload';
import { headerOf } from '../../fixtures/generator/generate';
import { type BenchContext, isFull, newDirectory } from '../context';
import { dataset } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, stepOf, TASKS } from '../pipeline';
import type { MeasureResult } from '../results';
import { sum } from '../statistics';

/** Of an export with 1 order in 100 changed, relative to the first load. */
const RATIO_GOAL = 0.7;

/** Which orders change: those of all days alike, or the newest, as in most shops. */
const SPREADS = ['the newest', 'on all days'] as const;
type Spread = (typeof SPREADS)[number];
const CHANGED_EVERY = 100;

/** A shop that exports all of its rows every night: the same rows again under new names, none of them changed, and a few. */
export async function measureFullExport(context: BenchContext): Promise<MeasureResult> {
  const { orders, days } = context.sizes.exportHistory;
  // An export has each row once.
  const { files, rows } = await dataset(context, { orders, days, updates: 0 });
  const loads = [
    { what: 'first load', files },
    { what: 'the same rows again', files: files.map((file) => renamed(file, 'again')) },
    ...(await Promise.all(
      SPREADS.map(async (spread) => ({
        what: `1 order in ${CHANGED_EVERY} changed, ${spread}`,
        files: await withChanges(context, files, spread),
      })),
    )),
  ];
  const runs: { readonly what: string; readonly executions: readonly ExecutionRecord[] }[] = [];
  const pipeline = await Pipeline.start(context, { marts: KPI_MARTS });
  try {
    for (const { what, files: exported } of loads) {
      const executions = await pipeline.load(exported);
      context.say(`${what}: ${elapsed(executions).toFixed(1)} s`);
      runs.push({ what, executions });
    }
  } finally {
    await pipeline.close();
  }
  const secondsOf = (at: number) => elapsed(runs[at]?.executions ?? []);
  return {
    tables: [
      {
        title: `Exports of all ${orders.toLocaleString('en-US')} orders of ${days.toLocaleString('en-US')} days`,
        columns: [
          { heading: 'export', unit: 'text' },
          { heading: 'time', unit: 'seconds' },
          ...TASKS.map((heading) => ({ heading, unit: 'seconds' as const })),
          { heading: 'written', unit: 'bytes' },
          { heading: 'relative to the first load', unit: 'ratio' },
        ],
        rows: runs.map(({ what, executions }, at) => [
          what,
          secondsOf(at),
          ...TASKS.map((step) => sum(executions, (execution) => stepOf(execution, step).seconds)),
          sum(executions, ({ steps }) => sum(steps, ({ bytes_written }) => bytes_written)),
          secondsOf(at) / secondsOf(0),
        ]),
      },
    ],
    goals: SPREADS.map((spread, at) => ({
      what: `an export with 1 order in ${CHANGED_EVERY} changed, ${spread} / the first load`,
      bound: 'at most' as const,
      goal: RATIO_GOAL,
      unit: 'ratio' as const,
      measured: secondsOf(2 + at) / secondsOf(0),
      judged: isFull(context),
    })),
    notes: [
      `${(rows.orders + rows.order_items + rows.products).toLocaleString('en-US')} rows in ${files.length} files, each once. What is written includes the rows that validate hands over.`,
    ],
  };
}

const renamed = (file: LocalFile, as: string): LocalFile => ({
  ...file,
  key: file.key.replace(/\.csv$/, `_${as}.csv`),
});

/** The same files under other names, in which one order in so many has another status. */
async function withChanges(
  context: BenchContext,
  files: readonly LocalFile[],
  spread: Spread,
): Promise<LocalFile[]> {
  const name = spread.replaceAll(' ', '-');
  const out = newDirectory(context, `export-${name}`);
  await mkdir(out);
  const status = headerOf('orders').indexOf('status');
  const changed = (line: string): string =>
    line
      .split(',')
      .map((cell, column) => (column === status ? (cell === 'returned' ? 'delivered' : 'returned') : cell))
      .join(',');
  const ofOrders = files.filter(({ path: file }) => path.basename(file).startsWith('orders'));
  const texts = await Promise.all(
    ofOrders.map(async (file) => (await readFile(file.path, 'utf8')).split('\n')),
  );
  const all = texts.reduce((count, lines) => count + lines.length, 0);
  const isChanged = (ordinal: number) =>
    spread === 'on all days' ? ordinal % CHANGED_EVERY === 0 : ordinal >= all - all / CHANGED_EVERY;
  const written = new Map<LocalFile, LocalFile>();
  let before = 0;
  for (const [at, file] of ofOrders.entries()) {
    const lines = texts[at] ?? [];
    const text = lines
      .map((line, index) => (index > 0 && line !== '' && isChanged(before + index) ? changed(line) : line))
      .join('\n');
    before += lines.length;
    const exported = renamed(file, name);
    const target = path.join(out, path.basename(exported.key));
    await writeFile(target, text);
    written.set(file, { ...exported, path: target, bytes: Buffer.byteLength(text) });
  }
  return files.map((file) => written.get(file) ?? renamed(file, name));
}
