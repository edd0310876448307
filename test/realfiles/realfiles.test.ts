import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { taskResultKey } from '../../domain/object-keys';
import { type ValidatedFile, validateResultSchema } from '../../domain/workflow';
import { readDeltaRows } from '../builders/read-delta';
import { TaskPipeline } from '../builders/task-pipeline';
import { declaredCatalog } from './declared';
import { type Day, ENTRIES, type Entry, filePath } from './manifest';

const UPLOADED_AT = Date.UTC(2025, 10, 1);

/** Its days stay as they are where a file that comes after it does not change them. */
const BASE = 'base_orders.csv';
const baseDays = ENTRIES.find(({ file }) => file === BASE)?.days ?? {};

let pipeline: TaskPipeline | undefined;
afterEach(() => pipeline?.close());

test.each(ENTRIES.map((entry) => [`${entry.file}: ${entry.what}`, entry] as const))(
  '%s',
  async (_, entry) => {
    pipeline = new TaskPipeline('UTC', declaredCatalog(entry));
    for (const [at, file] of entry.with.entries()) {
      expect(await load(pipeline, file, at)).toMatchObject({ outcome: 'valid' });
    }
    const before = daysOf(pipeline);
    const loaded = await load(pipeline, entry.file, entry.with.length);
    if (entry.reject !== undefined) {
      expect(loaded).toMatchObject({
        outcome: 'invalid',
        rows: 0,
        reason: expect.stringMatching(new RegExp(entry.reject)),
      });
      expect(daysOf(pipeline)).toEqual(before);
    } else {
      expect(loaded).toMatchObject({ outcome: 'valid', bad_rows: 0 });
      expect(daysOf(pipeline)).toEqual(expectedDays(entry));
      if (entry.products !== undefined) {
        expect(await readDeltaRows(pipeline.bucket, 'staging/products')).toHaveLength(entry.products);
      }
    }
    expect(await pipeline.verify()).toMatchObject({ differences: 0 });
  },
);

test('every file is expected to be loaded or rejected', () => {
  const used = new Set(ENTRIES.flatMap((entry) => [entry.file, ...entry.with]));
  const files = readdirSync(path.join(__dirname, 'files')).filter((name) => !name.startsWith('.'));
  expect(files.sort()).toEqual([...used].sort());
  for (const { reject, days } of ENTRIES) expect([reject, days]).toContain(undefined);
});

/** Runs one execution over a file. @returns its entry in the result of validate */
async function load(tasks: TaskPipeline, file: string, hour: number): Promise<ValidatedFile | undefined> {
  const uploadedAt = UPLOADED_AT + hour * 3_600_000;
  const executionId = await tasks.process([
    { key: `input/${file}`, csv: readFileSync(filePath(file)), uploadedAt },
  ]);
  const result = tasks.bucket.text(taskResultKey(executionId, 'validate')) ?? '';
  return validateResultSchema.parse(JSON.parse(result)).files[0];
}

function expectedDays(entry: Entry): Record<string, Day> {
  return { ...(entry.with.includes(BASE) && baseDays), ...entry.days };
}

function daysOf(tasks: TaskPipeline): Record<string, Day> {
  return Object.fromEntries(
    tasks.orders.all.map(({ order_date, total_orders, total_revenue, total_items_sold }) => [
      order_date,
      {
        total_orders: Number(total_orders),
        total_revenue,
        total_items_sold: Number(total_items_sold),
      },
    ]),
  );
}
