import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { kafkaAccess } from '../../src/lambda/event-sources/kafka-access';
import { type KafkaRecord, kafkaEvent } from '../../src/lambda/event-sources/kafka-event';
import type { MappingSettings } from '../../src/lambda/event-sources/mapping';
import { until } from '../../src/testing/files';
import { type EventSources, openEventSources } from './event-sources';

/** Nothing listens there. */
const SERVER = '127.0.0.1:1';
const READ_SECRETS = { Action: 'secretsmanager:GetSecretValue', Resource: '*' };

describe('a mapping of a topic', () => {
  let open: EventSources;
  afterEach(() => open.close());

  async function start(rights: readonly object[] = [READ_SECRETS]): Promise<void> {
    open = await openEventSources({ rights });
    open.mappings.start();
  }

  const create = (settings: Partial<CreateEventSourceMappingCommandInput> = {}) =>
    open.client.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'consume',
        Topics: ['clicks'],
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: [SERVER] } },
        StartingPosition: 'TRIM_HORIZON',
        ...settings,
      }),
    );

  test('names the problem while the cluster cannot be reached, logs it once, and stops at once', async () => {
    await start();
    const { UUID = '' } = await create();
    await until(() => open.mappings.lastResult(UUID) !== undefined);
    expect(open.mappings.lastResult(UUID)).toMatch(
      /^PROBLEM: Connection error: connect ECONNREFUSED 127\.0\.0\.1:1/,
    );
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(open.lines).toEqual([expect.stringContaining('event source clicks: PROBLEM: Connection error')]);
    const stopped = performance.now();
    await open.mappings.close();
    expect(performance.now() - stopped).toBeLessThan(3000);
  });

  test.each<[string, Partial<CreateEventSourceMappingCommandInput>, string]>([
    ['no topic', { Topics: undefined }, 'Topics is required for a Kafka cluster'],
    ['two topics', { Topics: ['a', 'b'] }, 'Topics'],
    [
      'no starting position',
      { StartingPosition: undefined },
      'StartingPosition is required for a Kafka cluster',
    ],
    [
      'a queue besides',
      { EventSourceArn: 'arn:aws:sqs:q' },
      'EventSourceArn is not a setting of a mapping of a topic',
    ],
    [
      'a client certificate',
      { SourceAccessConfigurations: [{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI: 'arn:s' }] },
      'SourceAccessConfigurations',
    ],
    [
      'an unknown secret',
      { SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'arn:s' }] },
      'Secrets Manager has no secret arn:s.',
    ],
  ])('refuses %s', async (_, settings, message) => {
    await start();
    await expect(create(settings)).rejects.toThrow(message);
  });

  test('refuses a secret without a password, and a role that may not read it', async () => {
    await start();
    const { arn } = open.secrets.put('kafka', '{"username":"u"}');
    const settings = { SourceAccessConfigurations: [{ Type: 'BASIC_AUTH' as const, URI: arn }] };
    await expect(create(settings)).rejects.toThrow(
      `The secret ${arn} must be a JSON object with the text field password.`,
    );
    await open.close();
    await start([]);
    await expect(create(settings)).rejects.toThrow('does not have permissions to call GetSecretValue');
  });

  test('refuses the consumer group of another mapping', async () => {
    await start();
    const group = { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'shop' } };
    const { UUID } = await create(group);
    await expect(create({ ...group, Topics: ['cart'] })).rejects.toThrow(
      `The consumer group ID shop is that of the mapping ${UUID}, topic clicks: it must be unique among all Kafka event sources.`,
    );
  });
});

describe('access to a cluster', () => {
  const access = (server: string, ...types: string[]) => {
    const secrets = {
      find: (id: string) => ({
        ...{ arn: id, name: id, versionId: '1', createdAt: 0, changedAt: 0 },
        value: '{"username":"u","password":"p","certificate":"PEM"}',
      }),
    };
    const settings = {
      SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: [server] } },
      SourceAccessConfigurations: types.map((Type) => ({ Type, URI: 'arn:secret' })),
    };
    return kafkaAccess(settings as unknown as MappingSettings, secrets);
  };
  const login = { username: 'u', password: 'p' };

  test.each<[string, string, string[], object]>([
    ['has no TLS without a login', 'kafka.example:9092', ['VPC_SUBNET'], { ssl: false }],
    [
      'uses TLS with a login',
      'kafka.example:9096',
      ['SASL_SCRAM_512_AUTH'],
      { ssl: true, sasl: { mechanism: 'scram-sha-512', ...login } },
    ],
    [
      'has no TLS on this computer',
      'localhost:9092',
      ['BASIC_AUTH'],
      { ssl: false, sasl: { mechanism: 'plain', ...login } },
    ],
    [
      'trusts the certificate',
      '127.0.0.1:9092',
      ['SERVER_ROOT_CA_CERTIFICATE', 'SASL_SCRAM_256_AUTH'],
      { ssl: { ca: ['PEM'] }, sasl: { mechanism: 'scram-sha-256', ...login } },
    ],
  ])('%s', (_, server, types, expected) => {
    expect(access(server, ...types)).toEqual({ brokers: [server], ...expected });
  });
});

test('an event groups records by partition', () => {
  const record = (partition: number, offset: string): KafkaRecord => ({
    topic: 'clicks',
    partition,
    offset,
    timestamp: '5',
    isLogAppendTime: false,
    key: null,
    value: null,
    headers: {},
  });
  const event = kafkaEvent([record(0, '1'), record(1, '7'), record(0, '2')], 'a:1,b:1');
  expect(event).toMatchObject({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'a:1,b:1',
    records: { 'clicks-0': [{ offset: 1 }, { offset: 2 }], 'clicks-1': [{ offset: 7, headers: [] }] },
  });
});
