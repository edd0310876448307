import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { listExecutions, readFiles, readQueueDepth } from '../../cli/executions';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../domain/names';
import { executionReportSchema } from '../../domain/workflow';
import { csv, LocalPipeline, ORDERS, until } from './local-pipeline';

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

/** Stops the execution that runs, or the next one to, once the rest is done that has to happen while it runs. */
async function stopByHand(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  let executionArn: string | undefined;
  await until(async () => {
    const [latest] = await listExecutions(pipeline.deployment, 1);
    executionArn = latest?.status === 'RUNNING' ? latest.executionArn : undefined;
    return executionArn !== undefined;
  }, 20_000);
  await meanwhile();
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

test('a failing task is told with its cause, its files are tried again, and after five tries are dead letters', async () => {
  const nextFailure = await subscribe('PipelineFailureNotifications');
  const log = await pipeline.keys('staging/orders/_delta_log/');
  const corrupt = `staging/orders/_delta_log/${String(log.length).padStart(20, '0')}.json`;
  expect(log).not.toContain(corrupt);
  await pipeline.put(corrupt, '{"add": {"path":');
  const key = 'input/orders_dead.csv';
  await pipeline.put(key, orders(2));

  // The first try fails by itself.
  await until(async () => (await executionsOf(key))[0]?.status === 'FAILED', 60_000);
  const [first] = await executionsOf(key);
  expect(first?.cause).toMatch(/^stage: /);
  expect(first?.cause).toContain(corrupt);
  expect(await nextFailure()).toEqual({
    subject: `Daybook: ${first?.name} failed`,
    report: {
      execution_id: first?.name,
      outcome: 'failed',
      task: 'stage',
      cause: first?.cause?.replace('stage: ', ''),
      summary: 'StageSmallBatch failed; 1 file released for another try.',
      counts: expect.objectContaining({ files: 1, valid: 1, rows: 1 }),
      files: [{ key, outcome: 'valid' }],
      files_omitted: 0,
      cost: expect.objectContaining({ dollars: expect.any(Number) }),
    },
  });

  // To stop a try by hand counts as much, and is quicker.
  await stopByHand();
  await stopByHand();
  const companion = 'input/orders_companion.csv';
  await stopByHand(() => pipeline.put(companion, orders(3)));

  // The fifth fails by itself, and with it a companion that has tries left. Then the log is mended.
  await until(async () => (await executionsOf(key))[4]?.status === 'FAILED', 60_000);
  await pipeline.remove(corrupt);
  await pipeline.untilQuiet();

  const tries = await executionsOf(key);
  expect(tries.map(({ status }) => status)).toEqual(['FAILED', 'ABORTED', 'ABORTED', 'ABORTED', 'FAILED']);
  const triesOfCompanion = (await executionsOf(companion)).map(({ status }) => status);
  expect([triesOfCompanion[0], triesOfCompanion.at(-1)]).toEqual(['FAILED', 'SUCCEEDED']);
  expect(await pipeline.keys('input/')).toEqual([key]);
  expect(await readQueueDepth(pipeline.deployment)).toEqual({ waiting: 0, in_flight: 0, dead_letters: 1 });
  const days = async () => (await pipeline.orderKpis()).map(({ order_date }) => order_date);
  expect(await days()).toContain('2025-03-03');
  expect(await days()).not.toContain('2025-03-02');

  // Dead letters that are sent back to the queue are taken up.
  const { sqs } = pipeline.deployment;
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:file-processing-queue-dlq`,
    }),
  );
  await until(async () => (await pipeline.keys('input/')).length === 0, 20_000);
  await pipeline.untilQuiet();
  expect(await days()).toContain('2025-03-02');
}, 120_000);
