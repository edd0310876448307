import type { Catalog } from '../../catalog/catalog';
import { taskResultKey } from '../../domain/object-keys';
import { type BatchFile, settleResultSchema } from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import type { TaskMetrics } from '../../runtime/metrics';
import { causeOf, withResult } from '../../runtime/task-result';
import { ManifestMissingError, readBatchManifest, writeBatchManifest } from '../../storage/batch-manifest';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import type { Ledger } from '../../storage/ledger/ledger';
import type { FileQueue, ReceivedMessage } from '../../storage/queue';
import { BATCH_LIMITS, Batch, type BatchLimits } from './batch';
import { deferMessages, isNew, nextOfReturned, readDeferred } from './deferred-messages';
import { findDuplicates } from './duplicates';
import { waitsForMore } from './event-files';
import type { Executions } from './executions';
import { readMessage } from './file-events';
import { receiveFor } from './receive';
import {
  type RecentExecutions,
  readRecent,
  stillRunning,
  withEnd,
  withStart,
  writeRecent,
} from './recent-executions';
import type { Reconciler } from './reconcile';

export interface OrchestrateDeps {
  readonly catalog: Catalog;
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly ledger: Ledger;
  readonly executions: Executions;
  readonly reconciler: Pick<Reconciler, 'run'>;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly metrics: TaskMetrics;
  readonly limits?: BatchLimits;
  /** Milliseconds that files of events wait for others; 0 by default. */
  readonly eventFileWaitMs?: number;
}

/** The reason for the invocation: the schedule, the end of an execution, or a person. */
export interface OrchestrateInput {
  /** The execution that ended, if the rule on execution status invoked the orchestrator. */
  readonly ended?: { readonly executionId: string; readonly status: string };
  /** A person wants an execution now: files of events do not wait for others. */
  readonly isByHand?: boolean;
}

export type OrchestrateOutcome =
  | { started: true; execution_id: string; counts: { files: number; bytes: number; messages: number } }
  | { started: false; reason: 'running' | 'empty' | 'exists' | 'busy' | 'waiting' };

/** An execution with such a status ran no failure branch, and still holds its batch's messages. */
const INTERRUPTED = ['TIMED_OUT', 'ABORTED'];

/**
 * Receives messages from the queue, writes their batch manifest and starts an execution for it, unless one runs. Messages that
 * came back from a failed execution are deferred: they go into smaller batches, in turn with new ones. So are those of files of
 * events that wait for others. Without messages, it looks for files whose message was lost. Safe to call at any time and twice: a message that names a file is never deleted
 * here, and becomes visible again if no execution started for it.
 */
