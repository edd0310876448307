import type { BatchManifest, ExecutionReport } from '../../domain/workflow';
import type { Bucket } from '../../lake/bucket';
import { ManifestMissingError, readBatchManifest } from '../batch-manifest';
import type { TaskLogger } from '../logger';
import type { FileQueue } from '../queue';
import { withResult } from '../task-result';
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
}

/**
 * Ends a batch: deletes its messages, or makes them visible again, and reports what the execution did. Safe to run
 * twice: a message that is gone, or visible already, is passed over.
 */
export async function run(input: SettleInput, deps: SettleDeps): Promise<ExecutionReport> {
  const { executionId, mode } = input;
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
  return result.report;
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
