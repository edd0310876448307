import { MOVE_GROUP_FILES } from '../domain/workflow';
import type { DeploymentCounts } from './deployment-counts';
import {
  BILLED_START_SECONDS,
  CATEGORIES,
  CHANGED_DAYS,
  FUNCTION_SECONDS,
  FUNCTION_START_SECONDS,
  IMAGE_GB,
  LEDGER_ITEM_BYTES,
  LEDGER_WRITES,
  LOG_BYTES,
  RECONCILE_MINUTES,
  REWRITTEN_BYTES,
  ROW_BYTES,
  S3_REQUESTS,
  SLOWNESS,
  TASK_SECONDS,
  UNBILLED_START_SECONDS,
} from './measured';
import { fargateUsage, taskFunctionUsage } from './task-usage';
import { functionSeconds, groupsOf, transitionsOf } from './transitions';
import { times, type Usage } from './usage';

/** What a shop sends. */
export interface Workload {
  readonly filesPerDay: number;
  readonly rowsPerDay: number;
  /** Files that come together and so are one batch; products, orders and their items are three. */
  readonly filesAtOnce: number;
}

const DAYS = 30;
const GB = 1e9;
/** Smaller files stay in S3 Standard. */
const GLACIER_LEAST_BYTES = 128 * 1024;
const ARCHIVE_DAYS_IN_STANDARD = 90;
/** Days that replaced files of the lake and parsed rows are kept, and then their deleted versions. */
const KEPT_DAYS = 7 + 7;
const STORED_MONTHS = 12;

type Task = 'validate' | 'stage' | 'transform';
const TASKS: readonly Task[] = ['validate', 'stage', 'transform'];

/** Seconds of one task's run at so many rows, its start excepted: the line through what was measured. */
export function taskSeconds(task: Task, rows: number): number {
  const { small, large } = TASK_SECONDS;
  const slope = (large[task] - small[task]) / (large.rows - small.rows);
  return SLOWNESS * (small[task] + Math.max(0, rows - small.rows) * slope);
}

/** Whether a batch of so many rows, as plain CSV, is small. */
export const isSmall = (rows: number, { smallBatchBytes }: DeploymentCounts): boolean =>
  rows * ROW_BYTES.csv < smallBatchBytes;

/** A task at so many rows, as it is billed: a function where the batch is small, otherwise Fargate. */
export function taskUsage(task: Task, rows: number, counts: DeploymentCounts): Usage[] {
  const seconds = taskSeconds(task, rows);
  return isSmall(rows, counts)
    ? taskFunctionUsage(FUNCTION_START_SECONDS + seconds, counts.sizes, task)
    : fargateUsage(BILLED_START_SECONDS + seconds, counts.sizes, task);
}

/** Executions a day: one for the files of a moment, and no more than fit behind each other. */
export function executionsPerDay(
  { filesPerDay, rowsPerDay, filesAtOnce }: Workload,
  counts: DeploymentCounts,
): number {
  if (filesPerDay === 0) return 0;
  const drops = filesPerDay / filesAtOnce;
  // The more executions, the fewer rows each: the longest is that of the fewest.
  const seconds = (executions: number) => executionSeconds(rowsPerDay / executions, counts);
  let fitting = drops;
  for (let i = 0; i < 50; i += 1) fitting = Math.min(drops, 86_400 / seconds(fitting));
  return fitting;
}

/** From the first task's start to the last one's end. */
function executionSeconds(rows: number, counts: DeploymentCounts): number {
  const start = isSmall(rows, counts)
    ? FUNCTION_START_SECONDS
    : UNBILLED_START_SECONDS + BILLED_START_SECONDS;
  return TASKS.reduce((sum, task) => sum + start + taskSeconds(task, rows), 0);
}

/** One execution of so many files and rows. */
export function executionUsage(files: number, rows: number, counts: DeploymentCounts): Usage[] {
  const { transitions, functionMemoryGb } = counts;
  const ledger = LEDGER_WRITES * files;
  const seconds = functionSeconds(files);
  const written = CHANGED_DAYS * (1 + 2 * CATEGORIES);
  return [
    ...TASKS.flatMap((task) => taskUsage(task, rows, counts)),
    {
      price: 'transitions',
      quantity: transitionsOf(transitions, files),
      what: `${transitions.perExecution}, and ${transitions.perGroup} for each ${MOVE_GROUP_FILES} files`,
    },
    {
      price: 'lambdaTime',
      quantity: seconds * functionMemoryGb,
      what: 'move, settle, and orchestrate at the end',
    },
    { price: 'lambdaRequests', quantity: 2 + groupsOf(files), what: 'likewise' },
    {
      price: 's3Writes',
      quantity: S3_REQUESTS.writes + S3_REQUESTS.writesPerFurtherFile * Math.max(0, files - 3),
      what: `${S3_REQUESTS.writes}, and ${S3_REQUESTS.writesPerFurtherFile} for each file beyond three`,
    },
    { price: 's3Reads', quantity: S3_REQUESTS.reads, what: 'the lake' },
    {
      price: 'dynamoWrites',
      quantity: written,
      what: `${CHANGED_DAYS} days, each 1 and twice ${CATEGORIES}, for the index`,
    },
    { price: 'dynamoWrites', quantity: ledger, what: `the ledger: ${LEDGER_WRITES} a file` },
    { price: 'sqsRequests', quantity: 4 * files, what: 'sent, received, held and deleted, each file' },
    { price: 'snsEmails', quantity: 1, what: 'to one address' },
    { price: 'logs', quantity: LOG_BYTES.execution / GB, what: 'state machine, tasks, functions' },
    { price: 'traces', quantity: 2, what: 'state machine, orchestrate' },
  ];
}

