import { jsonService } from '../endpoint/json-protocol';
import type { LocalService } from '../endpoint/service';
import { DEFAULT_PLACE, type Place } from '../place';
import { SQS_ACCESS, SQS_DENIAL } from './access';
import { type QueueConsumer, queueConsumer } from './consumer';
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
import { createMessage, type Draft } from './send';
import { SqsStore } from './store';

interface SqsServiceOptions extends Partial<Place> {
  /** Holds the journal; used by one process at a time. */
  readonly directory: string;
  readonly clock?: () => Date;
}

/** Standard queues, with the SQS API and functions for other services of this process. */
export interface SqsService extends LocalService {
  /** @throws AwsError QueueDoesNotExist, or for an invalid message */
  send(queueArn: string, body: string, attributes?: MessageAttributes): Promise<void>;
  /** Sends a delayed message. @throws as `send`, and for more than 900 seconds */
  sendDelayed(
    delaySeconds: number,
    queueArn: string,
    body: string,
    attributes?: MessageAttributes,
  ): Promise<void>;
  /** Makes messages in flight visible again, because SQS may deliver a message more than once. */
  resetVisibility(queueName: string): void;
  /**
   * Creates the queue or resets the attributes of an existing one, which keeps its messages. Create a dead-letter queue
   * before its source queues.
   * @returns the queue's ARN
   */
  ensureQueue(name: string, attributes?: QueueAttributes): Promise<string>;
  /** Sets the `Policy` attribute, which has no effect here: Iam decides. @throws AwsError QueueDoesNotExist */
  setPolicy(queueArn: string, policy: string): void;
  /** A consumer of a queue within this process. @throws AwsError QueueDoesNotExist */
  consumer(queueArn: string): QueueConsumer;
  /** The bodies of all messages, visible, delayed or in flight; empty for an unknown queue. */
  bodies(queueName: string): string[];
}

/**
 * SQS. Acknowledged changes survive the death of the process: queues, messages, receive counts, receipt handles and
 * visibility timeouts.
 * @throws JournalError for a damaged journal
 */
export async function createSqsService(options: SqsServiceOptions): Promise<SqsService> {
  const place = { ...DEFAULT_PLACE, ...options };
  const store = new SqsStore({ clock: () => new Date(), ...place });

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
    store.commit({ type: 'put', queue: queue.name, messages: [createMessage(queue, draft, store.now())] });
  }

  return {
    ...service,
    send: async (queueArn, body, attributes) => send(queueArn, { body, attributes }),
    sendDelayed: async (delaySeconds, queueArn, body, attributes) =>
      send(queueArn, { body, attributes, delaySeconds }),
    resetVisibility(queueName) {
      const now = store.now();
      const messages = store.queue(queueName).messages();
      const hidden = messages.filter((message) => inFlight(message, now));
      store.commit(
        ...hidden.map(({ id }) => ({ type: 'visibility' as const, queue: queueName, id, until: now })),
      );
    },
    async ensureQueue(name, attributes = {}) {
      putQueue(store, name, DEFAULT_ATTRIBUTES, attributes);
      return store.arnOf(name);
    },
    setPolicy(queueArn, Policy) {
      const queue = store.findArn(queueArn);
      if (!queue) throw queueDoesNotExist(queueArn);
      putQueue(store, queue.name, queue.attributes, { Policy });
    },
    consumer(queueArn) {
      const queue = store.findArn(queueArn);
      if (!queue) throw queueDoesNotExist(queueArn);
      return queueConsumer(store, queue.name, place.account);
    },
    bodies(queueName) {
      const queue = store.find(queueName);
      if (!queue) return [];
      expire(store, queue);
      return queue.messages().map(({ body }) => body);
    },
  };
}
