/** A process that tests kill: it fills a queue and a stream, which a function consumes, and prints what was acknowledged. */
import { openEventSources, QUEUE_RIGHTS } from './event-sources';

export const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:events';
export const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks';

export async function openConsumer(directory: string, runtime?: string) {
  const open = await openEventSources({
    directory,
    rights: [QUEUE_RIGHTS, { Action: 'kinesis:*', Resource: STREAM }],
    ...(runtime !== undefined && { runtime }),
  });
  await open.sqs.ensureQueue('events', { VisibilityTimeout: '60' });
  open.kinesis.ensureStream({ name: 'clicks', shardCount: 2, mode: 'PROVISIONED', retentionHours: 24 });
  const settings = { FunctionName: 'consume', BatchSize: 10 };
  open.mappings.deploy('11111111-0000-4000-8000-000000000000', { ...settings, EventSourceArn: QUEUE });
  open.mappings.deploy('22222222-0000-4000-8000-000000000000', {
    ...settings,
    EventSourceArn: STREAM,
    StartingPosition: 'TRIM_HORIZON',
  });
  open.mappings.start();
  return open;
}

async function main(directory: string): Promise<void> {
  const { sqs, kinesis } = await openConsumer(directory, process.env.KILLED_CONSUMER_RUNTIME);
  const { shards = [] } = kinesis.find(STREAM) ?? {};
  for (let i = 0; ; i++) {
    const text = `${process.pid}-${i}`;
    await sqs.send(QUEUE, `sqs-${text}`);
    const data = Buffer.from(`kinesis-${text}`).toString('base64');
    shards[i % 2]?.log.append([{ arrivedAt: Date.now(), partitionKey: text, data }]);
    process.stdout.write(`${text}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const home = process.env.KILLED_CONSUMER_HOME;
if (home) void main(home);
