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
import { isNew, nextOfReturned, readAside, setAside } from './deferred-messages';
import { findDuplicates } from './duplicates';
import type { Executions } from './executions';
import { readMessage } from './file-events';
import { receiveFor } from './receive';
import type { Reconciler } from './reconcile';

export interface OrchestrateDeps {
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly ledger: Ledger;
  readonly executions: Executions;
  readonly reconciler: Pick<Reconciler, 'run'>;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
  readonly metrics: TaskMetrics;
  readonly limits?: BatchLimits;
}

/** Why the orchestrator was called: by the clock, by the end of an execution, or by hand. */
export interface OrchestrateInput {
  /** The execution that ended, and how, where the rule on execution status called. */
  readonly ended?: { readonly executionId: string; readonly status: string };
}

export type OrchestrateOutcome =
  | { started: true; execution_id: string; counts: { files: number; bytes: number; messages: number } }
  | { started: false; reason: 'running' | 'empty' | 'exists' | 'busy' };

/** An execution that ended so ran no failure branch, and still holds its batch's messages. */
const CUT_OFF = ['TIMED_OUT', 'ABORTED'];

/**
 * Takes messages off the queue, writes their batch manifest and starts an execution for it, unless one runs. Messages that
 * came back from an execution that failed are set aside, and go in smaller batches, in turn with those that are new. Where
 * there are none, it looks for files whose message was lost. Safe to call at any time and twice: a message is never
 * deleted here while it names a file, and becomes visible again where no execution was started for it.
 */
export async function run(input: OrchestrateInput, deps: OrchestrateDeps): Promise<OrchestrateOutcome> {
  const { queue, executions, clock, logger, metrics } = deps;
  if (input.ended && (await holdsBatch(input.ended, deps))) await releaseBatch(input.ended, deps);
  const since = await executions.runningSince();
  if (since) {
    const age = Math.max(0, clock().getTime() - since.getTime());
    metrics.emit({ RunningExecutionAge: Math.round(age / 1000) }, { task: 'orchestrate' });
    return { started: false, reason: 'running' };
  }

  const aside = await readAside(deps.bucket);
  const limits = deps.limits ?? BATCH_LIMITS;
  const taken: Taken = {
    batch: new Batch(limits),
    aside: [...aside.messages],
    received: [],
    unreadable: [],
    nothingToDo: [],
  };
  const released: string[] = [];
  try {
    const waitsAside = taken.aside.some((message) => !isNew(message));
    if (!waitsAside || aside.next === 'new') await fill(taken, limits, deps);
    const isQuiet = taken.batch.files.length === 0 && taken.aside.length === 0;
    if (isQuiet && (await deps.reconciler.run(deps)) > 0) await fill(taken, limits, deps);
    await queue.delete(taken.nothingToDo);
    released.push(...taken.unreadable);
    const isOfNew = taken.batch.files.length > 0;
    const { batch, left } = isOfNew
      ? { batch: taken.batch, left: taken.aside }
      : nextOfReturned(taken.aside, deps.bucket.name, limits);
    if (batch.files.length === 0) return { started: false, reason: 'empty' };

    const executionId = batch.executionId();
    const counts = {
      files: batch.files.length,
      bytes: batch.files.reduce((sum, { size }) => sum + size, 0),
      messages: batch.messages.length,
    };
    const result = await withResult('orchestrate', executionId, deps, async () => {
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
      return { counts, answer: await start(executionId, files, counts, deps) };
    });
    if (left.length > 0 || aside.messages.length > 0) {
      const isKept = await setAside({ messages: left, next: isOfNew ? 'aside' : 'new' }, deps);
      if (!isKept) released.push(...left.map(({ receiptHandle }) => receiptHandle));
    }
    if (result.answer === 'exists') {
      logger.warn('an execution of this name exists; its messages are released', {
        execution_id: executionId,
      });
      released.push(...batch.messages.map(({ receipt_handle }) => receipt_handle));
      return { started: false, reason: 'exists' };
    }
    logger.info('execution started', { execution_id: executionId, counts });
    await hold(batch, executionId, deps);
    return { started: true, execution_id: executionId, counts };
  } catch (error) {
    // Those that were aside before still are.
    released.push(...taken.received.map(({ receiptHandle }) => receiptHandle));
    throw error;
  } finally {
    // At the end, not on the way: a message released while the queue is read would be received again at once.
    await queue.release(released);
  }
}

