import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  type SourceAccessType,
} from '@aws-sdk/client-lambda';
import type { Message } from 'kafkajs';
import { until } from '../../src/testing/files';
import { type EventSources, openEventSources } from '../lambda/event-sources';
import { Broker, LOGIN } from './broker';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dead';
const RIGHTS = [{ Action: ['secretsmanager:GetSecretValue', 'sqs:SendMessage'], Resource: '*' }];
let broker: Broker;
let open: EventSources;
let topic = '';
let topics = 0;

jest.setTimeout(120_000);
beforeAll(async () => {
  broker = await Broker.create();
});
afterAll(() => broker.remove());
beforeEach(async () => {
  topic = `clicks${++topics}`;
  await start();
});
afterEach(() => open.close());

async function start(options: Parameters<typeof openEventSources>[0] = {}): Promise<void> {
  open = await openEventSources({ rights: RIGHTS, ...options });
  await open.sqs.ensureQueue('dead');
  open.mappings.start();
}

const create = (settings: Partial<CreateEventSourceMappingCommandInput> = {}, server = broker.server) =>
  open.client.send(
    new CreateEventSourceMappingCommand({
      FunctionName: 'consume',
      Topics: [topic],
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: [server] } },
      StartingPosition: 'TRIM_HORIZON',
      MaximumBatchingWindowInSeconds: 0,
      ...settings,
    }),
  );

async function send(...messages: Message[]): Promise<void> {
  const producer = broker.kafka().producer();
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}
const texts = (...values: string[]) => values.map((value) => ({ value, partition: 0 }));

/** The texts of each batch. */
const batches = () =>
  open
    .invocations()
    .map(({ event }) =>
      (Object.values(event.records).flat() as { value: string }[]).map(({ value }) =>
        Buffer.from(value, 'base64').toString(),
      ),
    );

test('records are delivered in the shape of Lambda', async () => {
  await broker.createTopic(topic, 2);
  await send({
    key: 'k',
    value: 'ä',
    partition: 1,
    timestamp: '1764324000500',
    headers: { kind: 'a', twice: ['b', 'c'] },
  });
  await create();
  await until(() => open.invocations().length === 1, 30);
  expect(open.invocations()[0]?.event).toEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: broker.server,
    records: {
      [`${topic}-1`]: [
        {
          topic,
          partition: 1,
          offset: 0,
          timestamp: 1_764_324_000_500,
          timestampType: 'CREATE_TIME',
          key: 'aw==',
          value: 'w6Q=',
          headers: [{ kind: [97] }, { twice: [98] }, { twice: [99] }],
        },
      ],
    },
  });
});

test('the time of the broker is marked as such, and a record without a key has none', async () => {
  await broker.createTopic(topic, 1, [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]);
  await send({ value: 'a' });
  await create();
  await until(() => open.invocations().length === 1, 30);
  const [record] = open.invocations()[0]?.event.records[`${topic}-0`] ?? [];
  expect(record).toMatchObject({ timestampType: 'LOG_APPEND_TIME' });
  expect(record).not.toHaveProperty('key');
});

test.each<[SourceAccessType, string]>([
  ['SASL_SCRAM_512_AUTH', 'SCRAM'],
  ['BASIC_AUTH', 'PLAIN'],
])('%s logs in by %s with the secret', async (Type) => {
  await broker.createTopic(topic);
  await send(...texts('a'));
  const { arn } = open.secrets.put('kafka', JSON.stringify(LOGIN));
  await create({ SourceAccessConfigurations: [{ Type, URI: arn }] }, broker.saslServer);
  await until(() => batches().flat().includes('a'), 30);
});