export async function run(input: OrchestrateInput, deps: OrchestrateDeps): Promise<OrchestrateOutcome> {
  const { queue, executions, clock, logger, metrics } = deps;
  if (input.ended && (await holdsBatch(input.ended, deps))) await releaseBatch(input.ended, deps);
  const recent = await recentExecutions(input, deps);
  const running = stillRunning(await executions.listRunning(), recent, clock());
  if (running.length > 0) {
    const since = Math.min(...running.map(({ startedAt }) => startedAt.getTime()));
    const age = Math.max(0, clock().getTime() - since);
    metrics.emit({ RunningExecutionAge: Math.round(age / 1000) }, { task: 'orchestrate' });
    return { started: false, reason: 'running' };
  }

  const stored = await readDeferred(deps.bucket);
  const limits = deps.limits ?? BATCH_LIMITS;
  const intake: Intake = {
    batch: new Batch(limits),
    deferred: [...stored.messages],
    received: [],
    unreadable: [],
    withoutFiles: [],
  };
  const released: string[] = [];
  try {
    const hasReturned = intake.deferred.some((message) => !isNew(message));
    if (!hasReturned || stored.next === 'new') await fill(intake, limits, deps);
    const isIdle = intake.batch.files.length === 0 && intake.deferred.length === 0;
    if (isIdle && (await deps.reconciler.run(deps)) > 0) await fill(intake, limits, deps);
    await queue.delete(intake.withoutFiles);
    released.push(...intake.unreadable);
    const waiting = waitingMessages(intake.batch, input, deps);
    const isNewBatch = intake.batch.files.length > 0 && waiting.length === 0;
    const { batch, left } = isNewBatch
      ? { batch: intake.batch, left: intake.deferred }
      : withMessages(nextOfReturned(intake.deferred, deps.bucket.name, limits), waiting);
    if (batch.files.length === 0) {
      if (waiting.length === 0) return { started: false, reason: 'empty' };
      const isDeferred = await deferMessages({ messages: left, next: 'new' }, deps);
      if (!isDeferred) released.push(...left.map(({ receiptHandle }) => receiptHandle));
      return { started: false, reason: 'waiting' };
    }

    const executionId = batch.executionId();
    const counts = {
      files: batch.files.length,
      bytes: batch.files.reduce((sum, { size }) => sum + size, 0),
      messages: batch.messages.length,
    };
    const result = await withResult(
      'orchestrate',
      executionId,
      { ...deps, contracts: deps.catalog.contractsHash },
      async () => {
        const duplicates = await findDuplicates(batch.uploads, deps);
        const files = batch.files.map((file) => {
          const duplicate_of = duplicates.get(file.key);
          return { ...file, ...(duplicate_of && { duplicate_of }) };
        });
        await writeBatchManifest(deps.bucket, {
          execution_id: executionId,
          files,
          replaced: batch.replaced,
          messages: batch.messages,
        });
        await deps.ledger.begin(executionId, files, clock());
        return { counts, answer: await start(executionId, files, counts, recent, deps) };
      },
    );
    if (left.length > 0 || stored.messages.length > 0) {
      const isDeferred = await deferMessages({ messages: left, next: isNewBatch ? 'aside' : 'new' }, deps);
      if (!isDeferred) released.push(...left.map(({ receiptHandle }) => receiptHandle));
    }
    if (result.answer === 'exists') {
      logger.warn('an execution of this name exists; messages released', {
        execution_id: executionId,
      });
      released.push(...batch.messages.map(({ receipt_handle }) => receipt_handle));
      return { started: false, reason: 'exists' };
    }
    logger.info('execution started', { execution_id: executionId, counts });
    await hold(batch, executionId, deps);
    return { started: true, execution_id: executionId, counts };
  } catch (error) {
    // The stored list still has those that were deferred before.
    released.push(...intake.received.map(({ receiptHandle }) => receiptHandle));
    throw error;
  } finally {
    // Only now: a message released while the queue is read would be received again at once.
    await queue.release(released);
  }
}

/** The messages of a batch that is to wait for more files. */
function waitingMessages(
  batch: Batch,
  { isByHand = false }: OrchestrateInput,
  { eventFileWaitMs = 0, clock }: OrchestrateDeps,
): readonly ReceivedMessage[] {
  const waitMs = isByHand ? 0 : eventFileWaitMs;
  return waitsForMore(batch, waitMs, clock()) ? batch.receivedMessages : [];
}

const withMessages = (
  { batch, left }: { batch: Batch; left: ReceivedMessage[] },
  more: readonly ReceivedMessage[],
) => ({ batch, left: [...left, ...more] });

/** The starts and ends that may not be listed yet, with the end that this invocation is about, which it records. */
async function recentExecutions(
  { ended }: OrchestrateInput,
  { bucket, clock }: OrchestrateDeps,
): Promise<RecentExecutions> {
  const recent = await readRecent(bucket);
  if (!ended) return recent;
  const updated = withEnd(recent, ended.executionId, clock());
  await writeRecent(bucket, updated);
  return updated;
}

