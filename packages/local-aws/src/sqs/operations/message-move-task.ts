import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { invalidParameter } from '../errors';
import type { StoredMessage } from '../message';
import type { Queue } from '../queue';
import { expire } from '../receive';
import type { Change, MoveTask, SqsStore } from '../store';
import { deadLetterSources } from './list-dead-letter-source-queues';

/**
 * Moves visible messages of a dead-letter queue to their source queues, or to the destination, before it answers. As on
 * AWS, they get new ids, receive counts of 0 and a new retention period.
 */
export const startMessageMoveTask = operation({
  input: z.object({
    SourceArn: z.string(),
    DestinationArn: z.string().optional(),
    MaxNumberOfMessagesPerSecond: z.number().int().min(1).max(500).optional(),
  }),
  run({ SourceArn, DestinationArn }, store: SqsStore) {
    const source = queueAt(store, SourceArn);
    if (deadLetterSources(store, source).length === 0) {
      throw invalidParameter(`Source queue must be configured as a Dead Letter Queue: ${SourceArn} is not.`);
    }
    const destination = DestinationArn === undefined ? undefined : queueAt(store, DestinationArn);
    expire(store, source);
    const now = store.now();
    const waiting = source.messages().filter(({ availableAt }) => availableAt <= now);
    const moves = waiting.flatMap((message) => {
      const to = destination ?? store.findArn(message.sourceArn ?? '');
      return to ? [{ message, to }] : [];
    });
    const task: MoveTask = {
      handle: Buffer.from(`local-sqs/${source.name}/${randomUUID()}`).toString('base64'),
      sourceArn: SourceArn,
      ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
      startedAt: now,
      moved: moves.length,
      toMove: waiting.length,
      ...(moves.length < waiting.length && { failure: 'CouldNotDetermineMessageSource' }),
    };
    store.commit(
      ...moves.map(
        ({ message, to }): Change => ({
          type: 'put',
          queue: to.name,
          messages: [resetMessage(message, now)],
        }),
      ),
      { type: 'deleted', queue: source.name, ids: moves.map(({ message }) => message.id) },
      { type: 'move-task', task },
    );
    return { TaskHandle: task.handle };
  },
});

/** Every listed task has ended. */
export const listMessageMoveTasks = operation({
  input: z.object({ SourceArn: z.string(), MaxResults: z.number().int().min(1).max(10).default(1) }),
  run({ SourceArn, MaxResults }, store: SqsStore) {
    queueAt(store, SourceArn);
    return {
      Results: store
        .moveTasks(SourceArn)
        .slice(0, MaxResults)
        .map((task) => ({
          Status: task.failure ? 'FAILED' : 'COMPLETED',
          SourceArn: task.sourceArn,
          DestinationArn: task.destinationArn,
          ApproximateNumberOfMessagesMoved: task.moved,
          ApproximateNumberOfMessagesToMove: task.toMove,
          StartedTimestamp: task.startedAt,
          FailureReason: task.failure,
        })),
    };
  },
});

function resetMessage(message: StoredMessage, now: number): StoredMessage {
  const { sourceArn, firstReceivedAt, lastReceivedAt, ...rest } = message;
  return { ...rest, id: randomUUID(), sentAt: now, availableAt: now, receiveCount: 0, held: false };
}

function queueAt(store: SqsStore, arn: string): Queue {
  const queue = store.findArn(arn);
  if (!queue) {
    throw new AwsError(
      'ResourceNotFoundException',
      `The resource that you specified does not exist: ${arn}.`,
      404,
    );
  }
  return queue;
}
