import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';

/** Where the end of every execution is told. */
export class Topics extends Construct {
  readonly success: Topic;
  readonly failure: Topic;

  constructor(scope: Construct, id: string, { names }: { names: ResourceNames }) {
    super(scope, id);
    this.success = new Topic(this, 'Success', { topicName: names.successTopic, enforceSSL: true });
    this.failure = new Topic(this, 'Failure', { topicName: names.failureTopic, enforceSSL: true });
  }
}
