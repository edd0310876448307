import { MOVE_GROUP_FILES } from '../domain/workflow';
import type { DeploymentCounts } from './deployment-counts';
import { type EventLoad, eventExecutionsPerDay, eventUsage, idleEventUsage } from './event-usage';
import { kpiItems, kpiWrites } from './kpi-writes';
import {
  BILLED_START_SECONDS,
  FUNCTION_SECONDS,
  FUNCTION_START_SECONDS,
  IMAGE_GB,
  ITEM_BYTES,
  LEDGER_ITEM_BYTES,
  LOG_BYTES,
  ledgerWritesPerFile,
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

/** The files that a shop sends. */
export interface Workload {
  readonly filesPerDay: number;
  readonly rowsPerDay: number;
  /** Files that arrive together, in one batch: three for products, orders and order items. */
  readonly filesAtOnce: number;
}

const DAYS = 30;
const GB = 1e9;
/** Smaller files stay in S3 Standard. */
const GLACIER_MIN_BYTES = 128 * 1024;
const ARCHIVE_DAYS_IN_STANDARD = 90;
/** Days that replaced data files and parsed rows are kept, and then their deleted object versions. */
const KEPT_DAYS = 7 + 7;
const STORED_MONTHS = 12;

type Task = 'validate' | 'stage' | 'transform';
const TASKS: readonly Task[] = ['validate', 'stage', 'transform'];

/** Seconds of one task for a number of rows, without its start: the line through the measured values. */
export function taskSeconds(task: Task, rows: number): number {
  const { small, large } = TASK_SECONDS;
  const slope = (large[task] - small[task]) / (large.rows - small.rows);
  return SLOWNESS * (small[task] + Math.max(0, rows - small.rows) * slope);
}

/** Whether a batch of this many rows, as uncompressed CSV, is small. */
export const isSmall = (rows: number, { smallBatchBytes }: DeploymentCounts): boolean =>
  rows * ROW_BYTES.csv < smallBatchBytes;

/** The billed usage of a task for a number of rows: of a function if the batch is small, otherwise of Fargate. */
export function taskUsage(task: Task, rows: number, counts: DeploymentCounts): Usage[] {
  const seconds = taskSeconds(task, rows);
  return isSmall(rows, counts)
    ? taskFunctionUsage(FUNCTION_START_SECONDS + seconds, counts.sizes, task)
    : fargateUsage(BILLED_START_SECONDS + seconds, counts.sizes, task);
}

/** Executions per day: one for files that arrive together, and at most as many as fit sequentially. */
export function executionsPerDay(
  { filesPerDay, rowsPerDay, filesAtOnce }: Workload,
  counts: DeploymentCounts,
): number {
  if (filesPerDay === 0) return 0;
  const arrivals = filesPerDay / filesAtOnce;
  // With more executions, each has fewer rows and is shorter.
  const seconds = (executions: number) => executionSeconds(rowsPerDay / executions, counts);
  let fitting = arrivals;
  for (let i = 0; i < 50; i += 1) fitting = Math.min(arrivals, 86_400 / seconds(fitting));
  return fitting;
}

/** From the start of the first task to the end of the last. */
function executionSeconds(rows: number, counts: DeploymentCounts): number {
  const start = isSmall(rows, counts)
    ? FUNCTION_START_SECONDS
    : UNBILLED_START_SECONDS + BILLED_START_SECONDS;
  return TASKS.reduce((sum, task) => sum + start + taskSeconds(task, rows), 0);
}

/** One execution. */
export function executionUsage(files: number, rows: number, counts: DeploymentCounts): Usage[] {
  const { transitions, functionMemoryGb } = counts;
  const ledger = ledgerWritesPerFile(files);
  const seconds = functionSeconds(files);
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
    { price: 'lambdaRequests', quantity: 2 + groupsOf(files), what: 'move, settle, orchestrate' },
    {
      price: 's3Writes',
      quantity: S3_REQUESTS.writes + S3_REQUESTS.writesPerFurtherFile * Math.max(0, files - 3),
      what: `${S3_REQUESTS.writes}, and ${S3_REQUESTS.writesPerFurtherFile} for each file beyond three`,
    },
    { price: 's3Reads', quantity: S3_REQUESTS.reads, what: 'the lake' },
    ...kpiWrites(rows, counts.tables),
    { price: 'dynamoWrites', quantity: ledger * files, what: `the ledger: ${ledger} per file` },
    { price: 'sqsRequests', quantity: 4 * files, what: 'send, receive, extend and delete, for each file' },
    { price: 'snsEmails', quantity: 1, what: 'to one address' },
    { price: 'logs', quantity: LOG_BYTES.execution / GB, what: 'state machine, tasks, functions' },
    { price: 'traces', quantity: 2, what: 'state machine, orchestrate' },
  ];
}

