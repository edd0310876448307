import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { Faults } from '../../src/faults/faults';
import { until } from '../../src/testing/files';
import { type EventSources, openEventSources, QUEUE_RIGHTS } from './event-sources';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:events';
let open: EventSources;

afterEach(() => open.close());

async function start(options: Parameters<typeof openEventSources>[0] = {}) {
  open = await openEventSources(options);
  const { sqs, mappings } = open;
  await sqs.ensureQueue('dead');
  const redrive = { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead', maxReceiveCount: 2 };
  await sqs.ensureQueue('events', { VisibilityTimeout: '60', RedrivePolicy: JSON.stringify(redrive) });
  mappings.start();
}

const create = (settings: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  open.client.send(
    new CreateEventSourceMappingCommand({ FunctionName: 'consume', EventSourceArn: QUEUE, ...settings }),
  );

const send = async (...bodies: string[]) => {
  for (const body of bodies) await open.sqs.send(QUEUE, body);
};

test('messages are delivered in the shape of Lambda and deleted', async () => {
  await start();
  await open.sqs.send(QUEUE, '{"a":1}', {
    kind: { DataType: 'String', StringValue: 'click' },
    raw: { DataType: 'Binary', BinaryValue: 'AAE=' },
  });
  await create();
  await until(() => open.invocations().length === 1 && open.sqs.bodies('events').length === 0);
  expect(open.invocations()[0]?.event).toEqual({
    Records: [
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: {
          SenderId: '000000000000',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          ApproximateReceiveCount: '1',
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { stringValue: 'click', stringListValues: [], binaryListValues: [], dataType: 'String' },
          raw: { binaryValue: 'AAE=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
        },
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE,
        awsRegion: 'us-east-1',
      },
    ],
  });
});

test('a batch ends with its size or its window', async () => {
  await start();
  await send(...Array.from({ length: 25 }, (_, i) => `m${i}`));
  await create({ BatchSize: 20, MaximumBatchingWindowInSeconds: 1 });
  await until(() => open.batches().length === 2);
  expect(open.batches().map(({ length }) => length)).toEqual([20, 5]);
  const [first, second] = open.invocations();
  // The first invocation also started the process of the function.
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(400);
});

test('a failed message is received again after the visibility timeout, then moved to the dead-letter queue', async () => {
  await start();
  await create({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await send('good', 'poison', 'fine');
  await until(() => open.sqs.bodies('events').join() === 'poison');
  open.advance(61);
  await until(
    () =>
      open
        .batches()
        .flat()
        .filter((body) => body === 'poison').length === 2,
  );
  await until(() => !open.mappings.isBusy);
  open.advance(61);
  await until(() => open.sqs.bodies('dead').length === 1);
  expect(open.sqs.bodies('dead')).toEqual(['poison']);
  expect(open.sqs.bodies('events')).toEqual([]);
  expect(
    open
      .batches()
      .flat()
      .filter((body) => body !== 'poison')
      .sort(),
  ).toEqual(['fine', 'good']);
});

test('without ReportBatchItemFailures, the result has no effect', async () => {
  await start();
  await create();
  await send('poison');
  await until(() => open.invocations().length === 1 && open.sqs.bodies('events').length === 0);
});

test('an error of the function keeps the whole batch', async () => {
  await start();
  await send('good', 'throw');
  const { UUID } = await create({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
  await until(() => open.mappings.lastResult(UUID ?? '') === 'PROBLEM: Function call failed');
  expect(open.sqs.bodies('events').sort()).toEqual(['good', 'throw']);
});

test('batches run concurrently up to the maximum', async () => {
  await start();
  await send(...Array.from({ length: 6 }, () => 'wait 150'));
  await create({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
  await until(() => open.sqs.bodies('events').length === 0);
  expect(new Set(open.invocations().map(({ pid }) => pid)).size).toBe(2);
});

test('a function with a reserved concurrency of 1 has one batch at a time', async () => {
  await start({ function: { reservedConcurrency: 1 } });
  await send('wait 50', 'wait 50', 'wait 50');
  await create({ BatchSize: 1 });
  await until(() => open.sqs.bodies('events').length === 0);
  expect(open.lines).toEqual([]);
  expect(new Set(open.invocations().map(({ pid }) => pid)).size).toBe(1);
});

test('mappings are listed, changed and deleted', async () => {
  await start();
  const created = await create({ BatchSize: 5 });
  expect(created).toMatchObject({
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consume',
    EventSourceArn: QUEUE,
    BatchSize: 5,
    State: 'Enabled',
    LastModified: expect.any(Date),
  });
  const UUID = created.UUID ?? '';
  await expect(create()).rejects.toMatchObject({ name: 'ResourceConflictException' });
  await open.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  await send('kept');
  const found = await open.client.send(new GetEventSourceMappingCommand({ UUID }));
  expect(found).toMatchObject({ State: 'Disabled', BatchSize: 5 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(open.invocations()).toEqual([]);
  await open.client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true, BatchSize: 1 }));
  await until(() => open.batches().length === 1);
  const list = new ListEventSourceMappingsCommand({ FunctionName: 'consume', EventSourceArn: QUEUE });
  expect((await open.client.send(list)).EventSourceMappings).toHaveLength(1);
  await open.client.send(new DeleteEventSourceMappingCommand({ UUID }));
  expect((await open.client.send(list)).EventSourceMappings).toEqual([]);
  await expect(open.client.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test.each<[string, Partial<CreateEventSourceMappingCommandInput>, string]>([
  [
    'a large batch without a window',
    { BatchSize: 11 },
    'Maximum batch window in seconds must be greater than 0',
  ],
  ['an unknown queue', { EventSourceArn: `${QUEUE}x` }, `There is no queue ${QUEUE}x`],
  ['a source of another service', { EventSourceArn: 'arn:aws:mq:x' }, 'Unrecognized event source'],
  ['an unknown function', { FunctionName: 'other' }, 'Function not found: other'],
])('refuses %s', async (_, settings, message) => {
  await start();
  await expect(create(settings)).rejects.toThrow(message);
});

test('refuses a function whose timeout exceeds the visibility timeout', async () => {
  await start({ function: { timeoutSeconds: 90 } });
  await expect(create()).rejects.toThrow(
    'Queue visibility timeout: 60 seconds is less than Function timeout: 90 seconds.',
  );
});

test('refuses a role without the permission to delete messages', async () => {
  await start({ rights: [{ ...QUEUE_RIGHTS, Action: ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'] }] });
  await expect(create()).rejects.toThrow(
    `does not have permissions to call DeleteMessage on SQS: allow the role ${open.roleArn} the action sqs:DeleteMessage on ${QUEUE}`,
  );
});

test('deletes are calls of the role, which fault injection sees', async () => {
  const faults = new Faults();
  faults.plan.put({
    service: 'sqs',
    operation: 'DeleteMessageBatch',
    caller: 'worker',
    resource: 'events',
    effect: { do: 'refuse' },
  });
  await start({ faults });
  await create();
  await send('once more');
  await until(() => faults.plan.fired.length === 1 && faults.isIdle);
  open.advance(61);
  await until(() => open.sqs.bodies('events').length === 0);
  expect(open.batches()).toEqual([['once more'], ['once more']]);
  expect(faults.plan.writes.map(({ operation, caller }) => [operation, caller])).toEqual([
    ['ReceiveMessage', 'worker'],
    ['Invoke', 'lambda.amazonaws.com'],
    ['DeleteMessageBatch', 'worker'],
    ['ReceiveMessage', 'worker'],
    ['Invoke', 'lambda.amazonaws.com'],
    ['DeleteMessageBatch', 'worker'],
  ]);
});

test('a mapping and the batch that a stop interrupts continue at the next start', async () => {
  await start();
  await create();
  await send('wait 30000');
  await until(() => open.invocations().length === 1);
  await open.close({ directory: true });
  const { directory } = open;
  await start({ directory });
  await until(() => open.invocations().length === 2);
  expect(open.invocations()[1]?.event.Records[0].attributes.ApproximateReceiveCount).toBe('2');
});

test('a mapping of an earlier template ends', async () => {
  await start();
  open.mappings.deploy('00000000-0000-4000-8000-000000000000', {
    FunctionName: 'consume',
    EventSourceArn: QUEUE,
  });
  expect(open.mappings.all()).toHaveLength(1);
  await open.close({ directory: true });
  const { directory } = open;
  await start({ directory });
  expect(open.mappings.all()).toEqual([]);
});
