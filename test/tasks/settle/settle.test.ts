import { taskResultKey } from '../../../domain/object-keys';
import { writeBatchManifest } from '../../../storage/batch-manifest';
import { run, type SettleDeps, type SettleInput } from '../../../tasks/settle/settle';
import { MemoryBucket } from '../../builders/memory-bucket';
import { MemoryLedger } from '../../builders/memory-ledger';
import { MemoryQueue } from '../../builders/memory-queue';
import { RecordedMetrics } from '../../builders/recorded-metrics';
import { silentLogger } from '../../builders/silent-logger';

const ID = 'exec-1';
const base = { execution_id: ID, started_at: '2025-03-30T12:00:00.000Z', duration_ms: 5 };

async function setUp() {
  const bucket = new MemoryBucket();
  const queue = new MemoryQueue();
  queue.send('a');
  queue.send('b');
  const messages = await queue.receive(10);
  await writeBatchManifest(bucket, {
    execution_id: ID,
    files: [{ key: 'input/a.csv', etag: 'e', size: 1, uploaded_at: '2025-03-30T12:00:00.000Z' }],
    messages: messages.map(({ messageId, receiptHandle }) => ({
      message_id: messageId,
      receipt_handle: receiptHandle,
    })),
  });
  const metrics = new RecordedMetrics();
  const ledger = new MemoryLedger();
  const settle = (input: Omit<SettleInput, 'executionId'>, deps: Partial<SettleDeps> = {}) =>
    run(
      { executionId: ID, ...input },
      {
        ...{ bucket, queue, ledger, metrics, logger: silentLogger },
        clock: () => new Date(0),
        copyBack: async () => undefined,
        ...deps,
      },
    );
  const put = (task: 'validate' | 'stage' | 'transform' | 'load', result: object) =>
    bucket.put(taskResultKey(ID, task), JSON.stringify({ ...base, task, ...result }));
  return { bucket, queue, ledger, metrics, settle, put };
}

const validated = (valid: number, invalid: number) => ({
  status: 'succeeded',
  counts: { files: valid + invalid, valid, invalid, gone: 0, replaced: 0, rows: 10 * valid, bad_rows: 0 },
  files: [...Array(valid + invalid).keys()].map((i) => ({
    key: `input/${i}.csv`,
    etag: 'e',
    uploaded_at: base.started_at,
    outcome: i < valid ? 'valid' : 'invalid',
    bytes: 1,
    rows: 10,
    bad_rows: 0,
    extra_columns: [],
    ...(i >= valid && { reason: 'empty' }),
  })),
});

test('a successful batch has its messages deleted and its counts reported', async () => {
  const { queue, settle, put, bucket } = await setUp();
  await put('validate', validated(2, 1));
  const report = await settle({ mode: 'delete' });
  expect([...queue.waiting, ...queue.inFlight]).toEqual([]);
  expect(report).toMatchObject({ outcome: 'succeeded', counts: { valid: 2, invalid: 1, rows: 20 } });
  expect(report.summary).toMatch(/^2 files archived, 1 rejected; 20 rows loaded/);
  expect(report.files[0]).toEqual({ key: 'input/2.csv', outcome: 'invalid', reason: 'empty' });
  expect(bucket.text(taskResultKey(ID, 'settle'))).toContain('"messages": 2');
});

test('rows that are left out or delete their key are in the summary and the counts, if there are any', async () => {
  const { settle, put } = await setUp();
  const result = validated(1, 0);
  await put('validate', { ...result, counts: { ...result.counts, left_out_rows: 3, deleted_rows: 2 } });
  const { summary, counts } = await settle({ mode: 'delete' });
  expect(summary).toContain('0 superseded), 0 bad, 3 left out; 2 of the loaded rows delete their key; ');
  expect(counts).toMatchObject({ left_out_rows: 3, deleted_rows: 2 });
});

test('settling twice gives the same result', async () => {
  const { settle, put } = await setUp();
  await put('validate', validated(1, 0));
  const first = await settle({ mode: 'delete' });
  expect(await settle({ mode: 'delete' })).toEqual(first);
});

