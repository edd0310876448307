import { type CreateTableCommandInput, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { createDynamoDbService } from 'local-aws';
import { clientConfig, Scene } from 'local-aws/testing';
import { type FinalOutcome, type Finding, type LedgerItem, ledgerKey } from '../../../domain/ledger';
import type { BatchFile } from '../../../domain/workflow';
import { dynamoDbLedger, ledgerClient, ledgerItem } from '../../../storage/ledger/dynamodb-ledger';
import type { Ledger } from '../../../storage/ledger/ledger';
import { MemoryLedger } from '../../builders/memory-ledger';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { synthesize } from '../../infra/template';

const scene = new Scene();
let client: DynamoDBClient;
let config: ReturnType<typeof clientConfig>;
let tables = 0;
/** Commands of the client. */
const sent: string[] = [];
let createTable: (name: string) => Promise<void>;

beforeAll(async () => {
  const dynamodb = await createDynamoDbService({ directory: await scene.directory() });
  const { url } = await scene.serve(dynamodb);
  config = clientConfig(url);
  client = ledgerClient(config);
  client.middlewareStack.add((next, { commandName = '' }) => (args) => {
    sent.push(commandName);
    return next(args);
  });
  const found = Object.values(
    synthesize().findResources('AWS::DynamoDB::Table', { Properties: { TableName: 'FileLedger' } }),
  );
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = found[0]?.Properties ?? {};
  const table = { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode };
  createTable = (TableName) => dynamodb.ensureTable({ TableName, ...table } as CreateTableCommandInput);
});
afterAll(async () => {
  client.destroy();
  await scene.cleanUp();
});

async function open() {
  const table = `Ledger-${++tables}`;
  await createTable(table);
  const all = async (): Promise<LedgerItem[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    return Items.map(ledgerItem).sort((a, b) => (`${a.key}\0${a.upload}` < `${b.key}\0${b.upload}` ? -1 : 1));
  };
  return { ledger: dynamoDbLedger(client, table), table, all };
}

const AT = new Date('2025-03-30T12:05:00.000Z');
const file = (key = 'input/orders.csv', more: Partial<BatchFile> = {}): BatchFile => ({
  key,
  etag: 'e1',
  size: 10,
  uploaded_at: '2025-03-30T12:00:00.250Z',
  tries: 1,
  ...more,
});
const finding = (outcome: FinalOutcome, execution: string, more: Partial<Finding> = {}): Finding => {
  const { tries: _, ...identity } = file();
  return { ...identity, outcome, execution, ...more };
};

test('the item of a file of events expires 90 days after it is finished, and no other item ever', async () => {
  const { ledger, all } = await open();
  const events = 'input/events/sqs/2025/03/30/a.ndjson.gz';
  await ledger.begin('e-1', [file(events), file()], AT);
  expect((await all()).map(({ expires_at }) => expires_at)).toEqual([undefined, undefined]);
  const archived = [finding('archived', 'e-1', { key: events }), finding('archived', 'e-1')];
  await ledger.record(archived, AT);
  expect((await all()).map(({ key, expires_at }) => [key, expires_at])).toEqual([
    [events, Date.parse('2025-06-28T12:05:00.000Z') / 1000],
    ['input/orders.csv', undefined],
  ]);
});

test('an upload is running, waiting, running again, then archived, each with its execution', async () => {
  const { ledger, all } = await open();
  const states: unknown[] = [];
  const told = async () =>
    states.push(
      (await all()).map(({ outcome, execution, tries, reason }) => [outcome, execution, tries, reason]),
    );
  await ledger.begin('e-1', [file()], AT);
  await told();
  await ledger.release('e-1', [file()], 'stage: no space left', AT);
  await told();
  await ledger.begin('e-2', [file('input/orders.csv', { tries: 2 })], AT);
  await told();
  const staged = {
    kind: 'orders',
    rows: 7,
    rows_rejected: 1,
    destination: 'archive/e-2/orders.csv',
    staged_version: 3,
  } as const;
  await ledger.record([finding('archived', 'e-2', staged)], new Date('2025-03-30T12:09:00.000Z'));
  expect(states).toEqual([
    [['running', 'e-1', 1, undefined]],
    [['waiting', 'e-1', 1, 'stage: no space left']],
    [['running', 'e-2', 2, undefined]],
  ]);
  expect(await all()).toEqual([
    {
      key: 'input/orders.csv',
      upload: '2025-03-30T12:00:00.250Z/e1',
      etag: 'e1',
      size: 10,
      uploaded_at: '2025-03-30T12:00:00.250Z',
      outcome: 'archived',
      received_at: '2025-03-30T12:05:00.000Z',
      updated_at: '2025-03-30T12:09:00.000Z',
      execution: 'e-2',
      executions: ['e-1', 'e-2'],
      tries: 2,
      ...staged,
    },
  ]);
});

test('the last of five tries leaves a dead letter, which a sixth by hand processes again', async () => {
  const { ledger, all } = await open();
  const last = file('input/orders.csv', { tries: 5 });
  await ledger.begin('e-5', [last], AT);
  await ledger.release('e-5', [last], 'validate: out of memory', AT);
  expect((await all())[0]?.outcome).toBe('dead_letter');
  await ledger.begin('e-6', [file()], AT);
  expect((await all())[0]).toMatchObject({ outcome: 'running', tries: 1 });
});

test('the newest upload of a key is found, with and without a time; of an unknown key none', async () => {
  const { ledger } = await open();
  const at = (second: number) => `2025-03-30T12:00:0${second}.000Z`;
  await ledger.begin(
    'e',
    [1, 3, 5].map((s) => file('input/a.csv', { uploaded_at: at(s) })),
    AT,
  );
  expect((await ledger.latest('input/a.csv'))?.uploaded_at).toBe(at(5));
  expect((await ledger.latest('input/a.csv', at(5)))?.uploaded_at).toBe(at(3));
  expect(await ledger.latest('input/a.csv', at(1))).toBeUndefined();
  expect(await ledger.latest('input/b.csv')).toBeUndefined();
  expect(await ledger.read(ledgerKey(file('input/b.csv')))).toBeUndefined();
});

test('a reason that is too long is truncated', async () => {
  const { ledger, all } = await open();
  await ledger.record([finding('rejected', 'e', { reason: 'x'.repeat(5000) })], AT);
  expect((await all())[0]?.reason).toHaveLength(1000);
});

/** The requests that `work` sends, by command. */
async function requestsOf(work: () => Promise<void>): Promise<Record<string, number>> {
  sent.length = 0;
  await work();
  return Object.fromEntries(sent.map((name) => [name, sent.filter((other) => other === name).length]));
}

const manyFiles = (count: number) => Array.from({ length: count }, (_, at) => file(`input/${at}.csv`));
const archivedBy = (execution: string, files: readonly BatchFile[]) =>
  files.map(({ key }) => finding('archived', execution, { key }));

test('many files take one request for a hundred of them, and have the same items as one by one', async () => {
  const { ledger, all } = await open();
  const model = new MemoryLedger();
  const files = manyFiles(230);
  const write = async (to: Ledger) => {
    await to.begin('e-1', files, AT);
    await to.release('e-1', files.slice(0, 60), 'why', AT);
    await to.begin('e-2', files.slice(0, 60), AT);
    await to.record(archivedBy('e-2', files), AT);
  };
  await write(model);
  expect(await requestsOf(() => write(ledger))).toEqual({ TransactWriteItemsCommand: 3 + 1 + 1 + 3 });
  expect(await all()).toEqual(model.all);
});

test('where a file of many has an outcome that says more, only the others are written', async () => {
  const { ledger, all } = await open();
  const files = manyFiles(130);
  const [first, last] = [files[0] as BatchFile, files[129] as BatchFile];
  await ledger.record([...archivedBy('e-0', [first]), finding('rejected', 'e-0', { key: last.key })], AT);
  const requests = await requestsOf(() => ledger.begin('e-1', files, AT));
  expect(requests).toEqual({ TransactWriteItemsCommand: 2, UpdateItemCommand: 130 });
  const outcomes = new Map((await all()).map(({ key, outcome }) => [key, outcome]));
  expect([outcomes.get(first.key), outcomes.get(last.key)]).toEqual(['archived', 'rejected']);
  expect([...outcomes.values()].filter((outcome) => outcome === 'running')).toHaveLength(128);
});

test('writers of the same many files at a time leave each with an outcome', async () => {
  const { ledger, all } = await open();
  const files = manyFiles(120);
  await ledger.begin('e-1', files, AT);
  await Promise.all([
    ledger.record(archivedBy('e-1', files), AT),
    ledger.begin('e-2', [...files].reverse(), AT),
    ledger.release('e-1', files.slice(30), 'why', AT),
  ]);
  expect(new Set((await all()).map(({ outcome }) => outcome))).toEqual(new Set(['archived']));
});

test('an answer that is lost is asked for again, and changes nothing twice', async () => {
  const { table, all } = await open();
  let lost = 0;
  const forgetful = ledgerClient({ ...config, maxAttempts: 3 });
  forgetful.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (lost++ === 0) throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      return result;
    },
    { step: 'deserialize', priority: 'high' },
  );
  try {
    const files = manyFiles(60);
    await dynamoDbLedger(forgetful, table).begin('e-1', files, AT);
    expect(lost).toBe(2);
    expect((await all()).map(({ outcome, executions }) => [outcome, executions])).toEqual(
      files.map(() => ['running', ['e-1']]),
    );
  } finally {
    forgetful.destroy();
  }
});

