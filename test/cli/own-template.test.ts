import { readFileSync } from 'node:fs';
import path from 'node:path';
import { removeOwnTemplate, templateFor } from '../../cli/own-template';
import { packagePath } from '../../package-path';

const DATA = '/tmp/daybook-own-template';
const NO_FOLDERS = { contracts: [], marts: [] };

afterEach(() => removeOwnTemplate(DATA));

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of any type of resource
  readonly Properties: any;
}

test('the template of the build is used as it is', async () => {
  expect(await templateFor(NO_FOLDERS, DATA)).toBe(packagePath('dist', 'template'));
});

test('context values make a template of their own, with a stream and with the topics of a cluster', async () => {
  const values = { kafkaBootstrap: '127.0.0.1:9092', eventStream: 'true' };
  const directory = await templateFor(NO_FOLDERS, DATA, values);
  const { Resources } = JSON.parse(readFileSync(path.join(directory, 'Daybook.template.json'), 'utf8'));
  const all: Resource[] = Object.values(Resources);
  expect(all.filter(({ Type }) => Type === 'AWS::Kinesis::Stream')).toHaveLength(1);
  const mappings = all.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  const topics = mappings.filter(({ Properties }) => Properties.SelfManagedEventSource);
  expect(topics.map(({ Properties }) => [Properties.Topics, Properties.SelfManagedEventSource])).toEqual(
    ['clicks', 'cart', 'purchases'].map((topic) => [
      [topic],
      { Endpoints: { KafkaBootstrapServers: ['127.0.0.1:9092'] } },
    ]),
  );
  const groups = topics.map(({ Properties }) => Properties.SelfManagedKafkaEventSourceConfig.ConsumerGroupId);
  expect(new Set(groups).size).toBe(3);
});

test('a value that is none is named', async () => {
  await expect(templateFor(NO_FOLDERS, DATA, { kafkaBootstrap: 'localhost' })).rejects.toThrow(
    'expected comma-separated host:port',
  );
});
