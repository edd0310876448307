import { z } from 'zod';
import { sparkJobsPrefix } from '../../domain/object-keys';
import { plural } from '../../domain/plural';
import type {
  BilledSizes,
  ExecutionReport,
  ExecutionUsage,
  SparkJob,
  ValidatedFile,
} from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getJson } from '../../storage/json-object';
import type { TaskResults } from './results';

/** The failure branch's `$.failure`: under each failed state's name, what Step Functions caught. */
export type StateFailures = Readonly<Record<string, { Error?: string; Cause?: string }>>;

const FILES_IN_REPORT = 50;
const CAUSE_LENGTH = 1_000;

/** Files that were gone or replaced by a newer upload were not read. */
const WAS_READ: readonly ValidatedFile['outcome'][] = ['valid', 'invalid'];

/** What the execution did, from the result objects of its tasks. */
export async function successReport(
  results: TaskResults,
  bucket: Bucket,
  executionId: string,
  sizes?: BilledSizes,
): Promise<ExecutionReport> {
  const counts = countsOf(results);
  return {
    execution_id: executionId,
    outcome: 'succeeded',
    summary: summaryOf(counts),
    counts,
    ...filesOf(results.validate?.files ?? []),
    ...hashesOf(results),
    ...warehouseOf(results),
    ...usageOf(results, sizes, await sparkJobs(bucket, executionId, sizes)),
  };
}

/** Why the execution failed: the cause in the task's own result object, else what Step Functions caught. */
export async function failureReport(
  results: TaskResults,
  bucket: Bucket,
  executionId: string,
  failures: StateFailures,
  batchKeys: readonly string[],
  sizes?: BilledSizes,
): Promise<ExecutionReport> {
  const failedTask = [results.validate, results.stage, results.refresh].find((r) => r?.status === 'failed');
  const [state, caught] = Object.entries(failures)[0] ?? ['', {}];
  const task = failedTask?.task ?? state;
  const cause = failedTask?.cause ?? causeOf(caught);
  const files =
    results.validate?.files ??
    batchKeys.map((key) => ({ key, outcome: 'waiting' as const, reason: undefined }));
  return {
    execution_id: executionId,
    outcome: 'failed',
    task,
    cause: cause.slice(0, CAUSE_LENGTH) || 'unknown',
    summary: `${state || task} failed; ${plural(batchKeys.length, 'file')} will be retried.`,
    counts: countsOf(results),
    ...filesOf(files),
    ...hashesOf(results),
    ...usageOf(results, sizes, await sparkJobs(bucket, executionId, sizes)),
  };
}

/** Of a nested execution Step Functions catches its description, in which the error lies that it failed with. */
function causeOf({ Error: error, Cause = '' }: StateFailures[string]): string {
  const nested = nestedSchema.safeParse(Cause.startsWith('{') ? JSON.parse(Cause) : undefined).data;
  const told = nested ? [nested.Error ?? nested.Status, nested.Cause] : [error, Cause];
  return told.filter(Boolean).join(': ');
}

