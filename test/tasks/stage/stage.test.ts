import { catalog } from '../../../catalog/catalog';
import { taskResultKey } from '../../../domain/object-keys';
import { validateResultSchema } from '../../../domain/workflow';
import { run, ValidationMissingError } from '../../../tasks/stage/stage';
import { silentLogger } from '../../builders/silent-logger';
import { TaskPipeline } from '../../builders/task-pipeline';
import { order, orders } from '../validate/validation';

let pipeline: TaskPipeline;
beforeEach(() => {
  pipeline = new TaskPipeline();
});
afterEach(() => pipeline.close());

const UPLOADED_AT = Date.UTC(2025, 6, 1);
const files = (count: number, csv: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => ({
    key: `input/orders-${at}.csv`,
    csv: csv(at),
    uploadedAt: UPLOADED_AT + at,
  }));

/** The result of the batch's stage task. */
const staged = (executionId: string) =>
  JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'stage')) ?? '{}');

test('rows of files that share an object are staged once, and counted per table', async () => {
  const batch = files(12, (at) => orders(0, order(at), order(100)));
  const executionId = await pipeline.process(batch);
  expect(staged(executionId).tables).toEqual([
    expect.objectContaining({
      table: 'orders',
      rows: 24,
      inserted: 13,
      updated: 0,
      superseded: 11,
      version: 0,
    }),
  ]);
  const rows = pipeline.bucket.calls.filter(({ key }) => key.includes('/rows/'));
  expect(rows.map(({ operation }) => operation)).toEqual(['upload', 'download']);
});

test('staging the same files again changes nothing', async () => {
  const batch = files(3, (at) => orders(0, order(at)));
  await pipeline.process(batch);
  expect(staged(await pipeline.process(batch)).tables).toEqual([
    expect.objectContaining({ rows: 3, inserted: 0, updated: 0, superseded: 3, version: 0, files_added: 0 }),
  ]);
});

test('a later version of a key wins over an earlier one in the same object', async () => {
  const batch = files(3, (at) => orders(0, `1,${at},x,2025-07-01 00:00:00,,,,1`));
  await pipeline.process([...batch].reverse());
  const changed = await pipeline.process([
    { key: 'input/orders-2.csv', csv: orders(0, order(1)), uploadedAt: UPLOADED_AT + 1 },
  ]);
  expect(staged(changed).tables).toEqual([
    expect.objectContaining({ inserted: 0, updated: 0, superseded: 1 }),
  ]);
});

test('data files have the configured target size', async () => {
  const filesOf = async (batch: Parameters<TaskPipeline['process']>[0]) =>
    staged(await pipeline.process(batch)).tables[0].files_added;
  const rows = (from: number) => orders(0, ...Array.from({ length: 2_000 }, (_, at) => order(from + at)));
  expect(await filesOf([{ key: 'input/orders-0.csv', csv: rows(1), uploadedAt: UPLOADED_AT }])).toBe(1);
  pipeline.targetFileMb = 0.01;
  expect(
    await filesOf([{ key: 'input/orders-1.csv', csv: rows(5_000), uploadedAt: UPLOADED_AT + 1 }]),
  ).toBeGreaterThan(1);
});

describe('the result of validate', () => {
  const deps = () => ({
    bucket: pipeline.bucket,
    clock: () => new Date(UPLOADED_AT),
    logger: silentLogger,
    workDirectory: '/tmp/daybook-stage-none',
    openDuckDb: () => Promise.reject(new Error('not reached')),
    catalog,
    config: { TARGET_FILE_MB: 128 },
  });

  test.each([
    ['is missing', undefined],
    ['reports a failure', { task: 'validate', status: 'failed', cause: 'no memory' }],
  ])('%s: the task fails and names the object', async (_, result) => {
    if (result) await pipeline.bucket.put(taskResultKey('e', 'validate'), JSON.stringify(result));
    const failure = run({ executionId: 'e' }, deps());
    await expect(failure).rejects.toThrow(ValidationMissingError);
    await expect(failure).rejects.toThrow('results/e/validate.json');
  });

  test('names missing rows: the task fails, and a retry of the batch loads them', async () => {
    pipeline.bucket.before = ({ operation, key }) => {
      if (operation === 'download' && key.includes('/rows/')) pipeline.bucket.objects.delete(key);
    };
    const batch = files(2, (at) => orders(0, order(at)));
    await expect(pipeline.process(batch)).rejects.toThrow(/is missing: expected the rows of validate/);
    pipeline.bucket.before = undefined;
    const validated = validateResultSchema.parse(
      JSON.parse(pipeline.bucket.text(taskResultKey('batch-1', 'validate')) ?? ''),
    );
    expect(new Set(validated.files.map(({ rows_key }) => rows_key)).size).toBe(1);
    expect(staged(await pipeline.process(batch)).tables).toEqual([
      expect.objectContaining({ rows: 2, inserted: 2, version: 0 }),
    ]);
  });
});
