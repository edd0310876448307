import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { plural } from '../domain/plural';
import type { Deployment } from './deployment';
import { DeploymentError } from './errors';

const POLL_MS = 500;

export interface QueueDepth {
  readonly waiting: number;
  readonly in_flight: number;
  readonly dead_letters: number;
}

export async function readQueueDepth({ sqs, names }: Deployment): Promise<QueueDepth> {
  const attributes = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Attributes;
  };
  const [queue, deadLetters] = await Promise.all([
    attributes(names.queue),
    attributes(names.deadLetterQueue),
  ]);
  return {
    waiting: Number(queue.ApproximateNumberOfMessages),
    in_flight: Number(queue.ApproximateNumberOfMessagesNotVisible),
    dead_letters: Number(deadLetters.ApproximateNumberOfMessages),
  };
}

export interface Redriven {
  /** Before the move; approximate, as SQS counts them. */
  readonly dead_letters: number;
  readonly moved: number;
}

/**
 * Moves the dead letters back to their source queue and waits for completion.
 * @throws DeploymentError if SQS stopped before the end; messages that were not moved are still dead letters
 */
export async function redrive({ sqs, names }: Deployment, dryRun: boolean): Promise<Redriven> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.deadLetterQueue }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    }),
  );
  const dead_letters = Number(Attributes.ApproximateNumberOfMessages);
  if (dryRun || dead_letters === 0) return { dead_letters, moved: 0 };
  const SourceArn = Attributes.QueueArn;
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  for (;;) {
    // The newest task comes first.
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    const { Status, ApproximateNumberOfMessagesMoved: moved = 0, FailureReason } = Results[0] ?? {};
    if (Status === 'COMPLETED') return { dead_letters, moved };
    if (Status !== 'RUNNING') {
      throw new DeploymentError(
        `${moved} of ${plural(dead_letters, 'dead letter')} moved, then SQS ended the task as ${Status}: ${FailureReason ?? 'no reason given'}`,
      );
    }
    await sleep(POLL_MS);
  }
}
