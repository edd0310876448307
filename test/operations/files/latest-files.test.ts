import {
  type CreateTableCommandInput,
  DeleteItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { createDynamoDbService } from 'local-aws';
import { clientConfig, Scene } from 'local-aws/testing';
import { ledgerKey } from '../../../domain/ledger';
import { resourceNames } from '../../../domain/names';
import type { Deployment } from '../../../operations/deployment';
import { LatestFiles } from '../../../operations/files/latest-files';
import { dynamoDbLedger, ledgerClient } from '../../../storage/ledger/dynamodb-ledger';
import type { Ledger } from '../../../storage/ledger/ledger';
import { synthesize } from '../../infra/template';

const scene = new Scene();
const names = resourceNames();
let client: DynamoDBClient;
let ledger: Ledger;
let latest: LatestFiles;

beforeAll(async () => {
  const dynamodb = await createDynamoDbService({ directory: await scene.directory() });
  const { url } = await scene.serve(dynamodb);
  client = ledgerClient(clientConfig(url));
  const [found] = Object.values(
    synthesize().findResources('AWS::DynamoDB::Table', { Properties: { TableName: 'FileLedger' } }),
  );
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = found?.Properties ?? {};
  const table = { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode };
  await dynamodb.ensureTable({ TableName: names.ledgerTable, ...table } as CreateTableCommandInput);
  ledger = dynamoDbLedger(client, names.ledgerTable);
  latest = new LatestFiles({ dynamoDb: client, names } as Deployment, 3);
});
afterAll(async () => {
  client.destroy();
  await scene.cleanUp();
});

const upload = (key: string) => ({ key, etag: 'e', size: 10, uploaded_at: '2025-03-30T12:00:00.000Z' });
const record = (keys: readonly string[], outcome: 'archived' | 'rejected', at: string) =>
  ledger.record(
    keys.map((key) => ({ ...upload(key), outcome, execution: 'x' })),
    new Date(at),
  );
const eventFile = (at: number) =>
  `input/events/http/2025/03/30/20250330T12${String(at % 60).padStart(2, '0')}00.000Z-${at}.ndjson.gz`;

const read = async (unseen: readonly string[] = []) => {
  const { files, has_events } = await latest.read(async () =>
    unseen.map((key) => ({ ...upload(key), outcome: 'waiting' as const })),
  );
  return { files: files.map(({ key, outcome }) => `${key} ${outcome}`), has_events };
};

test('finds the newest files behind any number of files of events', async () => {
  expect(await read()).toEqual({ files: [], has_events: false });
  await record(['input/a.csv'], 'archived', '2025-03-30T12:01:00Z');
  await record(['input/b.csv'], 'rejected', '2025-03-30T12:02:00Z');
  const events = Array.from({ length: 300 }, (_, at) => eventFile(at));
  await record(events, 'archived', '2025-03-30T12:30:00Z');
  latest = new LatestFiles({ dynamoDb: client, names } as Deployment, 3);
  expect(await read()).toEqual({ files: ['input/b.csv rejected', 'input/a.csv archived'], has_events: true });
});

test('has files that come later, run, or are not in the ledger yet, each as it is now', async () => {
  await ledger.begin('y', [{ ...upload('input/c.csv'), tries: 1 }], new Date('2025-03-30T12:31:00Z'));
  expect((await read(['input/d.csv', eventFile(999)])).files).toEqual([
    'input/c.csv running',
    'input/b.csv rejected',
    'input/a.csv archived',
  ]);
  await record(['input/c.csv'], 'archived', '2025-03-30T12:32:00Z');
  await record([eventFile(999)], 'archived', '2025-03-30T12:33:00Z');
  await record(['input/d.csv'], 'archived', '2025-03-30T12:34:00Z');
  const files = ['input/d.csv archived', 'input/c.csv archived', 'input/b.csv rejected'];
  expect((await read()).files).toEqual(files);
});

test('no longer has a file whose item was deleted', async () => {
  const { key, upload: of } = ledgerKey(upload('input/d.csv'));
  await client.send(
    new DeleteItemCommand({ TableName: names.ledgerTable, Key: { key: { S: key }, upload: { S: of } } }),
  );
  expect((await read()).files).toEqual(['input/c.csv archived', 'input/b.csv rejected']);
});