/** Starts the execution; where it cannot be, its files wait again, as the ledger has it, too. */
async function start(
  executionId: string,
  files: readonly BatchFile[],
  input: object,
  { executions, ledger, clock, logger }: OrchestrateDeps,
): Promise<'started' | 'exists'> {
  let reason = 'an execution of its name was there already';
  let answer: 'started' | 'exists' | undefined;
  try {
    answer = await executions.start(executionId, input);
    return answer;
  } catch (error) {
    reason = `not started: ${causeOf(error)}`;
    throw error;
  } finally {
    if (answer !== 'started') {
      // The next try writes over it anyhow.
      await ledger.release(executionId, files, reason, clock()).catch((error) => {
        logger.warn('ledger not written', { execution_id: executionId, cause: causeOf(error) });
      });
    }
  }
}

/** Messages on their way from the queue into a batch. */
interface Taken {
  /** Of those that came for the first time. */
  readonly batch: Batch;
  /** Those that came back, or for which the batch has no room. */
  aside: ReceivedMessage[];
  /** All that were received in this run, and are to be dealt with. */
  readonly received: ReceivedMessage[];
  readonly unreadable: string[];
  readonly nothingToDo: string[];
}

/** Fills the batch with what is aside for its first time, then with what the queue has. */
async function fill(
  taken: Taken,
  limits: BatchLimits,
  { queue, bucket, clock, logger }: OrchestrateDeps,
): Promise<void> {
  const { batch, received, unreadable, nothingToDo } = taken;
  for (const message of taken.aside.splice(0)) {
    const content = readMessage(message.body, bucket.name);
    if (!('files' in content)) continue;
    if (isNew(message) && batch.room > 0) batch.add(message, content.files);
    else taken.aside.push(message);
  }
  const room = () => (taken.aside.length < limits.files ? batch.room : 0);
  const take = (message: ReceivedMessage) => {
    // One that came back although it was aside.
    taken.aside = taken.aside.filter(({ messageId }) => messageId !== message.messageId);
    const content = readMessage(message.body, bucket.name);
    if ('unreadable' in content) {
      logger.warn('unreadable message, left to the dead-letter queue', {
        message_id: message.messageId,
        receive_count: message.receiveCount,
        reason: content.unreadable,
      });
      unreadable.push(message.receiptHandle);
    } else if (content.files.length === 0) {
      nothingToDo.push(message.receiptHandle);
    } else {
      received.push(message);
      if (isNew(message)) batch.add(message, content.files);
      else taken.aside.push(message);
    }
  };
  await receiveFor(room, queue, take, clock);
}

/** Without it the messages come back early, while nobody receives them, as an execution runs: no reason to fail. */
async function hold(batch: Batch, executionId: string, { queue, logger }: OrchestrateDeps): Promise<void> {
  try {
    await queue.hold(batch.messages.map(({ receipt_handle }) => receipt_handle));
  } catch (error) {
    logger.warn('messages not held', { execution_id: executionId, cause: causeOf(error) });
  }
}

/** Whether nobody ended the batch of an execution that did not succeed: settle was not called, or failed. */
async function holdsBatch(
  { executionId, status }: { executionId: string; status: string },
  { bucket }: OrchestrateDeps,
): Promise<boolean> {
  if (status !== 'FAILED') return CUT_OFF.includes(status);
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
    logger.warn('released the batch of an execution that did not', {
      execution_id: executionId,
      counts: { messages: messages.length },
    });
  } catch (error) {
    if (!(error instanceof ManifestMissingError)) throw error;
  }
}