/** Starts the execution. If that fails, its files are `waiting` again in the ledger. */
async function start(
  executionId: string,
  files: readonly BatchFile[],
  input: object,
  recent: RecentExecutions,
  { bucket, executions, ledger, clock, logger }: OrchestrateDeps,
): Promise<'started' | 'exists'> {
  let reason = 'an execution of this name exists';
  let answer: 'started' | 'exists' | undefined;
  try {
    // Recorded first, and kept if the request fails: it may have taken effect.
    await writeRecent(bucket, withStart(recent, executionId, clock()));
    answer = await executions.start(executionId, input);
    if (answer === 'exists') await writeRecent(bucket, recent);
    return answer;
  } catch (error) {
    reason = `not started: ${causeOf(error)}`;
    throw error;
  } finally {
    if (answer !== 'started') {
      // The next try overwrites it anyway.
      await ledger.release(executionId, files, reason, clock()).catch((error) => {
        logger.warn('ledger not written', { execution_id: executionId, cause: causeOf(error) });
      });
    }
  }
}

/** Messages between the queue and a batch. */
interface Intake {
  /** Messages at their first try. */
  readonly batch: Batch;
  /** Messages that came back, or that the batch has no room for. */
  deferred: ReceivedMessage[];
  /** Messages with files that this run received. */
  readonly received: ReceivedMessage[];
  /** Receipt handles. */
  readonly unreadable: string[];
  readonly withoutFiles: string[];
}

/** Fills the batch with deferred messages at their first try, then from the queue. */
async function fill(
  intake: Intake,
  limits: BatchLimits,
  { queue, bucket, clock, logger }: OrchestrateDeps,
): Promise<void> {
  const { batch, received, unreadable, withoutFiles } = intake;
  for (const message of intake.deferred.splice(0)) {
    const content = readMessage(message.body, bucket.name);
    if (!('files' in content)) continue;
    if (isNew(message) && batch.room > 0) batch.add(message, content.files);
    else intake.deferred.push(message);
  }
  const room = () => (intake.deferred.length < limits.files ? batch.room : 0);
  const take = (message: ReceivedMessage) => {
    // A deferred message can come back.
    intake.deferred = intake.deferred.filter(({ messageId }) => messageId !== message.messageId);
    const content = readMessage(message.body, bucket.name);
    if ('unreadable' in content) {
      logger.warn('unreadable message, left for the dead-letter queue', {
        message_id: message.messageId,
        receive_count: message.receiveCount,
        reason: content.unreadable,
      });
      unreadable.push(message.receiptHandle);
    } else if (content.files.length === 0) {
      withoutFiles.push(message.receiptHandle);
    } else {
      received.push(message);
      if (isNew(message)) batch.add(message, content.files);
      else intake.deferred.push(message);
    }
  };
  await receiveFor(room, queue, take, clock);
}

/** A failure here does no harm: the messages become visible early, but nobody receives them while an execution runs. */
async function hold(batch: Batch, executionId: string, { queue, logger }: OrchestrateDeps): Promise<void> {
  try {
    await queue.hold(batch.messages.map(({ receipt_handle }) => receipt_handle));
  } catch (error) {
    logger.warn('messages not kept hidden', { execution_id: executionId, cause: causeOf(error) });
  }
}

/** Whether the batch of a failed execution is still open: settle was not called, or failed. */
async function holdsBatch(
  { executionId, status }: { executionId: string; status: string },
  { bucket }: OrchestrateDeps,
): Promise<boolean> {
  if (status !== 'FAILED') return INTERRUPTED.includes(status);
  const settled = await getMatchingJson(bucket, taskResultKey(executionId, 'settle'), settleResultSchema);
  return settled?.status !== 'succeeded';
}

async function releaseBatch(
  { executionId, status }: { executionId: string; status: string },
  { bucket, queue, ledger, clock, logger }: OrchestrateDeps,
): Promise<void> {
  try {
    const { files, messages } = await readBatchManifest(bucket, executionId);
    await queue.release(messages.map(({ receipt_handle }) => receipt_handle));
    await ledger.release(executionId, files, `the execution ended as ${status}`, clock());
    logger.warn('batch released, as its execution did not', {
      execution_id: executionId,
      counts: { messages: messages.length },
    });
  } catch (error) {
    if (!(error instanceof ManifestMissingError)) throw error;
  }
}