type Write = (ledger: Ledger) => Promise<void>;

const EXECUTIONS = ['e-1', 'e-2', 'e-3'];
const uploads = fc.constantFrom(
  file(),
  file('input/orders.csv', { etag: 'e2', uploaded_at: '2025-03-30T12:00:01.000Z' }),
);
const write: fc.Arbitrary<{ name: string; upload: BatchFile; run: Write }> = fc
  .record({
    kind: fc.constantFrom('begin', 'release', 'record'),
    execution: fc.constantFrom(...EXECUTIONS),
    upload: uploads,
    tries: fc.constantFrom(1, 4, 5),
    outcome: fc.constantFrom<FinalOutcome>('archived', 'rejected', 'duplicate', 'gone', 'replaced'),
    minute: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ kind, execution, upload, tries, outcome, minute }) => {
    const at = new Date(`2025-03-30T13:0${minute}:00.000Z`);
    const of = { ...upload, tries };
    const { key, etag, size, uploaded_at } = upload;
    const found = { key, etag, size, uploaded_at, outcome, execution };
    const run: Write = (ledger) => {
      if (kind === 'begin') return ledger.begin(execution, [of], at);
      if (kind === 'release') return ledger.release(execution, [of], 'why', at);
      return ledger.record([outcome === 'rejected' ? { ...found, reason: 'bad' } : found], at);
    };
    return { name: `${kind} ${execution} ${etag} ${kind === 'record' ? outcome : tries}`, upload, run };
  });

