import { join } from 'node:path';
import { Journal } from '../journal/journal';
import type { Place } from '../place';
import { subscriptionNotFound, topicNotFound } from './errors';

export type Attributes = Readonly<Record<string, string>>;

export interface Topic {
  readonly arn: string;
  readonly attributes: Attributes;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Attributes;
}

/** A journal entry. */
type Change =
  | { type: 'topic'; topic: Topic }
  | { type: 'topic-deleted'; arn: string }
  | { type: 'subscription'; subscription: Subscription }
  | { type: 'unsubscribed'; arn: string };

export interface StoreOptions extends Place {
  readonly directory: string;
}

/** Topics and subscriptions. Changes are written to the journal before they are applied. */
export class SnsStore {
  private readonly topics = new Map<string, Topic>();
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly journal: Journal<Change>;

  constructor(private readonly options: StoreOptions) {
    this.journal = new Journal<Change>({
      path: join(options.directory, 'journal.jsonl'),
      replay: (change) => this.apply(change),
      snapshot: () => this.snapshot(),
    });
  }

  topicArn(name: string): string {
    return `arn:aws:sns:${this.options.region}:${this.options.account}:${name}`;
  }

  /** By ascending ARN. */
  allTopics(): Topic[] {
    return [...this.topics.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  findTopic(arn: string): Topic | undefined {
    return this.topics.get(arn);
  }

  /** @throws AwsError NotFound */
  topic(arn: string): Topic {
    const topic = this.topics.get(arn);
    if (!topic) throw topicNotFound(arn);
    return topic;
  }

  putTopic(topic: Topic): void {
    this.journal.commit({ type: 'topic', topic });
  }

  /** Deletes the topic's subscriptions too. */
  deleteTopic(arn: string): void {
    if (this.topics.has(arn)) this.journal.commit({ type: 'topic-deleted', arn });
  }

  /** In creation order. */
  allSubscriptions(topicArn?: string): Subscription[] {
    const all = [...this.subscriptions.values()];
    return topicArn === undefined ? all : all.filter((each) => each.topicArn === topicArn);
  }

  /** @throws AwsError NotFound */
  subscription(arn: string): Subscription {
    const subscription = this.subscriptions.get(arn);
    if (!subscription) throw subscriptionNotFound(arn);
    return subscription;
  }

  putSubscription(subscription: Subscription): void {
    this.journal.commit({ type: 'subscription', subscription });
  }

  unsubscribe(arn: string): void {
    if (this.subscriptions.has(arn)) this.journal.commit({ type: 'unsubscribed', arn });
  }

  close(): void {
    this.journal.close();
  }

  private apply(change: Change): void {
    switch (change.type) {
      case 'topic':
        this.topics.set(change.topic.arn, change.topic);
        return;
      case 'topic-deleted':
        this.topics.delete(change.arn);
        for (const { arn } of this.allSubscriptions(change.arn)) this.subscriptions.delete(arn);
        return;
      case 'subscription':
        this.subscriptions.set(change.subscription.arn, change.subscription);
        return;
      case 'unsubscribed':
        this.subscriptions.delete(change.arn);
        return;
    }
  }

  private *snapshot(): Iterable<Change> {
    for (const topic of this.topics.values()) yield { type: 'topic', topic };
    for (const subscription of this.subscriptions.values()) yield { type: 'subscription', subscription };
  }
}
