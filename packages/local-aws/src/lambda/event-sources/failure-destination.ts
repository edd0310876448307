import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { invalidMapping } from './invalid-mapping';
import type { Discarded } from './ordered-delivery';
import type { RoleCalls, SourceServices } from './source';

/** Records that were given up. */
export interface Failure extends Discarded {
  readonly functionArn: string;
  readonly mappingUuid: string;
  /** The shard or partition, a part of the key of an object. */
  readonly part: string;
  /** `{ KinesisBatchInfo: {...} }` */
  readonly batchInfo: object;
  /** The event of the records, JSON text: an object in S3 holds it as `payload`. */
  readonly event: string;
}

const KINDS = [
  { prefix: 'arn:aws:sqs:', actions: ['sqs:SendMessage'] },
  { prefix: 'arn:aws:sns:', actions: ['sns:Publish'] },
  { prefix: 'arn:aws:s3:::', actions: ['s3:PutObject', 's3:ListBucket'] },
];

/** The queue, topic or bucket that receives the invocation records of a mapping. */
export class FailureDestination {
  constructor(
    private readonly arn: string,
    private readonly calls: RoleCalls,
    private readonly services: SourceServices,
  ) {}

  /** @throws LambdaError InvalidParameterValueException for another kind of destination, or a missing permission */
  check(): void {
    const kind = KINDS.find(({ prefix }) => this.arn.startsWith(prefix));
    if (!kind) {
      throw invalidMapping(`The destination ARN ${this.arn} is invalid: expected a queue, topic or bucket.`);
    }
    for (const action of kind.actions) {
      this.calls.assertMay([action], action === 's3:PutObject' ? `${this.arn}/*` : this.arn, this.arn);
    }
  }

  /** @throws an error of the destination. A repeated call can send twice. */
  async send(failure: Failure): Promise<void> {
    const { arn, calls, services } = this;
    const record = invocationRecord(failure);
    const text = JSON.stringify(record);
    if (arn.startsWith('arn:aws:sqs:')) {
      const access = { action: 'sqs:SendMessage', resource: arn };
      return calls.run('SendMessage', access, () => services.sendMessage(arn, text));
    }
    return calls.withClientConfig(async (config) => {
      if (arn.startsWith('arn:aws:sns:')) {
        const sns = new SNSClient(config);
        const publish = new PublishCommand({ TopicArn: arn, Message: text });
        await sns.send(publish).finally(() => sns.destroy());
        return;
      }
      const s3 = new S3Client({ ...config, forcePathStyle: true });
      const Body = JSON.stringify({ ...record, payload: failure.event });
      const put = new PutObjectCommand({ Bucket: arn.split(':::')[1], Key: objectKey(failure), Body });
      await s3.send(put).finally(() => s3.destroy());
    });
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
function invocationRecord({ functionArn, condition, invocations, requestId, batchInfo }: Failure): object {
  return {
    requestContext: {
      requestId: requestId ?? randomUUID(),
      functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext:
      invocations > 0 ? { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' } : null,
    version: '1.0',
    timestamp: new Date().toISOString(),
    ...batchInfo,
  };
}

/** `aws/lambda/<mapping>/<shard>/2026/11/28/2026-11-28T10.00.00-<uuid>` */
function objectKey({ mappingUuid, part }: Failure): string {
  const [date = '', time = ''] = new Date().toISOString().split(/[T.]/);
  const name = `${date}T${time.replaceAll(':', '.')}-${randomUUID()}`;
  return ['aws/lambda', mappingUuid, part, date.replaceAll('-', '/'), name].join('/');
}
