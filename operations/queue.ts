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

export async function readQueueDepth(deployment: Pick<Deployment, 'sqs' | 'names'>): Promise<QueueDepth> {
  const { queue, deadLetterQueue } = deployment.names;
  const [files, deadLetters] = await Promise.all([
    messagesIn(deployment, queue),
    messagesIn(deployment, deadLetterQueue),
  ]);
  return { ...files, dead_letters: deadLetters.waiting };
}

/** Messages of one queue, as SQS counts them, approximately. */
export interface Messages {
  /** Those that can be received. */
  readonly waiting: number;
  readonly in_flight: number;
}

/** @throws QueueDoesNotExist and other errors of SQS */
export async function messagesIn({ sqs }: Pick<Deployment, 'sqs'>, QueueName: string): Promise<Messages> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    in_flight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

/** What is asked of a queue that a deployment may not have; undefined if there is none. */
export async function ifThere<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && error.name === 'QueueDoesNotExist') return undefined;
    throw error;
  }
}

/** undefined: there is no such queue. */
export const queueUrlOf = async (
  { sqs }: Pick<Deployment, 'sqs'>,
  QueueName: string,
): Promise<string | undefined> => (await ifThere(sqs.send(new GetQueueUrlCommand({ QueueName }))))?.QueueUrl;

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