const nestedSchema = z.object({
  ExecutionArn: z.string(),
  Status: z.string(),
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

function countsOf({ validate, stage, refresh }: TaskResults): Record<string, number> {
  const total = <T>(items: readonly T[] | undefined, field: (item: T) => number) =>
    (items ?? []).reduce((sum, item) => sum + field(item), 0);
  return {
    ...validate?.counts,
    bytes: total(validate?.files, ({ outcome, bytes }) => (WAS_READ.includes(outcome) ? bytes : 0)),
    inserted: total(stage?.tables, (table) => table.inserted),
    updated: total(stage?.tables, (table) => table.updated),
    superseded: total(stage?.tables, (table) => table.superseded),
    kpis_written: total(refresh?.tables, (table) => table.written),
    kpis_deleted: total(refresh?.tables, (table) => table.deleted),
  };
}

/** The hashes of what the execution applied; none in results of earlier releases. */
const hashesOf = ({ validate, refresh }: TaskResults): Pick<ExecutionReport, 'contracts' | 'marts'> => ({
  ...(validate?.contracts && { contracts: validate.contracts }),
  ...(refresh?.marts && { marts: refresh.marts }),
});

const warehouseOf = ({ load }: TaskResults): Pick<ExecutionReport, 'warehouse'> =>
  load
    ? { warehouse: { status: load.status, ...(load.cause && { cause: load.cause.slice(0, CAUSE_LENGTH) }) } }
    : {};

/** @param sizes undefined: without them nobody could compute a cost, so there is no usage either */
function usageOf(
  { validate, stage, refresh, load }: TaskResults,
  sizes: BilledSizes | undefined,
  jobs: readonly SparkJob[],
): { usage?: ExecutionUsage } {
  if (!sizes) return {};
  const tasks = [validate, stage, refresh, load].flatMap((result) =>
    result?.usage ? [{ task: result.task, ...result.usage }] : [],
  );
  const items = Object.fromEntries(
    (refresh?.tables ?? []).map(({ table, written, deleted }) => [table, written + deleted]),
  );
  const ofSpark = jobs.length > 0 && { spark_jobs: [...jobs] };
  return { usage: { tasks, ...ofSpark, files: validate?.counts?.files ?? 0, items, sizes } };
}

const utilizationSchema = z
  .object({ VCPUHour: z.number(), MemoryGBHour: z.number(), StorageGBHour: z.number().default(0) })
  .optional();
/** A job run as Step Functions describes it; EMR Serverless may bill it only seconds later. */
const jobRunSchema = z.object({
  BilledResourceUtilization: utilizationSchema,
  TotalResourceUtilization: utilizationSchema,
});

/** What the state machine recorded of the jobs on Spark. */
async function sparkJobs(
  bucket: Bucket,
  executionId: string,
  sizes: BilledSizes | undefined,
): Promise<SparkJob[]> {
  const jobs: SparkJob[] = [];
  if (!sizes?.spark) return jobs;
  const prefix = sparkJobsPrefix(executionId);
  for await (const { key } of bucket.list(prefix)) {
    const run = await getJson(bucket, key, jobRunSchema);
    const { BilledResourceUtilization: billed, TotalResourceUtilization: total } = run ?? {};
    const used = billed && billed.VCPUHour > 0 ? billed : total;
    if (!used) continue;
    const [task = ''] = key.slice(prefix.length).split('-');
    jobs.push({ task, vcpu: used.VCPUHour, memory_gb: used.MemoryGBHour, disk_gb: used.StorageGBHour });
  }
  return jobs;
}

function summaryOf(counts: Record<string, number>): string {
  const n = (name: string) => counts[name] ?? 0;
  if (n('files') === 0) return 'The batch held no files.';
  if (n('valid') === 0 && n('duplicate') > 0) {
    const rejected = n('invalid') > 0 ? `; ${plural(n('invalid'), 'file')} rejected` : '';
    return `${plural(n('duplicate'), 'duplicate')} archived without processing, as the rows are already loaded${rejected}.`;
  }
  if (n('valid') === 0) {
    return n('invalid') === 0
      ? `No file to process: ${n('gone')} gone, ${n('replaced')} replaced by a newer upload.`
      : `No valid file: ${n('invalid') === 1 ? 'the only one was' : `all ${n('invalid')} were`} rejected.`;
  }
  return [
    `${plural(n('valid'), 'file')} archived, ${n('invalid')} rejected`,
    ...(n('duplicate') > 0 ? [`${plural(n('duplicate'), 'duplicate')} archived without processing`] : []),
    `${plural(n('rows'), 'row')} loaded (${n('inserted')} new, ${n('updated')} updated, ${n('superseded')} superseded), ${n('bad_rows')} bad${moreRows(counts)}`,
    `${plural(n('kpis_written'), 'KPI item')} written, ${n('kpis_deleted')} deleted.`,
  ].join('; ');
}

/** What few batches have. */
const moreRows = ({ left_out_rows = 0, deleted_rows = 0 }: Readonly<Record<string, number>>): string =>
  [
    left_out_rows > 0 ? `, ${left_out_rows} left out` : '',
    deleted_rows > 0 ? `; ${deleted_rows} of the loaded rows delete their key` : '',
  ].join('');

function filesOf(files: readonly (Pick<ValidatedFile, 'key' | 'reason'> & { outcome: string })[]) {
  // Files that need a person come first, because a notification has room for few.
  const order = ['invalid', 'waiting', 'replaced', 'gone', 'duplicate', 'valid'];
  const sorted = [...files].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  return {
    files: sorted
      .slice(0, FILES_IN_REPORT)
      .map(({ key, outcome, reason }) => ({ key, outcome, ...(reason && { reason }) })),
    files_omitted: Math.max(0, files.length - FILES_IN_REPORT),
  };
}
