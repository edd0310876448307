import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { catalog } from '../../catalog/catalog';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../domain/names';
import { batchManifestKey } from '../../domain/object-keys';
import { executionReportSchema } from '../../domain/workflow';
import { serializeEntry } from '../../lake/actions';
import { entryKey } from '../../lake/log';
import { schemaString } from '../../lake/schema';
import { readFiles } from '../../operations/executions/execution-files';
import { listExecutions } from '../../operations/executions/executions';
import { readQueueDepth } from '../../operations/queue';
import { csv, ORDERS, PRODUCTS } from '../builders/csv';
import { LocalPipeline, until } from './local-pipeline';

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start();
}, 60_000);
afterAll(() => pipeline.stop());

const orders = (id: number) => csv(ORDERS, `${id},7,delivered,2025-03-0${id}T10:00:00,,,,1`);

/** @returns what reads the next notification's subject and report */
async function subscribe(topic: string) {
  const { sqs } = pipeline.deployment;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `of-${topic}` }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const sns = new SNSClient({
    endpoint: pipeline.ready.endpoint,
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  await sns.send(
    new SubscribeCommand({
      TopicArn: `arn:aws:sns:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${topic}`,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
    }),
  );
  sns.destroy();
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    const { Subject, Message } = JSON.parse(Messages[0]?.Body ?? '{}');
    return { subject: Subject, report: executionReportSchema.parse(JSON.parse(Message)) };
  };
}

/** The executions that had the file in their batch, oldest first. */
async function executionsOf(key: string) {
  const found = [];
  for (const execution of (await pipeline.executions()).reverse()) {
    const files = await readFiles(pipeline.deployment, execution.name);
    if (files.some((file) => file.key === key)) found.push(execution);
  }
  return found;
}

/** Stops the execution that runs, or the next one to. */
async function stopByHand(): Promise<void> {
  let executionArn: string | undefined;
  await until(async () => {
    const [latest] = await listExecutions(pipeline.deployment, 1);
    executionArn = latest?.status === 'RUNNING' ? latest.executionArn : undefined;
    return executionArn !== undefined;
  }, 20_000);
  await pipeline.deployment.sfn.send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
}

test('an execution stopped by hand releases its batch at once; the next one brings the file in and tells of it', async () => {
  const nextSuccess = await subscribe('PipelineSuccessNotifications');
  const key = 'input/orders_stopped.csv';
  await pipeline.put(key, orders(1));
  await stopByHand();
  await pipeline.untilQuiet();

  const [stopped, next] = await executionsOf(key);
  expect(stopped).toMatchObject({ status: 'ABORTED', cause: 'by hand' });
  expect(next).toMatchObject({ status: 'SUCCEEDED' });
  const between = (next?.started?.getTime() ?? 0) - (stopped?.ended?.getTime() ?? 0);
  expect(between).toBeLessThan(5_000);

  expect(await nextSuccess()).toEqual({
    subject: `Daybook: ${next?.name} succeeded`,
    report: expect.objectContaining({
      execution_id: next?.name,
      outcome: 'succeeded',
      files: [{ key, outcome: 'valid' }],
    }),
  });
  expect(await pipeline.keys('archive/')).toEqual([`archive/${next?.name}/orders_stopped.csv`]);
}, 60_000);

test('a file over which every execution fails becomes a dead letter after five tries, and the one beside it gets through', async () => {
  const nextFailure = await subscribe('PipelineFailureNotifications');
  // A table that can be read, and not written to.
  const { columns, partitionColumns } = catalog.stagingTable('products');
  const foreign = entryKey(catalog.stagingTable('products').location, 0);
  await pipeline.put(
    foreign,
    serializeEntry([
      { protocol: { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['checkConstraints'] } },
      {
        metaData: {
          id: 'foreign',
          format: { provider: 'parquet', options: {} },
          schemaString: schemaString(columns),
          partitionColumns: [...partitionColumns],
          configuration: {},
        },
      },
    ]),
  );
  const key = 'input/products_dead.csv';
  const companion = 'input/orders_companion.csv';
  await pipeline.put(key, csv(PRODUCTS, '1,S,2.5,Toys,Ball,B,5.00,Kids'));
  await pipeline.put(companion, orders(3));

  // The first try fails by itself.
  await until(async () => (await executionsOf(key))[0]?.status === 'FAILED', 60_000);
  const [first] = await executionsOf(key);
  expect(first?.cause).toMatch(/^stage: /);
  expect(first?.cause).toContain('checkConstraints');
  const told = await nextFailure();
  expect(told.subject).toBe(`Daybook: ${first?.name} failed`);
  expect(told.report).toMatchObject({
    execution_id: first?.name,
    outcome: 'failed',
    task: 'stage',
    cause: first?.cause?.replace('stage: ', ''),
    summary: expect.stringMatching(/^StageFiles failed; \d files? will be retried\.$/),
    files: expect.arrayContaining([{ key, outcome: 'valid' }]),
    usage: expect.objectContaining({ tasks: expect.any(Array) }),
  });

  // To stop a try by hand counts as much, and is quicker; one without the bad file is left to itself.
  let tries = 1;
  await until(async () => {
    const [running] = await listExecutions(pipeline.deployment, 1);
    if (running?.status === 'RUNNING') {
      const manifest = await pipeline.text(batchManifestKey(running.name ?? ''));
      if (!manifest.includes(key)) return false;
      const { executionArn } = running;
      await pipeline.deployment.sfn.send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
    }
    tries = (await executionsOf(key)).length;
    return (await readQueueDepth(pipeline.deployment)).dead_letters > 0;
  }, 60_000);
  expect(tries).toBe(5);
  await pipeline.untilQuiet();
  expect(await pipeline.keys('input/')).toEqual([key]);
  expect(await readQueueDepth(pipeline.deployment)).toEqual({ waiting: 0, in_flight: 0, dead_letters: 1 });
  expect((await executionsOf(companion)).at(-1)?.status).toBe('SUCCEEDED');
  const days = async () => (await pipeline.orderKpis()).map(({ order_date }) => order_date);
  expect(await days()).toContain('2025-03-03');

  // Once what was wrong is fixed, dead letters that are sent back to the queue are taken up.
  await pipeline.remove(foreign);
  const { sqs } = pipeline.deployment;
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:file-processing-queue-dlq`,
    }),
  );
  await until(async () => (await pipeline.keys('input/')).length === 0, 20_000);
  await pipeline.untilQuiet();
  expect((await executionsOf(key)).at(-1)?.status).toBe('SUCCEEDED');
}, 120_000);