/** A month in which no file comes. */
export function idleUsage(counts: DeploymentCounts): Usage[] {
  const ticks = counts.ticksPerDay * DAYS;
  const maintenance = fargateUsage(BILLED_START_SECONDS, counts.sizes, 'maintain, once a day');
  return [
    { price: 'schedules', quantity: ticks + counts.tasksPerDay * DAYS, what: 'the clocks' },
    {
      price: 'lambdaTime',
      quantity: ticks * FUNCTION_SECONDS.tick * counts.functionMemoryGb,
      what: `${ticks.toLocaleString('en-US')} looks at the queue, ${FUNCTION_SECONDS.tick} s each`,
    },
    { price: 'lambdaRequests', quantity: ticks, what: 'likewise' },
    { price: 'sqsRequests', quantity: 2 * ticks, what: 'two for each look' },
    {
      price: 's3Writes',
      quantity: (DAYS * 24 * 60) / RECONCILE_MINUTES,
      what: `a list of input/ every ${RECONCILE_MINUTES} minutes`,
    },
    { price: 'traces', quantity: ticks, what: 'one for each look' },
    { price: 'logs', quantity: (ticks * LOG_BYTES.tick) / GB, what: 'of these' },
    ...times(maintenance, counts.tasksPerDay * DAYS),
    { price: 'alarms', quantity: counts.alarmMetrics, what: 'alarms of the template' },
    { price: 'metrics', quantity: counts.tasksPerDay / 24, what: 'one of the maintenance, an hour a day' },
    { price: 'dashboards', quantity: counts.dashboards, what: 'dashboard of the template' },
    { price: 'images', quantity: IMAGE_GB, what: 'three images' },
    { price: 'keys', quantity: counts.keys, what: 'keys of our own' },
    { price: 'natGateway', quantity: counts.natGateways * 24 * DAYS, what: 'NAT gateways' },
  ];
}

/** What is kept of a year of such months, and the metrics of a month. */
export function storageUsage(workload: Workload, counts: DeploymentCounts): Usage[] {
  const { filesPerDay, rowsPerDay } = workload;
  const days = STORED_MONTHS * DAYS;
  const executions = executionsPerDay(workload, counts);
  const fileBytes = filesPerDay > 0 ? (rowsPerDay / filesPerDay) * ROW_BYTES.csv : 0;
  const isCold = fileBytes >= GLACIER_LEAST_BYTES;
  const archiveGb = (rowsPerDay * ROW_BYTES.csv) / GB;
  const lakeGb = (rowsPerDay * days * ROW_BYTES.lake) / GB;
  const passingGb =
    (KEPT_DAYS * (rowsPerDay * (ROW_BYTES.parsed + ROW_BYTES.csv / 2) + executions * REWRITTEN_BYTES)) / GB;
  const itemGb = (days * (1 + 2 * CATEGORIES) * 200) / GB;
  const ledgerGb = (filesPerDay * days * LEDGER_ITEM_BYTES) / GB;
  const ofBatches = Math.min(1, executions / 24);
  const seconds = executions > 0 ? executionSeconds(rowsPerDay / executions, counts) : 0;
  // A look every five minutes meets an execution that runs, or does not.
  const ofLooks = Math.min(1, (executions / 24) * (seconds / 300));
  return [
    {
      price: 's3Standard',
      quantity: archiveGb * (isCold ? ARCHIVE_DAYS_IN_STANDARD : days),
      what: isCold ? `archive/, ${ARCHIVE_DAYS_IN_STANDARD} days` : 'archive/: files below 128 KB stay',
    },
    {
      price: 's3Glacier',
      quantity: isCold ? archiveGb * (days - ARCHIVE_DAYS_IN_STANDARD) : 0,
      what: 'archive/ later',
    },
    { price: 's3Transitions', quantity: isCold ? filesPerDay * DAYS : 0, what: 'a month’s files' },
    { price: 's3Standard', quantity: lakeGb, what: 'staging/' },
    { price: 's3Standard', quantity: passingGb, what: `replaced and deleted, ${KEPT_DAYS} days` },
    { price: 'dynamoStorage', quantity: itemGb, what: 'KPIs' },
    { price: 'dynamoRecovery', quantity: itemGb, what: 'KPIs' },
    { price: 'dynamoStorage', quantity: 2 * ledgerGb, what: 'the ledger and its index' },
    { price: 'dynamoRecovery', quantity: ledgerGb, what: 'the ledger' },
    {
      price: 'metrics',
      quantity: (counts.customMetrics - 2) * ofBatches + ofLooks,
      what: `${counts.customMetrics - 1} of batches, in the hours in which they come`,
    },
    {
      price: 'logStorage',
      quantity: (3 * executions * DAYS * LOG_BYTES.execution) / GB,
      what: 'three months',
    },
  ];
}

/** All of a month, a year after the start. */
export function monthUsage(workload: Workload, counts: DeploymentCounts): Usage[] {
  const perDay = executionsPerDay(workload, counts);
  const execution =
    perDay > 0 ? executionUsage(workload.filesPerDay / perDay, workload.rowsPerDay / perDay, counts) : [];
  return [...idleUsage(counts), ...times(execution, perDay * DAYS), ...storageUsage(workload, counts)];
}
