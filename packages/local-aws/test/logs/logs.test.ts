import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { readLog } from '../../src/logs/log-file';
import { createLogsService } from '../../src/logs/service';
import { clientConfig, Scene } from '../../src/testing/scene';

const scene = new Scene();
let client: CloudWatchLogsClient;
let file: string;

const at = (second: number) => Date.UTC(2025, 2, 1, 12, 0, second);
const line = (second: number, fields: object) =>
  `${JSON.stringify({ level: 'INFO', timestamp: new Date(at(second)).toISOString(), ...fields })}\n`;

beforeEach(async () => {
  file = path.join(await scene.directory(), 'settle.log');
  const source = {
    logGroups: () => ['Shop-Functionssettlelog1', 'Shop-Tasksstagelog1', 'other'],
    logStreams: (group: string) => (group.includes('settle') ? [{ group, stream: 'local', file }] : []),
  };
  const { url } = await scene.serve(createLogsService([source]));
  client = new CloudWatchLogsClient(clientConfig(url));
});
afterEach(() => scene.cleanUp());

const filter = async (input: FilterLogEventsCommandInput) => {
  const { events = [], nextToken } = await client.send(new FilterLogEventsCommand(input));
  return { messages: events.map(({ message }) => message), nextToken };
};
const logGroupName = 'Shop-Functionssettlelog1';

test('lists groups by prefix, in pages', async () => {
  const logGroupNamePrefix = 'Shop-';
  const first = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, limit: 1 }));
  expect(first.logGroups).toMatchObject([{ logGroupName }]);
  const { nextToken } = first;
  const second = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, limit: 1, nextToken }));
  expect(second.logGroups).toMatchObject([{ logGroupName: 'Shop-Tasksstagelog1' }]);
  expect(second.nextToken).toBeUndefined();
});

test('returns the lines of a time range, a stack trace with the line before it', async () => {
  await writeFile(file, `${line(1, { message: 'one' })}${line(2, { message: 'two' })}Error\n    at f\n`);
  await appendFile(file, `${new Date(at(3)).toISOString()} Task timed out\n${line(4, { message: 'four' })}`);
  const { messages } = await filter({ logGroupName, startTime: at(2), endTime: at(3) });
  expect(messages.map((message) => message?.slice(-13))).toEqual([
    '"message":"two"}'.slice(-13),
    'Error',
    '    at f',
    'ask timed out',
  ]);
});

test('returns the lines that match a pattern in pages without gaps', async () => {
  const lines = [1, 2, 3, 4].map((n) => line(n, { execution_id: n === 3 ? 'b' : 'a', message: `m${n} <b>` }));
  await writeFile(file, lines.join(''));
  const filterPattern = '{ $.execution_id = "a" }';
  const first = await filter({ logGroupName, filterPattern, limit: 2 });
  const rest = await filter({ logGroupName, filterPattern, nextToken: first.nextToken });
  expect([...first.messages, ...rest.messages].map((message) => JSON.parse(message ?? '').message)).toEqual([
    'm1 <b>',
    'm2 <b>',
    'm4 <b>',
  ]);
  const byTerms = await filter({ logGroupIdentifier: logGroupName, filterPattern: 'INFO "m4 <b>"' });
  expect(byTerms.messages).toHaveLength(1);
});

test('rejects an unsupported pattern and an unknown group', async () => {
  await expect(filter({ logGroupName, filterPattern: '{ $.n > 3 }' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(filter({ logGroupName: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('a long file is read from its end, with lines across chunks', async () => {
  const lines = Array.from({ length: 9000 }, (_, n) => line(n, { message: `${n} ${'é'.repeat(n % 50)}` }));
  await writeFile(file, lines.join(''));
  const read = readLog(file, at(4000));
  expect(read.map(({ message }) => `${message}\n`)).toEqual(lines.slice(4000));
  expect(readLog(`${file}.none`, 0)).toEqual([]);
});
