import { readFileSync } from 'node:fs';
import path from 'node:path';
import { directoryOf, remove } from 'local-aws/testing';
import { catalog } from '../../catalog/catalog';
import { packagePath } from '../../package-path';
import { daybook, daybookHere } from './run-daybook';

let directory: string;
beforeEach(() => {
  directory = directoryOf({
    'marts/best_days/mart.yaml': `description: order days with more than one order
grain: one row per day with several orders
key: [order_date]
columns:
  order_date: { type: date, description: the day }
  orders: { type: count, unit: orders, description: counted orders }
inputs: [customer_days]
refresh: { by: day }
`,
    'marts/best_days/best_days.sql':
      'select order_date, cast(sum(orders) as bigint) as orders from customer_days group by order_date having sum(orders) > 1',
  });
});
afterEach(() => remove(directory));

const settings = () => JSON.parse(readFileSync(path.join(directory, 'dags', 'daybook.json'), 'utf8'));

test('the DAG has an asset for every mart of the catalogue, where its table is', async () => {
  const out = path.join(directory, 'dags');
  const ran = await daybookHere(['airflow', '--out', out]);
  expect(ran).toEqual({
    code: 0,
    stdout: `${path.join(out, 'daybook_dag.py')}: ${catalog.marts.length} marts\n`,
    stderr: '',
  });
  expect(settings()).toMatchObject({
    schedule: '@hourly',
    connection: 'aws_default',
    verify: 'daybook verify',
    bucket: 'daybook-{account}-{region}',
    orchestrator: 'Pipeline-Orchestrator',
    marts: catalog.marts.map(({ name }) => ({
      name,
      asset: `daybook.${name}`,
      location: catalog.martTable(name).location,
    })),
  });
  expect(readFileSync(path.join(out, 'daybook_dag.py'), 'utf8')).toBe(
    readFileSync(packagePath('integrations', 'airflow', 'daybook_dag.py'), 'utf8'),
  );
});

test('a deployment has its prefix, its own marts, and none of those it leaves out', async () => {
  const options = ['--marts', path.join(directory, 'marts'), '--without-marts', 'list_engagement'];
  const ran = await daybook(
    ['airflow', '--out', path.join(directory, 'dags'), '--no-verify', '--schedule', '15 5 * * *', ...options],
    { DAYBOOK_PREFIX: 'dev-' },
  );
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const { marts, ...rest } = settings();
  expect(rest).toEqual({
    schedule: '15 5 * * *',
    connection: 'aws_default',
    hours: 6,
    retries: 2,
    verify: null,
    prefix: 'dev-',
    bucket: 'dev-daybook-{account}-{region}',
    orchestrator: 'dev-Pipeline-Orchestrator',
    state_machine: 'dev-ECommerce-Pipeline-Orchestrator',
    ledger: 'dev-FileLedger',
    ledger_index: 'by-outcome',
  });
  const included = catalog.marts.map(({ name }) => name).filter((name) => name !== 'list_engagement');
  const names = marts.map(({ name }: { name: string }) => name);
  expect(names.toSorted()).toEqual([...included, 'best_days'].toSorted());
  expect(marts).toContainEqual({
    name: 'best_days',
    asset: 'dev-daybook.best_days',
    location: 'marts/best_days',
  });
}, 60_000);

test('docs/airflow.md permits verify to read every table of DynamoDB', () => {
  const page = readFileSync(packagePath('docs', 'airflow.md'), 'utf8');
  const policy: { Statement: { Sid: string; Resource: string | string[] }[] } = JSON.parse(
    /```json\n(.*?)```/s.exec(page)?.[1] ?? '',
  );
  const tables = policy.Statement.find(({ Sid }) => Sid === 'VerifyServedMarts')?.Resource;
  const arn = (table: string) => `arn:aws:dynamodb:REGION:ACCOUNT:table/${table}`;
  expect([tables].flat().toSorted()).toEqual(
    catalog.served.map((mart) => arn(mart.dynamoDb.table)).toSorted(),
  );
});