/** A month without files. */
export function idleUsage(counts: DeploymentCounts): Usage[] {
  const invocations = counts.invocationsPerDay * DAYS;
  const maintenance = fargateUsage(BILLED_START_SECONDS, counts.sizes, 'maintain, once a day');
  return [
    {
      price: 'schedules',
      quantity: invocations + counts.tasksPerDay * DAYS,
      what: 'orchestrate and maintain',
    },
    {
      price: 'lambdaTime',
      quantity: invocations * FUNCTION_SECONDS.check * counts.functionMemoryGb,
      what: `${invocations.toLocaleString('en-US')} checks of the queue, ${FUNCTION_SECONDS.check} s each`,
    },
    { price: 'lambdaRequests', quantity: invocations, what: 'checks of the queue' },
    { price: 'sqsRequests', quantity: 2 * invocations, what: 'two for each check' },
    {
      price: 's3Writes',
      quantity: (DAYS * 24 * 60) / RECONCILE_MINUTES,
      what: `a list of input/ every ${RECONCILE_MINUTES} minutes`,
    },
    { price: 'traces', quantity: invocations, what: 'one for each check' },
    { price: 'logs', quantity: (invocations * LOG_BYTES.check) / GB, what: 'checks of the queue' },
    ...idleEventUsage(counts),
    ...times(maintenance, counts.tasksPerDay * DAYS),
    { price: 'alarms', quantity: counts.alarmMetrics, what: 'alarms of the template' },
    { price: 'metrics', quantity: counts.tasksPerDay / 24, what: 'one metric of maintain, one hour per day' },
    { price: 'dashboards', quantity: counts.dashboards, what: 'dashboard of the template' },
    { price: 'images', quantity: IMAGE_GB, what: 'three images' },
    { price: 'secrets', quantity: counts.secrets, what: 'the keys of pseudonyms and of the API' },
    { price: 'keys', quantity: counts.keys, what: 'customer managed keys' },
    { price: 'natGateway', quantity: counts.natGateways * 24 * DAYS, what: 'NAT gateways' },
  ];
}

/** Storage after one year of this workload, and the metrics of one month. */
export function storageUsage(workload: Workload, counts: DeploymentCounts): Usage[] {
  const { filesPerDay, rowsPerDay } = workload;
  const days = STORED_MONTHS * DAYS;
  const executions = executionsPerDay(workload, counts);
  const fileBytes = filesPerDay > 0 ? (rowsPerDay / filesPerDay) * ROW_BYTES.csv : 0;
  const isCold = fileBytes >= GLACIER_MIN_BYTES;
  const archiveGb = (rowsPerDay * ROW_BYTES.csv) / GB;
  const lakeGb = (rowsPerDay * days * ROW_BYTES.lake) / GB;
  const temporaryGb =
    (KEPT_DAYS * (rowsPerDay * (ROW_BYTES.parsed + ROW_BYTES.csv / 2) + executions * REWRITTEN_BYTES)) / GB;
  const itemGb = (kpiItems(rowsPerDay, days, counts.tables) * ITEM_BYTES) / GB;
  const ledgerGb = (filesPerDay * days * LEDGER_ITEM_BYTES) / GB;
  const batchHours = Math.min(1, executions / 24);
  const seconds = executions > 0 ? executionSeconds(rowsPerDay / executions, counts) : 0;
  // A check every five minutes emits the age of the running execution, if there is one.
  const runningHours = Math.min(1, (executions / 24) * (seconds / 300));
  return [
    {
      price: 's3Standard',
      quantity: archiveGb * (isCold ? ARCHIVE_DAYS_IN_STANDARD : days),
      what: isCold ? `archive/, ${ARCHIVE_DAYS_IN_STANDARD} days` : 'archive/: files below 128 KB stay',
    },
    {
      price: 's3Glacier',
      quantity: isCold ? archiveGb * (days - ARCHIVE_DAYS_IN_STANDARD) : 0,
      what: 'archive/, later',
    },
    { price: 's3Transitions', quantity: isCold ? filesPerDay * DAYS : 0, what: 'a month’s files' },
    { price: 's3Standard', quantity: lakeGb, what: 'staging/' },
    { price: 's3Standard', quantity: temporaryGb, what: `replaced and deleted files, ${KEPT_DAYS} days` },
    { price: 'dynamoStorage', quantity: itemGb, what: 'KPIs' },
    { price: 'dynamoRecovery', quantity: itemGb, what: 'KPIs' },
    { price: 'dynamoStorage', quantity: 2 * ledgerGb, what: 'the ledger and its index' },
    { price: 'dynamoRecovery', quantity: ledgerGb, what: 'the ledger' },
    {
      price: 'metrics',
      quantity: (counts.customMetrics - 2) * batchHours + runningHours,
      what: `${counts.customMetrics - 1} metrics of batches, in hours with a batch`,
    },
    {
      price: 'logStorage',
      quantity: (3 * executions * DAYS * LOG_BYTES.execution) / GB,
      what: 'three months',
    },
  ];
}

/** The usage of a month with events besides the files. */
export function monthWithEvents(workload: Workload, load: EventLoad, counts: DeploymentCounts): Usage[] {
  const others = executionsPerDay(workload, counts);
  const more = eventExecutionsPerDay(load, others, counts);
  const execution = more > 0 ? executionUsage(3, load.eventsPerDay / more, { ...counts, tables: [] }) : [];
  return [...monthUsage(workload, counts), ...eventUsage(load, counts), ...times(execution, more * DAYS)];
}

/** The usage of a month, one year after the start. */
export function monthUsage(workload: Workload, counts: DeploymentCounts): Usage[] {
  const perDay = executionsPerDay(workload, counts);
  const execution =
    perDay > 0 ? executionUsage(workload.filesPerDay / perDay, workload.rowsPerDay / perDay, counts) : [];
  return [...idleUsage(counts), ...times(execution, perDay * DAYS), ...storageUsage(workload, counts)];
}
