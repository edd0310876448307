import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { CONTEXT_NAMES, ContextError, readContext } from '../../infra/context';
import { DEFAULT_EVENTS } from '../../infra/events/event-options';

const read = (context: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = {}) =>
  readContext(new App({ context }).node, environment);

test('without options a deployment has the defaults', () => {
  expect(read()).toEqual({
    prefix: '',
    reportingTimeZone: 'UTC',
    maxBadRowShare: 0.2,
    targetFileMb: 128,
    retention: { archiveAfterDays: 90, resultsDays: 90, oldVersionDays: 7 },
    size: { cpu: 1024, memoryLimitMiB: 4096, ephemeralStorageGiB: 50 },
    smallBatch: { bytes: 100_000_000, memoryMb: 2048, diskMb: 4096 },
    dashboard: true,
    athenaScanLimitMb: 10_240,
    spot: false,
    reserveConcurrency: true,
    successEmails: [],
    failureEmails: [],
    queueSenders: [],
    topicKey: 'aws',
    events: DEFAULT_EVENTS,
  });
});

test('strings of the command line and values of cdk.json give the same options', () => {
  const strings = {
    maxBadRowShare: '0.1',
    targetFileMb: '64',
    fileRetentionDays: '14',
    taskCpu: '2048',
    taskMemory: '8192',
    spot: 'true',
    failureEmails: 'a@example.com, b@example.com',
    vpcId: 'vpc-1',
    subnetIds: 'subnet-1,subnet-2',
    assignPublicIp: 'false',
  };
  const values = {
    maxBadRowShare: 0.1,
    targetFileMb: 64,
    fileRetentionDays: 14,
    taskCpu: 2048,
    taskMemory: 8192,
    spot: true,
    failureEmails: ['a@example.com', 'b@example.com'],
    vpcId: 'vpc-1',
    subnetIds: ['subnet-1', 'subnet-2'],
    assignPublicIp: false,
  };
  expect(read(strings)).toEqual(read(values));
  expect(read(strings)).toMatchObject({
    failureEmails: ['a@example.com', 'b@example.com'],
    size: { cpu: 2048, memoryLimitMiB: 8192 },
    network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], assignPublicIp: false },
  });
});

test('the place is that of the options, or else of the credentials that the CDK CLI has', () => {
  const credentials = { CDK_DEFAULT_ACCOUNT: '111111111111', CDK_DEFAULT_REGION: 'eu-west-1' };
  expect(read({}, credentials).place).toEqual({ account: '111111111111', region: 'eu-west-1' });
  expect(read({ account: '012345678901', region: 'eu-central-1' }, credentials).place).toEqual({
    account: '012345678901',
    region: 'eu-central-1',
  });
  expect(read({}, { CDK_DEFAULT_REGION: 'us-east-1' })).not.toHaveProperty('place');
  expect(() => read({ account: '1234' })).toThrow('account: expected 12 digits, got "1234"');
  expect(() => read({ region: 'Frankfurt' })).toThrow('region: expected a region such as eu-central-1');
});

test('one error names every invalid value, with the expected and the actual value', () => {
  const invalid = {
    reportingTimeZone: 'Mars/Olympus',
    maxBadRowShare: '20',
    resultsDays: '3',
    spot: 'yes',
    currency: 'euro',
    failureEmails: 'nobody',
  };
  const attempt = () => read(invalid);
  expect(attempt).toThrow(ContextError);
  expect(attempt).toThrow(/reportingTimeZone: expected an IANA time zone, got "Mars\/Olympus"/);
  expect(attempt).toThrow(/currency: expected an ISO 4217 code, such as EUR, got "euro"/);
  expect(attempt).toThrow(/maxBadRowShare: expected a number from 0 to 1, got "20"/);
  expect(attempt).toThrow(/resultsDays: expected a whole number of at least 15, got "3"/);
  expect(attempt).toThrow(/spot: expected true or false, got "yes"/);
  expect(attempt).toThrow(/failureEmails: expected comma-separated addresses, got "nobody"/);
});

test.each([
  ['an unsupported CPU value', { taskCpu: 1000 }, /task CPU: expected one of 256, 512, .* units, got 1000/],
  [
    'too little memory for the CPU',
    { taskCpu: 4096 },
    /task memory: expected one of 8192, .* MB with 4096 CPU units, got 4096/,
  ],
  ['memory between two steps', { taskCpu: 8192, taskMemory: 17 * 1024 }, /with 8192 CPU units, got 17408/],
  ['a disk below the minimum', { taskDisk: 20 }, /task disk: expected whole GiB from 21 to 200, got 20/],
  ['a disk above the maximum', { taskDisk: 201 }, /task disk: expected whole GiB from 21 to 200, got 201/],
])('%s is rejected with the supported values', (_, context, message) => {
  expect(() => read(context)).toThrow(message);
});

test('a supported CPU value can be used with the default memory', () => {
  expect(read({ taskCpu: 512 }).size?.cpu).toBe(512);
});