test.each([
  [1, 'No valid file: the only one was rejected.'],
  [3, 'No valid file: all 3 were rejected.'],
])('a batch without a valid file of %i says so', async (invalid, summary) => {
  const { settle, put } = await setUp();
  await put('validate', validated(0, invalid));
  expect((await settle({ mode: 'delete' })).summary).toBe(summary);
});

test('a report lists at most 50 files, those that need a person first, and counts the rest', async () => {
  const { settle, put } = await setUp();
  await put('validate', validated(60, 2));
  const { files, files_omitted } = await settle({ mode: 'delete' });
  expect(files).toHaveLength(50);
  expect(files.slice(0, 3).map(({ outcome }) => outcome)).toEqual(['invalid', 'invalid', 'valid']);
  expect(files_omitted).toBe(12);
});

test('a failed batch is released, with the cause that the task itself wrote', async () => {
  const { queue, settle, put } = await setUp();
  await put('validate', validated(1, 0));
  await put('stage', { status: 'failed', cause: 'LakeError: staging/orders: no space left' });
  const failure = { StageFiles: { Error: 'States.TaskFailed', Cause: '{"Containers":[{"ExitCode":1}]}' } };
  const report = await settle({ mode: 'release', failure });
  expect(queue.waiting).toEqual(['m1', 'm2']);
  expect(report).toMatchObject({
    outcome: 'failed',
    task: 'stage',
    cause: 'LakeError: staging/orders: no space left',
    summary: 'StageFiles failed; 1 file will be retried.',
  });
});

test('a report names the contracts and the marts that were applied, as far as the execution came', async () => {
  const { settle, put } = await setUp();
  await put('validate', { ...validated(2, 1), contracts: '0123456789ab' });
  const failure = { StageFiles: { Error: 'States.TaskFailed', Cause: 'no memory' } };
  const failed = await settle({ mode: 'release', failure });
  expect(failed).toMatchObject({ contracts: '0123456789ab' });
  expect(failed).not.toHaveProperty('marts');
  await put('transform', { ...transformed, marts: 'ba9876543210' });
  expect(await settle({ mode: 'delete' })).toMatchObject({
    contracts: '0123456789ab',
    marts: 'ba9876543210',
  });
});

test('a report says how the load of the warehouse ended, where there is one', async () => {
  const { settle, put } = await setUp();
  await put('validate', validated(1, 0));
  expect(await settle({ mode: 'delete' })).not.toHaveProperty('warehouse');
  await put('load', { status: 'succeeded', migrations: [], changed: {}, versions: {} });
  expect(await settle({ mode: 'delete' })).toMatchObject({ warehouse: { status: 'succeeded' } });
  await put('load', { status: 'failed', cause: 'WarehouseError: nobody is there' });
  expect(await settle({ mode: 'delete' })).toMatchObject({
    outcome: 'succeeded',
    warehouse: { status: 'failed', cause: 'WarehouseError: nobody is there' },
  });
});

test('a report of success or failure records the usage of the tasks', async () => {
  const { settle, put } = await setUp();
  const billed = { platform: 'lambda', billed_ms: 4000, s3_reads: 5, s3_writes: 6 };
  await put('validate', { ...validated(2, 1), usage: billed });
  await put('stage', { status: 'failed', cause: 'no memory', usage: billed });
  await put('transform', { ...transformed, usage: billed });
  const billedSizes = {
    task: { vcpu: 1, memory_gb: 4, disk_gb: 50 },
    public_address: true,
    task_function: { memory_gb: 2, disk_gb: 4 },
  };
  const { usage } = await settle({ mode: 'delete' }, { billedSizes });
  expect(usage).toEqual({
    tasks: ['validate', 'stage', 'transform'].map((task) => ({ task, ...billed })),
    files: 3,
    items: { order_kpis: 9 },
    sizes: billedSizes,
  });
  expect((await settle({ mode: 'release' }, { billedSizes })).usage).toEqual(usage);
  expect(await settle({ mode: 'delete' })).not.toHaveProperty('usage');
});

