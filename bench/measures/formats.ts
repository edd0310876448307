import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LocalFile } from '../../cli/upload';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';
import { fill } from '../../engine/duckdb/sql';
import { type BenchContext, isFull, newDirectory } from '../context';
import { orderFiles, shopOf } from '../datasets';
import { type ExecutionRecord, elapsed, KPI_MARTS, Pipeline, STEPS, stepOf } from '../pipeline';
import type { MeasureResult } from '../results';
import { mean, median, spread, sum } from '../statistics';
import sameRowsSql from './same-rows.sql';

const FILES = 3;

/** The copy options of each format besides CSV. */
const COPIES = { ndjson: 'format json', parquet: 'format parquet, compression zstd' } as const;

/** The same CSV, written otherwise. */
const SPELLINGS: Readonly<Record<string, (csv: string) => string>> = {
  'csv, an empty last line': (csv) => `${csv}\n`,
  'csv, padding in one cell': (csv) => csv.replace(/\n([^,\n]*),/, '\n $1 ,'),
  'csv, one quoted cell': (csv) => csv.replace(/\n([^,\n]*),/, '\n"$1",'),
  'csv, all cells quoted': (csv) => csv.replace(/[^,\n]+/g, '"$&"'),
};

/** Relative to the plain file: of the time of validate, and of the whole load. */
const GOALS = [
  { name: 'csv, an empty last line', of: 'validate', goal: 1.1 },
  { name: 'csv, padding in one cell', of: 'validate', goal: 1.1 },
  { name: 'csv, one quoted cell', of: 'validate', goal: 1.1 },
  { name: 'csv, all cells quoted', of: 'the load', goal: 1.5 },
] as const;

/**
 * The same orders as CSV in several spellings, NDJSON and Parquet, each loaded into an empty pipeline, one format after the other.
 */
export async function measureFormats(context: BenchContext): Promise<MeasureResult> {
  const orders = context.sizes.formatOrders;
  const csv = await orderFiles(context, shopOf(context, { orders }), FILES, Math.floor(orders / FILES));
  const files: Record<string, readonly LocalFile[]> = { csv };
  for (const name of Object.keys(SPELLINGS)) files[name] = await respelled(context, csv, name);
  for (const name of Object.keys(COPIES) as (keyof typeof COPIES)[]) {
    files[name] = await copies(context, csv, name);
  }
  const names = Object.keys(files);
  const filesOf = (name: string) => files[name] ?? [];
  const runs = new Map<string, ExecutionRecord[][]>(names.map((name) => [name, []]));
  const runsOf = (name: string) => runs.get(name) ?? [];
  for (let round = 1; round <= context.rounds; round += 1) {
    for (const name of names) runsOf(name).push(await loadInto(context, filesOf(name)));
  }
  const validate = (name: string) =>
    median(runsOf(name).map((run) => sum(run, (execution) => stepOf(execution, 'validate').seconds)));
  const load = (name: string) => spread(runsOf(name).map(elapsed)).median;
  return {
    tables: [
      {
        title: `${(FILES * Math.floor(orders / FILES)).toLocaleString('en-US')} orders in ${FILES} files of each format`,
        columns: [
          { heading: 'format', unit: 'text' },
          { heading: 'bytes', unit: 'bytes' },
          { heading: 'median', unit: 'seconds' },
          { heading: 'min', unit: 'seconds' },
          ...STEPS.slice(0, 4).map((heading) => ({ heading, unit: 'seconds' as const })),
          { heading: 'validate, relative to CSV', unit: 'ratio' },
        ],
        rows: names.map((name) => {
          const seconds = spread(runsOf(name).map(elapsed));
          return [
            name,
            sum(filesOf(name), ({ bytes }) => bytes),
            seconds.median,
            seconds.min,
            ...STEPS.slice(0, 4).map((step) =>
              mean(runsOf(name), (run) => sum(run, (execution) => stepOf(execution, step).seconds)),
            ),
            validate(name) / validate('csv'),
          ];
        }),
      },
    ],
    goals: GOALS.map(({ name, of, goal }) => ({
      what: `${name} / csv: ${of}`,
      bound: 'at most',
      goal,
      unit: 'ratio',
      measured: of === 'validate' ? validate(name) / validate('csv') : load(name) / load('csv'),
      judged: isFull(context),
    })),
    notes: [
      'The rows are the same, and so are the tables that they become.',
      'In NDJSON and Parquet numbers are numbers, times are strings and timestamps.',
    ],
  };
}

async function respelled(
  context: BenchContext,
  files: readonly LocalFile[],
  name: string,
): Promise<LocalFile[]> {
  const out = newDirectory(context, name.replace(/\W+/g, '-'));
  await mkdir(out);
  return Promise.all(
    files.map(async ({ path: source, key }) => {
      const target = path.join(out, path.basename(key));
      const text = SPELLINGS[name]?.(await readFile(source, 'utf8')) ?? '';
      await writeFile(target, text);
      return { path: target, key, bytes: Buffer.byteLength(text) };
    }),
  );
}

async function copies(
  context: BenchContext,
  files: readonly LocalFile[],
  format: keyof typeof COPIES,
): Promise<LocalFile[]> {
  const out = newDirectory(context, format);
  await mkdir(out);
  const db = await DuckDb.open({ tempDirectory: path.join(out, 'duckdb') });
  const written: LocalFile[] = [];
  try {
    for (const { path: source, key } of files) {
      const renamed = key.replace(/\.csv$/, `.${format}`);
      const target = path.join(out, path.basename(renamed));
      const parts = { source: quoteLiteral(source), target: quoteLiteral(target), options: COPIES[format] };
      await db.run(fill(sameRowsSql, parts));
      written.push({ path: target, key: renamed, bytes: (await stat(target)).size });
    }
  } finally {
    db.close();
  }
  return written;
}

async function loadInto(context: BenchContext, files: readonly LocalFile[]): Promise<ExecutionRecord[]> {
  const pipeline = await Pipeline.start(context, { marts: KPI_MARTS });
  try {
    return await pipeline.load(files);
  } finally {
    await pipeline.close();
  }
}
