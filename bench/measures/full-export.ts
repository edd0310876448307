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
const CHANGED_EVERY = 100;

/** A shop that exports all of its rows every night: the same rows again under new names, none of them changed, and a few. */
export async function measureFullExport(context: BenchContext): Promise<MeasureResult> {
  const { orders, days } = context.sizes.exportHistory;
  // An export has each row once.
  const { files, rows } = await dataset(context, { orders, days, updates: 0 });
  const loads = [
    { what: 'first load', files },
    { what: 'the same rows again', files: files.map((file) => renamed(file, 'again')) },
    { what: `1 order in ${CHANGED_EVERY} changed`, files: await withChanges(context, files) },
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
    goals: [
      {
        what: `an export with 1 order in ${CHANGED_EVERY} changed / the first load`,
        bound: 'at most',
        goal: RATIO_GOAL,
        unit: 'ratio',
        measured: secondsOf(2) / secondsOf(0),
        judged: isFull(context),
      },
    ],
    notes: [
      `${(rows.orders + rows.order_items + rows.products).toLocaleString('en-US')} rows in ${files.length} files. The changed orders are spread over all days.`,
    ],
  };
}

const renamed = (file: LocalFile, as: string): LocalFile => ({
  ...file,
  key: file.key.replace(/\.csv$/, `_${as}.csv`),
});

/** Every hundredth order has another status. */
async function withChanges(context: BenchContext, files: readonly LocalFile[]): Promise<LocalFile[]> {
  const out = newDirectory(context, 'changed-export');
  await mkdir(out);
  const status = headerOf('orders').indexOf('status');
  const changed = (line: string, at: number): string => {
    if (at === 0 || at % CHANGED_EVERY > 0 || line === '') return line;
    return line
      .split(',')
      .map((cell, column) => (column === status ? (cell === 'returned' ? 'delivered' : 'returned') : cell))
      .join(',');
  };
  return Promise.all(
    files.map(async (file) => {
      const exported = renamed(file, 'changed');
      const name = path.basename(exported.key);
      if (!name.startsWith('orders')) return exported;
      const text = (await readFile(file.path, 'utf8')).split('\n').map(changed).join('\n');
      const target = path.join(out, name);
      await writeFile(target, text);
      return { ...exported, path: target, bytes: Buffer.byteLength(text) };
    }),
  );
}
