import { z } from 'zod';
import { RECENT_EXECUTIONS } from '../../domain/object-keys';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson, putJson } from '../../storage/json-object';
import type { RunningExecution } from './executions';

/**
 * How far the list of executions can be behind. Step Functions documents it as eventually consistent and states no limit. After
 * this time the list alone decides, so that a remembered start that failed, or whose end was not announced, blocks no longer.
 */
export const MAX_LIST_LAG_MS = 60_000;

const changeSchema = z.object({
  execution_id: z.string(),
  /** When the orchestrator recorded it. */
  at: z.string(),
});

const recentSchema = z.object({
  /** The last start, unless its end is known. It may have failed: it is recorded before the request. */
  started: changeSchema.optional(),
  ended: z.array(changeSchema),
});

/**
 * The starts and ends that the list of executions may not show yet. DescribeExecution would not tell either: it is eventually
 * consistent as well.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
export type RecentExecutions = z.infer<typeof recentSchema>;

export async function readRecent(bucket: Bucket): Promise<RecentExecutions> {
  return (await getMatchingJson(bucket, RECENT_EXECUTIONS, recentSchema)) ?? { ended: [] };
}

export async function writeRecent(bucket: Bucket, recent: RecentExecutions): Promise<void> {
  await putJson(bucket, RECENT_EXECUTIONS, recent);
}

export function withStart(recent: RecentExecutions, executionId: string, now: Date): RecentExecutions {
  const started = { execution_id: executionId, at: now.toISOString() };
  return { started, ended: recent.ended.filter(isWithinLag(now)) };
}

/** Also for an execution that was not recorded, and for an end that is announced twice or late. */
export function withEnd(
  { started, ended }: RecentExecutions,
  executionId: string,
  now: Date,
): RecentExecutions {
  const others = ended.filter(({ execution_id }) => execution_id !== executionId);
  const end = { execution_id: executionId, at: now.toISOString() };
  return {
    ...(started?.execution_id !== executionId && { started }),
    ended: [...others.filter(isWithinLag(now)), end],
  };
}

/** The listed executions without those that have ended, and with the last start if it is not listed yet. */
export function stillRunning(
  listed: readonly RunningExecution[],
  { started, ended }: RecentExecutions,
  now: Date,
): RunningExecution[] {
  const past = new Set(ended.filter(isWithinLag(now)).map(({ execution_id }) => execution_id));
  const running = listed.filter(({ executionId }) => !past.has(executionId));
  if (!started || !isWithinLag(now)(started)) return running;
  if (running.some(({ executionId }) => executionId === started.execution_id)) return running;
  return [...running, { executionId: started.execution_id, startedAt: new Date(started.at) }];
}

/** True for a time in the future as well, as another function's clock may be ahead. */
const isWithinLag =
  (now: Date) =>
  ({ at }: { at: string }): boolean =>
    now.getTime() - Date.parse(at) < MAX_LIST_LAG_MS;
