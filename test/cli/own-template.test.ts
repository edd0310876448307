import { readFileSync } from 'node:fs';
import path from 'node:path';
import { removeOwnTemplate, templateFor } from '../../cli/own-template';
import { countDeployment } from '../../cost/deployment-counts';
import { monthUsage, type Workload } from '../../cost/estimate';
import { VOLUMES } from '../../cost/page';
import { listPriceOf } from '../../cost/usage';
import { packagePath } from '../../package-path';

const DATA = '/tmp/daybook-own-template';
const INCLUDED = { contracts: [], marts: [], withoutMarts: [] };

afterEach(() => removeOwnTemplate(DATA));

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties of any type of resource
  readonly Properties: any;
}

test('the template of the build is used as it is', async () => {
  expect(await templateFor(INCLUDED, DATA)).toBe(packagePath('dist', 'template'));
});

test('context values make a template of their own, with a stream and with the topics of a cluster', async () => {
  const values = { kafkaBootstrap: '127.0.0.1:9092', eventStream: 'true' };
  const directory = await templateFor(INCLUDED, DATA, values);
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

/** The names of a resource's type in a template, by a property. */
const named = (all: readonly Resource[], type: string, nameOf: (one: Resource) => string) =>
  all.filter(({ Type }) => Type === type).map(nameOf);

test('a mart that is left out has no table in DynamoDB or Glue, no saved query, no right and no cost', async () => {
  const read = async (withoutMarts: string[]) => {
    const directory = await templateFor({ ...INCLUDED, withoutMarts }, DATA);
    const template = JSON.parse(readFileSync(path.join(directory, 'Daybook.template.json'), 'utf8'));
    const all: Resource[] = Object.values(template.Resources);
    return {
      text: JSON.stringify(template),
      tables: named(all, 'AWS::DynamoDB::Table', ({ Properties }) => Properties.TableName),
      glue: named(all, 'AWS::Glue::Table', ({ Properties }) => Properties.TableInput.Name),
      queries: named(all, 'AWS::Athena::NamedQuery', ({ Properties }) => Properties.Name),
      cost: listPriceOf(monthUsage(VOLUMES[0] as Workload, countDeployment(template))),
    };
  };
  const [whole, rest] = [await read([]), await read(['product_sales', 'inventory_status'])];
  const missing = (of: 'tables' | 'glue' | 'queries') =>
    whole[of].filter((name) => !rest[of].includes(name)).sort();
  expect(missing('tables')).toEqual(['InventoryStatus', 'ProductSales']);
  expect(missing('glue')).toEqual(['inventory_status', 'inventory_status_view', 'product_sales']);
  expect(missing('queries')).toEqual(['profitable_products', 'returned_products', 'running_out']);
  expect(rest.text).not.toMatch(/ProductSales|InventoryStatus|product_sales|inventory_status/);
  expect(whole.cost - rest.cost).toBeGreaterThan(0.1);
});

test('a mart that another one reads is not left out', async () => {
  await expect(templateFor({ ...INCLUDED, withoutMarts: ['product_sales'] }, DATA)).rejects.toThrow(
    'leave out inventory_status as well',
  );
});

test('without events there are neither their entry points nor the marts over them', async () => {
  const directory = await templateFor(INCLUDED, DATA, { events: 'false' });
  const { Resources } = JSON.parse(readFileSync(path.join(directory, 'Daybook.template.json'), 'utf8'));
  const all: Resource[] = Object.values(Resources);
  const named = (type: string, nameOf: (properties: Resource['Properties']) => string) =>
    all.filter(({ Type }) => Type === type).map(({ Properties }) => nameOf(Properties));
  const tables = [
    ...named('AWS::DynamoDB::Table', ({ TableName }) => TableName),
    ...named('AWS::Glue::Table', ({ TableInput }) => TableInput.Name),
  ];
  expect(tables).toEqual(expect.arrayContaining(['OrderKPIs', 'order_kpis', 'events']));
  for (const name of [
    'FunnelKpis',
    'TrafficKpis',
    'sessions',
    'session_items',
    'funnel_kpis',
    'list_engagement',
  ])
    expect(tables).not.toContain(name);
  expect(named('AWS::ApiGatewayV2::Api', ({ Name }) => Name)).toEqual([]);
});

test('a value that is none is named', async () => {
  await expect(templateFor(INCLUDED, DATA, { kafkaBootstrap: 'localhost' })).rejects.toThrow(
    'expected comma-separated host:port',
  );
});
