import { taskResultKey } from '../../domain/object-keys';
import {
  type BatchManifest,
  type BilledSizes,
  type ExecutionReport,
  settleResultSchema,
} from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import type { TaskMetrics } from '../../runtime/metrics';
import { withResult } from '../../runtime/task-result';
import { ManifestMissingError, readBatchManifest } from '../../storage/batch-manifest';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import type { Ledger } from '../../storage/ledger/ledger';
import type { FileQueue } from '../../storage/queue';
import { emitBatch } from './batch-metrics';
import { findingsOf, readOutcome } from './findings';
import { failureReport, type StateFailures, successReport } from './report';
import type { RestoreDeps } from './restore-reupload';
import { readResults, type TaskResults } from './results';
import { reportChanges } from './schema-changes';

export interface SettleInput {
  readonly executionId: string;
  /** `delete`: every file is archived or rejected. `release`: the execution failed, its files will be retried. */
  readonly mode: 'delete' | 'release';
  readonly failure?: StateFailures | undefined;
}

export interface SettleDeps extends Pick<RestoreDeps, 'copyBack'> {
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly ledger: Ledger;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly metrics: TaskMetrics;
  /** Recorded in the report's usage. */
  readonly billedSizes?: BilledSizes;
}

/**
 * Ends a batch: records the outcomes of its files in the ledger, deletes its messages or makes them visible again, and reports
 * what the execution did. The ledger is written before a message is deleted, because no later run would write it. Safe to run
 * twice: a message that is deleted or visible is ignored. The metrics of a batch are emitted once, when its messages are
 * deleted: a failed batch comes back in another execution and counts there.
 */
export async function run(input: SettleInput, deps: SettleDeps): Promise<ExecutionReport> {
  const { executionId, mode } = input;
  const { bucket } = deps;
  let isRepeated = false;
  const result = await withResult('settle', executionId, deps, async () => {
    if (mode === 'release') return release(input, deps);
    // Nothing of it depends on another part: on AWS each request takes as long as dozens of them are computed here.
    const [manifest, outcome, repeated] = await Promise.all([
      readBatchManifest(bucket, executionId),
      readOutcome(bucket, executionId),
      isSettled(executionId, bucket),
    ]);
    isRepeated = repeated;
    const handles = manifest.messages.map(({ receipt_handle }) => receipt_handle);
    await deps.ledger.record(await findingsOf(manifest, outcome, deps), deps.clock());
    await deps.queue.delete(handles);
    const report = await successReport(outcome.results, bucket, executionId, deps.billedSizes);
    return { mode, messages: handles.length, report: await withChanges(report, outcome.results, deps) };
  });
  if (mode === 'delete' && !isRepeated) emitBatch(deps.metrics, result.report);
  return result.report;
}

/** The messages come first: whatever cannot be read afterwards, the files are retried. */
async function release({ executionId, mode, failure = {} }: SettleInput, deps: SettleDeps) {
  const manifest = await manifestToRelease(executionId, deps.bucket);
  const handles = manifest.messages.map(({ receipt_handle }) => receipt_handle);
  await deps.queue.release(handles);
  const keys = manifest.files.map(({ key }) => key);
  const results = await readResults(deps.bucket, executionId);
  const report = await failureReport(results, deps.bucket, executionId, failure, keys, deps.billedSizes);
  const reason = `${report.task}: ${report.cause}`;
  await deps.ledger.release(executionId, manifest.files, reason, deps.clock());
  return { mode, messages: handles.length, report };
}

/** The report, with the columns that changed in the summary, which the notification shows. */
async function withChanges(
  report: ExecutionReport,
  { validate }: TaskResults,
  deps: SettleDeps,
): Promise<ExecutionReport> {
  const changes = await reportChanges(report.execution_id, validate?.files ?? [], deps);
  if (changes === undefined) return report;
  return { ...report, summary: `${report.summary} Columns changed: ${changes}`, schema_changes: changes };
}

/** Whether an earlier call, whose answer Step Functions did not receive, deleted the batch's messages. */
async function isSettled(executionId: string, bucket: Bucket): Promise<boolean> {
  const result = await getMatchingJson(bucket, taskResultKey(executionId, 'settle'), settleResultSchema);
  return result?.status === 'succeeded' && result.mode === 'delete';
}

/** An execution that a person started has no manifest: it fails, with nothing to release. */
async function manifestToRelease(executionId: string, bucket: Bucket): Promise<BatchManifest> {
  try {
    return await readBatchManifest(bucket, executionId);
  } catch (error) {
    if (!(error instanceof ManifestMissingError)) throw error;
    return { execution_id: executionId, files: [], messages: [] };
  }
}
