import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createSqsService, type SqsService } from '../../src/sqs/service';
import { clientConfig, Scene } from '../../src/testing/scene';

/** A clock that advances only manually. */
export class StandingClock {
  private at = Date.parse('2025-07-01T12:00:00Z');
  readonly now = () => new Date(this.at);
  advance(seconds: number): void {
    this.at += 1000 * seconds;
  }
}

/** SQS behind an endpoint, whose directory can be reopened without a close, as after a kill. */
export class SqsScene extends Scene {
  readonly clock = new StandingClock();
  private path: string | undefined;

  async open(
    clock: () => Date = this.clock.now,
  ): Promise<{ sqs: SqsService; client: SQSClient; url: string }> {
    this.path ??= await this.directory();
    const sqs = await createSqsService({ directory: this.path, clock });
    const { url } = await this.serve(sqs);
    return { sqs, client: new SQSClient(clientConfig(url)), url };
  }

  override async cleanUp(): Promise<void> {
    await super.cleanUp();
    this.path = undefined;
  }
}

/** Receives up to ten messages with all their attributes. */
export async function receiveMessages(client: SQSClient, QueueUrl = 'q'): Promise<Message[]> {
  const all = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...all }),
  );
  return Messages;
}
