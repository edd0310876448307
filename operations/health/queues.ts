import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { INPUT } from '../../domain/object-keys';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { readLatest } from '../files/ledger';
import { readQueueDepth } from '../queue';
import type { Metrics } from './metrics';
import type { QueueHealth } from './views';

/** Files that are looked at for the oldest, where no metric tells it. */
const LOOKED_AT = 5000;

/** @param metrics undefined where there is no CloudWatch */
export async function readQueueHealth(
  deployment: Deployment,
  metrics: Metrics | undefined,
  now: Date,
): Promise<QueueHealth> {
  const [depth, dead_calls] = await Promise.all([
    readQueueDepth(deployment),
    countWaiting(deployment, deployment.names.triggerDeadLetterQueue),
  ]);
  const isEmpty = depth.waiting + depth.in_flight === 0;
  const oldest = metrics ? metrics.oldestSeconds : await oldestFileSeconds(deployment, now);
  return {
    ...depth,
    dead_calls,
    oldest_seconds: isEmpty ? null : oldest,
    oldest_told_by: metrics ? 'cloudwatch' : 'input',
  };
}

async function countWaiting({ sqs }: Deployment, QueueName: string): Promise<number> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages);
}

/** Of the files that the queue's messages are about, those that are dead letters lie in another queue. */
async function oldestFileSeconds(deployment: Deployment, now: Date): Promise<number | null> {
  const dead = await readLatest(deployment, LOOKED_AT, 'dead_letter');
  const keys = new Set(dead.map(({ key }) => key));
  let oldest: Date | undefined;
  let seen = 0;
  for await (const { key, lastModified } of s3Bucket(deployment.s3, deployment.bucket).list(INPUT)) {
    if (!keys.has(key) && (!oldest || lastModified < oldest)) oldest = lastModified;
    seen += 1;
    if (seen >= LOOKED_AT) break;
  }
  return oldest ? Math.max(0, (now.getTime() - oldest.getTime()) / 1000) : null;
}
