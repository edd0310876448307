import { INPUT } from '../../domain/object-keys';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { readLatest } from '../files/ledger';
import { messagesIn, readQueueDepth } from '../queue';
import type { Metrics } from './metrics';
import type { QueueHealth } from './views';

/** Maximum files scanned for the oldest, without CloudWatch. */
const MAX_SCANNED = 5000;

/** @param metrics undefined without CloudWatch */
export async function readQueueHealth(
  deployment: Deployment,
  metrics: Metrics | undefined,
  now: Date,
): Promise<QueueHealth> {
  const [depth, failed] = await Promise.all([
    readQueueDepth(deployment),
    messagesIn(deployment, deployment.names.triggerDeadLetterQueue),
  ]);
  const isEmpty = depth.waiting + depth.in_flight === 0;
  const oldest = metrics ? metrics.oldestSeconds : await oldestFileSeconds(deployment, now);
  return {
    ...depth,
    failed_invocations: failed.waiting,
    oldest_seconds: isEmpty ? null : oldest,
    oldest_source: metrics ? 'cloudwatch' : 'input',
  };
}

/** Age of the oldest file in input/. Files that are dead letters are not in the queue, and are not counted. */
async function oldestFileSeconds(deployment: Deployment, now: Date): Promise<number | null> {
  const dead = await readLatest(deployment, MAX_SCANNED, 'dead_letter');
  const keys = new Set(dead.map(({ key }) => key));
  let oldest: Date | undefined;
  let seen = 0;
  for await (const { key, lastModified } of s3Bucket(deployment.s3, deployment.bucket).list(INPUT)) {
    if (!keys.has(key) && (!oldest || lastModified < oldest)) oldest = lastModified;
    seen += 1;
    if (seen >= MAX_SCANNED) break;
  }
  return oldest ? Math.max(0, (now.getTime() - oldest.getTime()) / 1000) : null;
}
