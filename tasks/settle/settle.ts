import { taskResultKey } from '../../domain/object-keys';
import { type BatchManifest, type ExecutionReport, settleResultSchema } from '../../domain/workflow';
import type { Bucket } from '../../lake/bucket';
import { ManifestMissingError, readBatchManifest } from '../batch-manifest';
import type { TaskLogger } from '../logger';
import type { TaskMetrics } from '../metrics';
import type { FileQueue } from '../queue';
import { withResult } from '../task-result';
import { emitBatch } from './batch-metrics';
import { failureReport, type StateFailures, successReport } from './report';

export interface SettleInput {
  readonly executionId: string;
  /** `delete`: every file is archived or rejected. `release`: the execution failed, its messages go back. */
  readonly mode: 'delete' | 'release';
  readonly failure?: StateFailures | undefined;
}

export interface SettleDeps {
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly metrics: TaskMetrics;
}

/**
 * Ends a batch: deletes its messages, or makes them visible again, and reports what the execution did. Safe to run
 * twice: a message that is gone, or visible already, is passed over. The metrics of a batch are told once, when it is
 * settled for good, and not again: a batch that failed and comes back in another execution counts there.
 */
export async function run(input: SettleInput, deps: SettleDeps): Promise<ExecutionReport> {
  const { executionId, mode } = input;
  const isRepeated = await isSettled(executionId, deps.bucket);
  const result = await withResult('settle', executionId, deps, async () => {
    const manifest = await manifestOf(input, deps);
    const handles = manifest.messages.map(({ receipt_handle }) => receipt_handle);
    await (mode === 'delete' ? deps.queue.delete(handles) : deps.queue.release(handles));
    const report =
      mode === 'delete'
        ? await successReport(deps.bucket, executionId)
        : await failureReport(
            deps.bucket,
            executionId,
            input.failure ?? {},
            manifest.files.map(({ key }) => key),
          );
    return { mode, messages: handles.length, report };
  });
  if (mode === 'delete' && !isRepeated) emitBatch(deps.metrics, result.report);
  return result.report;
}

/** Whether an earlier call, whose answer Step Functions did not get, deleted the batch's messages. */
async function isSettled(executionId: string, bucket: Bucket): Promise<boolean> {
  const body = await bucket.get(taskResultKey(executionId, 'settle'));
  if (!body) return false;
  const result = settleResultSchema.safeParse(JSON.parse(new TextDecoder().decode(body)));
  return result.success && result.data.status === 'succeeded' && result.data.mode === 'delete';
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
