import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryService } from '../endpoint/query-protocol';
import type { LocalService } from '../endpoint/service';
import { DEFAULT_PLACE, type Place } from '../place';
import { SNS_ACCESS, SNS_DENIAL } from './access';
import { createTopic, ensureTopic } from './operations/create-topic';
import { deleteTopic } from './operations/delete-topic';
import { listSubscriptions, listSubscriptionsByTopic } from './operations/list-subscriptions';
import { listTopics } from './operations/list-topics';
import { publish, publishBatch } from './operations/publish';
import { subscribe } from './operations/subscribe';
import { getSubscriptionAttributes, setSubscriptionAttributes } from './operations/subscription-attributes';
import { getTopicAttributes, setTopicAttributes } from './operations/topic-attributes';
import { unsubscribe } from './operations/unsubscribe';
import type { Sns } from './sns';
import { type Attributes, SnsStore } from './store';

interface SnsServiceOptions extends Partial<Place> {
  /** Holds the journal and outbox.jsonl; used by one process at a time. */
  readonly directory: string;
  readonly deliver: Sns['deliver'];
  readonly clock?: () => Date;
}

export interface SnsService extends LocalService {
  /** Creates the topic unless it exists. @returns the topic's ARN */
  ensureTopic(name: string, attributes?: Attributes): Promise<string>;
}

/**
 * SNS. Topics and subscriptions survive the death of the process. Publish answers after delivery to all queues.
 * @throws JournalError for a damaged journal
 */
export async function createSnsService(options: SnsServiceOptions): Promise<SnsService> {
  const place = { ...DEFAULT_PLACE, ...options };
  const store = new SnsStore(place);
  const outbox = join(options.directory, 'outbox.jsonl');
  const sns: Sns = {
    store,
    account: place.account,
    clock: options.clock ?? (() => new Date()),
    deliver: options.deliver,
    outbox: (entry) => appendFileSync(outbox, `${JSON.stringify(entry)}\n`),
  };

  const service = queryService({
    name: 'sns',
    xmlns: 'http://sns.amazonaws.com/doc/2010-03-31/',
    invalidInput: 'InvalidParameter',
    state: sns,
    access: SNS_ACCESS,
    denial: SNS_DENIAL,
    close: async () => store.close(),
    operations: {
      CreateTopic: createTopic,
      DeleteTopic: deleteTopic,
      GetSubscriptionAttributes: getSubscriptionAttributes,
      GetTopicAttributes: getTopicAttributes,
      ListSubscriptions: listSubscriptions,
      ListSubscriptionsByTopic: listSubscriptionsByTopic,
      ListTopics: listTopics,
      Publish: publish,
      PublishBatch: publishBatch,
      SetSubscriptionAttributes: setSubscriptionAttributes,
      SetTopicAttributes: setTopicAttributes,
      Subscribe: subscribe,
      Unsubscribe: unsubscribe,
    },
  });
  return {
    ...service,
    ensureTopic: async (name, attributes = {}) => ensureTopic(store, name, attributes),
  };
}
