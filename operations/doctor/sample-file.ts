import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalog } from '../../catalog/catalog';
import type { Contract } from '../../domain/contract';
import { OPEN_OUTCOMES } from '../../domain/ledger';
import { INPUT } from '../../domain/object-keys';
import { compactTime } from '../../domain/time';
import type { Deployment } from '../deployment';
import { executionArn, readHistory } from '../executions/execution';
import { stepsOf } from '../executions/steps';
import { type FileView, readUploads } from '../files/ledger';
import { uploadStream } from '../files/upload';
import { type Finding, failed, ok } from './check';
import { requires, unlessNamed } from './permission';

/** Where a sample file is. */
export interface Progress {
  /** Its item in the ledger; undefined before an execution has it. */
  readonly item: FileView | undefined;
  /** The state that its execution is in, or was in last; undefined without one. */
  readonly state: string | undefined;
}

export interface SampleOptions {
  readonly timeoutMs: number;
  /** Called with every change. */
  readonly onProgress: (text: string) => void;
  readonly pollMs?: number;
}

/** The identity of this check among the others. */
export const SAMPLE_FILE = { id: 'sample-file', title: 'a sample file' };

const POLL_MS = { local: 300, aws: 3_000 };

/**
 * Uploads a file with a header and no rows, and waits for its outcome. Every task processes it, and no table changes. The file ends in
 * `archive/`, with an entry in the ledger and an execution of its own.
 */
export async function trySampleFile(deployment: Deployment, options: SampleOptions): Promise<Finding> {
  const [contract] = catalog.contracts;
  if (!contract) throw new Error('the catalog has no contracts');
  const { key, body } = sampleFile(contract, new Date(), randomBytes(4).toString('hex'));
  await requires('s3:PutObject', () =>
    uploadStream(deployment, { key, body: chunks(body), size: Buffer.byteLength(body), replace: false }),
  );
  const deadline = Date.now() + options.timeoutMs;
  const pollMs = options.pollMs ?? (deployment.isLocal ? POLL_MS.local : POLL_MS.aws);
  let shown = '';
  for (;;) {
    const progress = await requires('dynamodb:Query, s3:GetObject and states:GetExecutionHistory', () =>
      readProgress(deployment, key),
    );
    const ended = judgeProgress(key, progress);
    if (ended) return ended;
    if (Date.now() >= deadline) return judgeTimeout(key, progress, options.timeoutMs);
    const text = describeProgress(progress);
    if (text !== shown) options.onProgress(text);
    shown = text;
    await sleep(pollMs);
  }
}

/**
 * A valid file without rows. The additional column, which validation ignores, makes its content unique: an identical file could be
 * archived as a duplicate, without processing.
 */
export function sampleFile(
  { kind, columns }: Pick<Contract, 'kind' | 'columns'>,
  now: Date,
  id: string,
): { readonly key: string; readonly body: string } {
  const header = [...columns.map(({ name }) => name), `daybook_doctor_${id}`];
  return {
    key: `${INPUT}daybook-doctor/${kind}-${compactTime(now)}-${id}.csv`,
    body: `${header.join(',')}\n`,
  };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function readProgress(deployment: Deployment, key: string): Promise<Progress> {
  const [item] = await readUploads(deployment, key, 1);
  if (item?.execution === undefined || !isOpen(item)) return { item, state: undefined };
  // The ledger names an execution before it is started.
  const history = await unlessNamed(
    ['ExecutionDoesNotExist'],
    readHistory(deployment, executionArn(deployment, item.execution)),
  );
  const steps = stepsOf(history ?? []);
  const step = steps.find(({ status }) => status === 'failed' || status === 'caught') ?? steps.at(-1);
  return { item, state: step?.state };
}

/** The result if the file has an outcome, or its execution failed; undefined while it is processed. */
export function judgeProgress(key: string, { item, state }: Progress): Finding | undefined {
  if (!item || item.outcome === 'running') return undefined;
  const { outcome, execution, destination, reason = 'no reason given' } = item;
  if (outcome === 'waiting' && execution === undefined) return undefined;
  switch (outcome) {
    case 'archived':
    case 'duplicate':
      return ok(`processed by the execution ${execution}; now ${destination ?? 'in archive/'}`);
    case 'waiting':
      return failed(
        `${key}: the execution ${execution} failed in ${state ?? 'its first state'}: ${reason}`,
        'npx daybook status (docs/runbook.md#execution-failed)',
      );
    default:
      return failed(`${key} is ${outcome}: ${reason}`, `npx daybook files --key ${key}`);
  }
}

/** The result at the end of the time: where the file stopped. */
export function judgeTimeout(key: string, { item, state }: Progress, timeoutMs: number): Finding {
  const after = `after ${Math.round(timeoutMs / 1000)} seconds`;
  if (item?.outcome === 'running') {
    return failed(
      `${key} is still in ${state ?? 'the first state'} of the execution ${item.execution} ${after}`,
      'npx daybook status --watch; a larger --timeout if it only takes long',
    );
  }
  return failed(
    `${key} is in the bucket, and no execution has taken it ${after}`,
    'npx daybook status: an execution may be running; otherwise docs/runbook.md#files-wait',
  );
}

export function describeProgress({ item, state }: Progress): string {
  if (item?.outcome === 'running') return `execution ${item.execution}${state ? `, ${state}` : ''}`;
  return 'uploaded, waiting for an execution';
}

const isOpen = ({ outcome }: FileView): boolean => (OPEN_OUTCOMES as readonly string[]).includes(outcome);