test('a batch has at most the batch size, and a partition is processed in order', async () => {
  await broker.createTopic(topic);
  const all = Array.from({ length: 25 }, (_, i) => `m${i}`);
  await send(...texts(...all));
  await create({ BatchSize: 10 });
  await until(() => batches().flat().length === 25, 30);
  expect(batches().map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(batches().flat()).toEqual(all);
});

test('one bad record is given up, and its neighbours are processed', async () => {
  await broker.createTopic(topic);
  await send(...texts('a', 'poison', 'b'));
  await create({
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination: QUEUE } },
  });
  await until(() => batches().flat().at(-1) === 'b' && open.sqs.bodies('dead').length === 1, 30);
  expect(batches()).toEqual([['a', 'poison', 'b'], ['poison', 'b'], ['poison'], ['poison'], ['b']]);
  const [record] = open.sqs.bodies('dead').map((body) => JSON.parse(body));
  expect(record).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    responseContext: { statusCode: 200, functionError: 'Unhandled' },
    KafkaBatchInfo: {
      batchSize: 1,
      bootstrapServers: broker.server,
      payloadSize: expect.any(Number),
      recordsInfo: {
        [`${topic}-0`]: {
          firstRecordOffset: '1',
          lastRecordOffset: '1',
          firstRecordTimestamp: expect.stringMatching(/Z$/),
          lastRecordTimestamp: expect.stringMatching(/Z$/),
        },
      },
    },
  });
});

test('offsets are committed after the batch: a restart continues there', async () => {
  await broker.createTopic(topic);
  await send(...texts('a', 'b'));
  await create();
  await until(() => batches().flat().length === 2 && !open.mappings.isBusy, 30);
  await send(...texts('wait 30000'));
  await until(() => batches().flat().length === 3, 30);
  const { directory } = open;
  await open.close({ directory: true });
  await start({ directory });
  await until(() => batches().flat().length === 4, 60);
  expect(batches().flat()).toEqual(['a', 'b', 'wait 30000', 'wait 30000']);
});

test('LATEST and AT_TIMESTAMP start there, also after a restart before the first batch', async () => {
  await broker.createTopic(topic);
  await send({ value: 'first', timestamp: '1000' }, { value: 'second', timestamp: '2000' });
  await create({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(2000) });
  await until(() => batches().flat().length === 1, 30);
  await create({
    StartingPosition: 'LATEST',
    SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: `${topic}-own` },
  });
  const admin = broker.kafka().admin();
  await admin.connect();
  for (let offset = '-1'; offset === '-1'; ) {
    const [found] = await admin.fetchOffsets({ groupId: `${topic}-own`, topics: [topic] });
    offset = found?.partitions[0]?.offset ?? '-1';
  }
  await admin.disconnect();
  const { directory } = open;
  await open.close({ directory: true });
  await send(...texts('later'));
  await start({ directory });
  await until(
    () =>
      batches()
        .flat()
        .filter((text) => text === 'later').length === 2,
    60,
  );
  expect(batches().flat()).toEqual(['second', 'later', 'later']);
});

test('a mapping waits for its topic', async () => {
  const { UUID = '' } = await create();
  await until(() => open.mappings.lastResult(UUID)?.startsWith('PROBLEM') === true, 60);
  await broker.createTopic(topic);
  await send(...texts('a'));
  await until(() => batches().flat().includes('a'), 60);
  await until(() => open.mappings.lastResult(UUID) === 'OK');
});

test('nothing acknowledged is lost when the broker is killed and started again', async () => {
  await broker.createTopic(topic, 3);
  await create({ BatchSize: 50 });
  const acknowledged = new Set<string>();
  let isEnded = false;
  const produce = async () => {
    const producer = broker.kafka().producer({ retry: { retries: 0 } });
    for (let i = 0; !isEnded; i++) {
      const values = Array.from({ length: 20 }, (_, j) => `${i}-${j}`);
      try {
        await producer.connect();
        await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: value, value })) });
        for (const value of values) acknowledged.add(value);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    await producer.disconnect();
  };
  const producing = produce();
  for (let kills = 0; kills < 2; kills++) {
    const before = acknowledged.size;
    await until(() => acknowledged.size >= before + 500 && batches().length > 5, 60);
    await broker.kill();
    await broker.start();
  }
  const before = acknowledged.size;
  await until(() => acknowledged.size >= before + 500, 60);
  isEnded = true;
  await producing;
  const missing = () => {
    const delivered = new Set(batches().flat());
    return [...acknowledged].filter((value) => !delivered.has(value));
  };
  await until(() => missing().length === 0, 90);
  console.log(
    `${acknowledged.size} acknowledged records, 2 kills, 0 lost, ${batches().flat().length} delivered`,
  );
});
