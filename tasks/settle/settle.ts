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
import { findingsOf } from './findings';
import { failureReport, type StateFailures, successReport } from './report';
import type { TakenAlongDeps } from './restore-reupload';

export interface SettleInput {
  readonly executionId: string;
  /** `delete`: every file is archived or rejected. `release`: the execution failed, its messages go back. */
  readonly mode: 'delete' | 'release';
  readonly failure?: StateFailures | undefined;
}

export interface SettleDeps extends Pick<TakenAlongDeps, 'copyBack'> {
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
 * Ends a batch: writes into the ledger what became of its files, deletes its messages, or makes them visible again, and
 * reports what the execution did. The ledger comes before a message is deleted, after which nobody would come back to it.
 * Safe to run twice: a message that is gone, or visible already, is passed over. The metrics of a batch are told once, when it is
 * settled for good, and not again: a batch that failed and comes back in another execution counts there.
 */
export async function run(input: SettleInput, deps: SettleDeps): Promise<ExecutionReport> {
  const { executionId, mode } = input;
  const isRepeated = await isSettled(executionId, deps.bucket);
  const result = await withResult('settle', executionId, deps, async () => {
    const manifest = await manifestOf(input, deps);
    const handles = manifest.messages.map(({ receipt_handle }) => receipt_handle);
    if (mode === 'delete') {
      await deps.ledger.record(await findingsOf(manifest, deps), deps.clock());
      await deps.queue.delete(handles);
      return {
        mode,
        messages: handles.length,
        report: await successReport(deps.bucket, executionId, deps.billedSizes),
      };
    }
    await deps.queue.release(handles);
    const keys = manifest.files.map(({ key }) => key);
    const report = await failureReport(deps.bucket, executionId, input.failure ?? {}, keys, deps.billedSizes);
    const reason = `${report.task}: ${report.cause}`;
    await deps.ledger.release(executionId, manifest.files, reason, deps.clock());
    return { mode, messages: handles.length, report };
  });
  if (mode === 'delete' && !isRepeated) emitBatch(deps.metrics, result.report);
  return result.report;
}

/** Whether an earlier call, whose answer Step Functions did not get, deleted the batch's messages. */
async function isSettled(executionId: string, bucket: Bucket): Promise<boolean> {
  const result = await getMatchingJson(bucket, taskResultKey(executionId, 'settle'), settleResultSchema);
  return result?.status === 'succeeded' && result.mode === 'delete';
}

/** An execution that someone started by hand has no manifest: it fails, with nothing to release. */
async function manifestOf(
  { executionId, mode }: SettleInput,
  { bucket }: SettleDeps,
): Promise<BatchManifest> {
  try {
    return await readBatchManifest(bucket, executionId);
  } catch (error) {
    if (mode === 'delete' || !(error instanceof ManifestMissingError)) throw error;
    return { execution_id: executionId, files: [], messages: [] };
  }
}