/** A file that was placed stays placed, whatever comes late; one whose message found nothing can only turn out placed. */
const RANK = {
  running: 0,
  waiting: 0,
  dead_letter: 0,
  gone: 1,
  replaced: 1,
  archived: 2,
  rejected: 2,
  duplicate: 2,
};

test(
  'whatever is written late, twice or in any order, no outcome is replaced by one that says less, and DynamoDB agrees with the model',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
        const { ledger, all } = await open();
        const model = new MemoryLedger();
        for (const { upload, run } of writes) {
          const before = await model.read(ledgerKey(upload));
          await run(model);
          await run(ledger);
          const after = await model.read(ledgerKey(upload));
          if (!before) continue;
          if (RANK[before.outcome] === RANK[after?.outcome ?? 'running']) {
            if (RANK[before.outcome] > 0) expect(after).toEqual(before);
          } else expect(RANK[after?.outcome ?? 'running']).toBeGreaterThan(RANK[before.outcome]);
        }
        expect(await all()).toEqual(model.all);
      }),
      propertyRuns(40),
    );
  },
  propertyTimeout(4),
);

test('many items are read at once, more than fit one request; missing ones are left out', async () => {
  const { ledger } = await open();
  const files = Array.from({ length: 130 }, (_, at) => file(`input/${at}.csv`));
  await ledger.begin('exec-1', files, AT);
  const unknown = file('input/unknown.csv');
  const items = await ledger.readAll([...files, unknown].map(ledgerKey));
  expect(items.map(({ key }) => key).sort()).toEqual(files.map(({ key }) => key).sort());
  expect(items[0]).toMatchObject({ outcome: 'running', executions: ['exec-1'] });
  expect(await ledger.readAll([])).toEqual([]);
});
