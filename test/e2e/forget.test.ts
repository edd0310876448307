import { paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { Client } from 'pg';
import type { ForgetReceipt } from '../../operations/forget/receipt';
import { s3Bucket } from '../../storage/s3-bucket';
import { keysWith, objectTexts } from '../builders/state-bytes';
import { daybook } from '../cli/run-daybook';
import { LocalPipeline } from './local-pipeline';

const ADA = '918273645';
const WORDS = [ADA, 'Lovelace', 'cl-zyxwv'];

let pipeline: LocalPipeline;
beforeAll(async () => {
  pipeline = await LocalPipeline.start({ warehouse: true });
}, 120_000);
afterAll(() => pipeline.stop());

const run = (...args: string[]) => daybook(args, { AWS_ENDPOINT_URL: pipeline.ready.endpoint });

/** The keys of the objects that have a word of the person. */
async function keysWithPerson(): Promise<string[]> {
  const bucket = s3Bucket(pipeline.deployment.s3, pipeline.deployment.bucket);
  const objects = new Map<string, { body: Uint8Array }>();
  for await (const { key } of bucket.list('')) {
    const body = await bucket.get(key);
    if (body) objects.set(key, { body });
  }
  return keysWith(await objectTexts(objects), WORDS);
}

/** Every item of every table of DynamoDB. */
async function itemsText(): Promise<string> {
  const { dynamoDb: client } = pipeline.deployment;
  const items: unknown[] = [];
  for await (const { TableNames = [] } of paginateListTables({ client }, {}))
    for (const TableName of TableNames)
      for await (const { Items = [] } of paginateScan({ client }, { TableName })) items.push(...Items);
  return JSON.stringify(items);
}

async function warehouseText(): Promise<string> {
  const client = new Client({ connectionString: pipeline.ready.warehouse ?? '' });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select query_to_xml('select * from ' || quote_ident(table_name), true, true, '')::text as xml from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    return rows.map(({ xml }) => xml).join();
  } finally {
    await client.end();
  }
}

test('forget removes a person from a pipeline, but for what its receipt lists', async () => {
  const orders = [
    'order_id,user_id,created_at,num_of_item',
    `1,${ADA},2026-03-01T10:00:00Z,1`,
    `2,17,2026-03-01T11:00:00Z,1`,
    `3,${ADA},yesterday of Lovelace,1`,
    ...Array.from({ length: 6 }, (_, at) => `${at + 4},18,2026-03-02T11:00:00Z,1`),
  ];
  const items = [
    'id,order_id,product_id,created_at,sale_price',
    '1,1,5,2026-03-01T10:00:00Z,10',
    '2,2,5,2026-03-01T10:00:00Z,7',
  ];
  const event = {
    event_name: 'page_view',
    event_time: '2026-03-01T09:00:00Z',
    client_id: 'cl-zyxwv',
    user_id: ADA,
  };
  await pipeline.put('input/orders.csv', `${orders.join('\n')}\n`);
  await pipeline.put('input/order_items.csv', `${items.join('\n')}\n`);
  await pipeline.put('input/events/app.ndjson', `${JSON.stringify(event)}\n`);
  await pipeline.put('input/strange.csv', `a,b\n${ADA},Lovelace\n`);
  await pipeline.untilQuiet(120_000);
  const kpis = await pipeline.orderKpis();
  expect(kpis).toHaveLength(2);
  expect(await itemsText()).toContain(ADA);
  expect(await warehouseText()).toContain(ADA);

  const dry = await run('forget', '--user', ADA, '--dry-run');
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('staging/orders') });
  expect(dry.stdout).toContain('rows changed');

  const { code, stdout, stderr } = await run('forget', '--user', ADA, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { retained, left, places } = JSON.parse(stdout) as ForgetReceipt;
  expect(left).toEqual([]);
  expect(places).toContainEqual({ place: 'staging/orders', change: 'rows changed', count: 1 });
  const unexplained = (await keysWithPerson()).filter(
    (key) => !retained.some(({ place }) => key === place || (place.endsWith('/') && key.startsWith(place))),
  );
  expect(unexplained).toEqual([]);
  for (const word of WORDS) {
    expect(await itemsText()).not.toContain(word);
    expect(await warehouseText()).not.toContain(word);
    expect(stdout).not.toContain(word);
  }
  expect(await pipeline.orderKpis()).toEqual(kpis);
  expect(await run('verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('no differences') });

  await pipeline.put('input/orders_again.csv', `${orders.slice(0, 2).join('\n')}\n`);
  await pipeline.untilQuiet(120_000);
  const again = JSON.parse(
    (await run('forget', '--user', ADA, '--json', '--recount')).stdout,
  ) as ForgetReceipt;
  expect(again.places).toContainEqual({ place: 'staging/orders', change: 'rows removed', count: 1 });
  expect(await run('verify')).toMatchObject({ code: 0 });
}, 300_000);