test('a report records what jobs on Spark are billed for, or else what they used', async () => {
  const { settle, bucket } = await setUp();
  const used = { VCPUHour: 1, MemoryGBHour: 4, StorageGBHour: 0 };
  const billed = { VCPUHour: 2, MemoryGBHour: 8, StorageGBHour: 3 };
  const runs = [
    { BilledResourceUtilization: billed, TotalResourceUtilization: used },
    { BilledResourceUtilization: { ...billed, VCPUHour: 0 }, TotalResourceUtilization: used },
    { State: 'SUCCESS' },
  ];
  for (const [at, run] of runs.entries())
    await bucket.put(`results/${ID}/spark-jobs/stage-2026-03-01T10:0${at}:00.000Z.json`, JSON.stringify(run));
  const billedSizes = {
    task: { vcpu: 1, memory_gb: 4, disk_gb: 50 },
    public_address: true,
    task_function: { memory_gb: 2, disk_gb: 4 },
  };
  const { usage } = await settle({ mode: 'delete' }, { billedSizes: { ...billedSizes, spark: true } });
  expect(usage?.spark_jobs).toEqual([
    { task: 'stage', vcpu: 2, memory_gb: 8, disk_gb: 3 },
    { task: 'stage', vcpu: 1, memory_gb: 4, disk_gb: 0 },
  ]);
  expect((await settle({ mode: 'delete' }, { billedSizes })).usage).not.toHaveProperty('spark_jobs');
});

test('a failure of the service itself is reported by what Step Functions caught', async () => {
  const { settle } = await setUp();
  const failure = { ValidateFiles: { Error: 'States.Timeout', Cause: 'after 3000 s' } };
  expect(await settle({ mode: 'release', failure })).toMatchObject({
    task: 'ValidateFiles',
    cause: 'States.Timeout: after 3000 s',
    files: [{ key: 'input/a.csv', outcome: 'waiting' }],
  });
});

test('a failure of a nested execution is told by what that one failed with', async () => {
  const { settle } = await setUp();
  const told = async (nested: object) => {
    const Cause = JSON.stringify({ ExecutionArn: 'arn:e', Input: {}, ...nested });
    return (await settle({ mode: 'release', failure: { StageFiles: { Error: 'States.TaskFailed', Cause } } }))
      .cause;
  };
  expect(await told({ Status: 'FAILED', Error: 'TaskFailed', Cause: 'no space left' })).toBe(
    'TaskFailed: no space left',
  );
  expect(await told({ Status: 'TIMED_OUT' })).toBe('TIMED_OUT');
});

test('an execution started by hand has nothing to release, and deleting for it is an error', async () => {
  const { bucket, queue, settle } = await setUp();
  bucket.objects.clear();
  expect((await settle({ mode: 'release' })).outcome).toBe('failed');
  expect(queue.inFlight).toHaveLength(2);
  await expect(settle({ mode: 'delete' })).rejects.toThrow(
    /batch\.json does not exist: the orchestrator writes it/,
  );
});

const staged = {
  status: 'succeeded',
  tables: [
    {
      table: 'orders',
      rows: 20,
      inserted: 12,
      updated: 5,
      superseded: 3,
      version: 4,
      files_added: 1,
      files_removed: 0,
    },
  ],
};
const transformed = {
  status: 'succeeded',
  tables: [{ table: 'order_kpis', rows: 30, written: 7, deleted: 2, version: 9 }],
};

test('the metrics of a batch are emitted once, however often it is settled', async () => {
  const { settle, put, metrics } = await setUp();
  await put('validate', validated(2, 1));
  await put('stage', staged);
  await put('transform', transformed);
  await settle({ mode: 'delete' });
  await settle({ mode: 'delete' });
  expect(metrics.lines).toEqual([
    {
      values: { FilesAccepted: 2, FilesRejected: 1, RowsAccepted: 20, RowsRejected: 0, KpiWrites: 9 },
      fields: {
        task: 'settle',
        execution_id: ID,
        files_duplicate: 0,
        files_gone: 0,
        files_replaced: 0,
        bytes_read: 3,
        rows_inserted: 12,
        rows_updated: 5,
        rows_superseded: 3,
        kpis_written: 7,
        kpis_deleted: 2,
      },
    },
  ]);
});

test('a released batch is not counted, as it comes back', async () => {
  const { settle, put, metrics } = await setUp();
  await put('validate', validated(2, 0));
  await settle({ mode: 'release', failure: { StageFiles: { Error: 'States.TaskFailed' } } });
  expect(metrics.lines).toEqual([]);
});
