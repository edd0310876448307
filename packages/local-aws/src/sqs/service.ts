import { jsonService } from '../endpoint/json-protocol';
import type { LocalService } from '../endpoint/service';
import { DEFAULT_PLACE, type Place } from '../place';
import { SQS_ACCESS, SQS_DENIAL } from './access';
import { queueDoesNotExist, SQS_ERRORS } from './errors';
import { inFlight } from './message';
import type { MessageAttributes } from './message-attributes';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
} from './operations/change-message-visibility';
import { createQueue, putQueue } from './operations/create-queue';
import { deleteMessage, deleteMessageBatch } from './operations/delete-message';
import { deleteQueue } from './operations/delete-queue';
import { getQueueAttributes } from './operations/get-queue-attributes';
import { getQueueUrl } from './operations/get-queue-url';
import { listDeadLetterSourceQueues } from './operations/list-dead-letter-source-queues';
import { listQueues } from './operations/list-queues';
import { listMessageMoveTasks, startMessageMoveTask } from './operations/message-move-task';
import { purgeQueue } from './operations/purge-queue';
import { receiveMessage } from './operations/receive-message';
import { sendMessage } from './operations/send-message';
import { sendMessageBatch } from './operations/send-message-batch';
import { setQueueAttributes } from './operations/set-queue-attributes';
import { DEFAULT_ATTRIBUTES, type QueueAttributes } from './queue-attributes';
import { expire } from './receive';
import { compose, type Draft } from './send';
import { SqsStore } from './store';

export interface SqsServiceOptions extends Partial<Place> {
  /** Holds the journal; of one process at a time. */
  readonly directory: string;
  readonly clock?: () => Date;
}

/** Standard queues, with the SQS API and a way in for other services of this process. */
export interface SqsService extends LocalService {
  /** Sends a message. @throws AwsError QueueDoesNotExist, or for a message that SQS would not take */
  send(queueArn: string, body: string, attributes?: MessageAttributes): Promise<void>;
  /** Sends a message that arrives so much later. @throws as `send`, and for more than 900 seconds */
  sendDelayed(
    delaySeconds: number,
    queueArn: string,
    body: string,
    attributes?: MessageAttributes,
  ): Promise<void>;
  /** Messages that were received are at once there to be received again, as SQS may deliver one more than once. */
  resetVisibility(queueName: string): void;
  /**
   * Creates the queue, or gives the one that is there these attributes and defaults for the rest; its messages stay.
   * A dead-letter queue comes before the queues that name it.
   *
   * @returns the queue's ARN
   */
  ensureQueue(name: string, attributes?: QueueAttributes): Promise<string>;
  /** The bodies of all messages, waiting, delayed or in flight; none where there is no such queue. */
  bodies(queueName: string): string[];
}

/**
 * SQS over a directory: whatever was answered survives the death of the process. Queues, messages, receive counts
 * and receipt handles are found again, visibility timeouts go on running.
 *
 * @throws JournalError where the directory's journal is damaged before its end
 */
export async function createSqsService(options: SqsServiceOptions): Promise<SqsService> {
  const store = new SqsStore({ clock: () => new Date(), ...DEFAULT_PLACE, ...options });

  const service = jsonService({
    name: 'sqs',
    target: 'AmazonSQS',
    version: '1.0',
    queryCompatible: SQS_ERRORS,
    state: store,
    access: SQS_ACCESS,
    denial: SQS_DENIAL,
    close: async () => store.close(),
    operations: {
      ChangeMessageVisibility: changeMessageVisibility,
      ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
      CreateQueue: createQueue,
      DeleteMessage: deleteMessage,
      DeleteMessageBatch: deleteMessageBatch,
      DeleteQueue: deleteQueue,
      GetQueueAttributes: getQueueAttributes,
      GetQueueUrl: getQueueUrl,
      ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
      ListMessageMoveTasks: listMessageMoveTasks,
      ListQueues: listQueues,
      PurgeQueue: purgeQueue,
      ReceiveMessage: receiveMessage,
      SendMessage: sendMessage,
      SendMessageBatch: sendMessageBatch,
      SetQueueAttributes: setQueueAttributes,
      StartMessageMoveTask: startMessageMoveTask,
    },
  });

  function send(queueArn: string, draft: Draft): void {
    const queue = store.findArn(queueArn);
    if (!queue) throw queueDoesNotExist(queueArn);
    store.commit({ type: 'put', queue: queue.name, messages: [compose(queue, draft, store.now())] });
  }

  return {
    ...service,
    send: async (queueArn, body, attributes) => send(queueArn, { body, attributes }),
    sendDelayed: async (delaySeconds, queueArn, body, attributes) =>
      send(queueArn, { body, attributes, delaySeconds }),
    resetVisibility(queueName) {
      const now = store.now();
      const hidden = store
        .queue(queueName)
        .messages()
        .filter((message) => inFlight(message, now));
      const until = now;
      store.commit(...hidden.map(({ id }) => ({ type: 'visibility' as const, queue: queueName, id, until })));
    },
    async ensureQueue(name, attributes = {}) {
      putQueue(store, name, DEFAULT_ATTRIBUTES, attributes);
      return store.arnOf(name);
    },
    bodies(queueName) {
      const queue = store.find(queueName);
      if (!queue) return [];
      expire(store, queue);
      return queue.messages().map(({ body }) => body);
    },
  };
}