test.each([
  ['without subnets', { vpcId: 'vpc-1' }],
  ['without an id', { subnetIds: 'subnet-1' }],
  ['as assignPublicIp alone', { assignPublicIp: 'false' }],
])('a VPC given %s is rejected', (_, context) => {
  expect(() => read(context)).toThrow(/your own VPC needs vpcId and subnetIds/);
});

test('events have their entry points by context, and none without', () => {
  expect(read({ events: false })).not.toHaveProperty('events');
  expect(read({ events: 'true' }).events).toEqual(DEFAULT_EVENTS);
  const kafka = { kafkaBootstrap: 'b1:9096,b2:9096', kafkaSecretArn: 'arn:aws:secretsmanager:x' };
  const more = { eventOrigins: 'https://shop.example', eventStream: 'true', eventWindow: '5', ...kafka };
  expect(read({ events: true, ...more }).events).toMatchObject({
    origins: ['https://shop.example'],
    stream: true,
    windowSeconds: 5,
    kafka: { bootstrap: ['b1:9096', 'b2:9096'], topics: ['clicks', 'cart', 'purchases'] },
  });
});

test('rates are downloaded for a warehouse, and otherwise where wanted', () => {
  const url = 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip';
  expect(read({})).not.toHaveProperty('rates');
  expect(read({ warehouse: 'server' }).rates).toEqual({ url });
  expect(read({ warehouse: 'server', rates: 'false' })).not.toHaveProperty('rates');
  expect(read({ rates: true, ratesUrl: 'http://mirror.example/rates.csv' }).rates).toEqual({
    url: 'http://mirror.example/rates.csv',
  });
  expect(() => read({ rates: true, ratesUrl: 'ftp://mirror.example' })).toThrow(
    'ratesUrl: expected http:// or https:// and so on',
  );
});

test.each([
  [{ events: true, eventOrigins: 'shop.example' }, 'eventOrigins: expected * or comma-separated origins'],
  [{ events: true, eventWindow: 301 }, 'eventWindow: expected a whole number from 1 to 300'],
  [{ events: true, kafkaBootstrap: 'broker' }, 'kafkaBootstrap: expected comma-separated host:port'],
  [{ events: false, kafkaBootstrap: 'b1:9096' }, 'kafkaBootstrap needs events=true'],
  [{ events: true, kafkaSecretArn: 'arn:aws:x' }, 'are valid only with kafkaBootstrap'],
  [
    { events: true, kafkaBootstrap: 'b1:9096', kafkaSubnetIds: 'subnet-1' },
    'brokers in a VPC need both kafkaSubnetIds and kafkaSecurityGroupId',
  ],
])('%j is refused', (context, message) => {
  expect(() => read(context)).toThrow(message);
});

test('docs/configuration.md describes every value', () => {
  const page = readFileSync(path.join(__dirname, '../../docs/configuration.md'), 'utf8');
  expect(CONTEXT_NAMES.filter((name) => !page.includes(`\n| \`${name}\` |`))).toEqual([]);
});

test('senders of the queue are SNS topics and EventBridge rules', () => {
  const topic = 'arn:aws:sns:eu-central-1:111122223333:uploads';
  const rule = 'arn:aws:events:eu-central-1:111122223333:rule/uploads';
  expect(read({ queueSenders: `${topic}, ${rule}` }).queueSenders).toEqual([topic, rule]);
  expect(() => read({ queueSenders: 'arn:aws:s3:::other' })).toThrow(
    'queueSenders: expected ARNs of SNS topics or EventBridge rules',
  );
});

test('a warehouse is a cluster of the stack or a server with its secret', () => {
  expect(read({ warehouse: 'aurora' }).warehouse).toEqual({ kind: 'aurora', maxCapacity: 4 });
  expect(read({ warehouse: 'aurora', warehouseCapacity: '16' }).warehouse).toEqual({
    kind: 'aurora',
    maxCapacity: 16,
  });
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf';
  expect(read({ warehouse: 'server', warehouseSecretArn: secretArn }).warehouse).toEqual({
    kind: 'server',
    secretArn,
  });
  expect(read({ warehouse: 'redshift', warehouseSecretArn: secretArn }).warehouse).toEqual({
    kind: 'redshift',
    secretArn,
  });
  expect(() => read({ warehouse: 'snowflake' })).toThrow(
    'warehouse: expected aurora, server or redshift, got "snowflake"',
  );
  expect(() => read({ warehouseSecretArn: secretArn })).toThrow(
    'valid only with warehouse=server and warehouse=redshift',
  );
  const vpc = { vpcId: 'vpc-1', subnetIds: 'subnet-1,subnet-2' };
  expect(() => read({ warehouse: 'aurora', ...vpc })).toThrow(
    'needs private subnets, with assignPublicIp=false',
  );
  expect(read({ warehouse: 'aurora', ...vpc, assignPublicIp: 'false' }).warehouse).toBeDefined();
});
