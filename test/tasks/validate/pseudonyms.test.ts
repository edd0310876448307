import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createCatalog } from '../../../catalog/catalog';
import type { Source } from '../../../domain/contract';
import { ARCHIVE, reasonKey, rejectedKey, rejectedRowsKey, taskResultKey } from '../../../domain/object-keys';
import { validateResultSchema } from '../../../domain/workflow';
import { quoteLiteral } from '../../../engine/duckdb/quote';
import { keyedHash, pseudonyms } from '../../../runtime/pseudonyms';
import { kpiDefinitions as definitions } from '../../builders/kpi-catalog';
import { parquetOf } from '../../builders/parquet';
import { readDeltaRows } from '../../builders/read-delta';
import { PSEUDONYM_KEY, TaskPipeline } from '../../builders/task-pipeline';

const textUsers = definitions.contracts.map((contract) => ({
  ...contract,
  columns: contract.columns.map((one) =>
    one.name === 'user_id' ? { ...one, type: 'text' as const, required: false } : one,
  ),
}));

const source: Source = {
  name: 'till_lines',
  columns: [
    { name: 'Order', type: 'text', required: true },
    { name: 'Email', type: 'text', required: false },
    { name: 'Placed', type: 'timestamp', required: true },
    { name: 'Pieces', type: 'int64', required: true },
  ],
  maps: {
    orders: `select parse_int64("Order") as order_id, "Email" as user_id, "Placed" as created_at, "Pieces" as num_of_item, _line from rows`,
  },
};

/** A catalog in which the ids of users are texts, replaced or not. */
function catalogWith(pseudonymize: boolean) {
  const catalog = createCatalog({ ...definitions, contracts: textUsers, sources: [source] });
  const contracts = catalog.contracts.map((contract) => ({
    ...contract,
    columns: contract.columns.map((one) => (one.name === 'user_id' ? { ...one, pseudonymize } : one)),
  }));
  const contract = (kind: string) => contracts.find((one) => one.kind === kind) ?? catalog.contract(kind);
  return { ...catalog, contracts, contract };
}

let pipeline: TaskPipeline;
const open = (pseudonymize: boolean) => {
  pipeline = new TaskPipeline('UTC', catalogWith(pseudonymize));
};
afterEach(() => pipeline.close());

const UPLOADED_AT = Date.UTC(2025, 6, 1);
const HEADER = 'order_id,user_id,status,created_at,num_of_item';
const ANN = 'ann@shop.example';
const BOB = 'bob@shop.example';
const ORDERS = [
  `1,${ANN},delivered,2025-06-01T10:00:00,2`,
  `2,${BOB},delivered,2025-06-01T11:00:00,1`,
  `3, ${ANN} ,delivered,2025-06-01T12:00:00,1`,
  '4,,delivered,2025-06-02T12:00:00,1',
];
const hash = keyedHash(PSEUDONYM_KEY);

async function load(lines: readonly string[], key = 'input/orders.csv', header = HEADER) {
  return process(key, `${[header, ...lines].join('\n')}\n`);
}

async function process(key: string, body: string | Uint8Array) {
  const executionId = await pipeline.process([{ key, csv: body, uploadedAt: UPLOADED_AT }]);
  const result = validateResultSchema.parse(
    JSON.parse(pipeline.bucket.text(taskResultKey(executionId, 'validate')) ?? ''),
  );
  const rejected = rejectedKey(executionId, key);
  return {
    file: result.files[0],
    rows: pipeline.bucket.text(rejectedRowsKey(rejected)),
    reason: pipeline.bucket.text(reasonKey(rejected)),
  };
}

/** The objects other than the files as received that have one of the texts, in a cell of Parquet or anywhere. */
async function objectsWith(...texts: string[]): Promise<string[]> {
  const files = [...pipeline.bucket.objects.values()].filter(
    ({ key }) => !key.startsWith('input/') && !key.startsWith(ARCHIVE),
  );
  return pipeline.withLake(async ({ db, workDirectory }) => {
    const found: string[] = [];
    for (const { key, body } of files) {
      const isFound = (text: string) => texts.some((one) => text.includes(one));
      const local = path.join(workDirectory, 'searched.parquet');
      writeFileSync(local, body);
      const rows = key.endsWith('.parquet')
        ? await db.rows(`select * from read_parquet(${quoteLiteral(local)})`)
        : [];
      if (isFound(Buffer.from(body).toString('latin1')) || isFound(JSON.stringify(rows))) found.push(key);
    }
    return found;
  });
}

const users = async () =>
  (await readDeltaRows(pipeline.bucket, 'staging/orders'))
    .toSorted((a, b) => Number(a.order_id) - Number(b.order_id))
    .map(({ user_id }) => user_id);

const kpis = () => pipeline.orders.all;

test('values are replaced by the same hash everywhere, null stays null, and the KPIs are those of the values', async () => {
  open(false);
  await load(ORDERS);
  const plain = kpis();
  expect(await objectsWith(ANN)).toContainEqual(expect.stringMatching(/^staging\/orders\/.*\.parquet$/));
  pipeline.close();

  open(true);
  expect((await load(ORDERS)).file).toMatchObject({ outcome: 'valid', rows: 4, bad_rows: 0 });
  // Untrimmed, the third order had another user.
  expect(plain).toMatchObject([{ unique_customers: '3' }, { unique_customers: '0' }]);
  expect(kpis()).toEqual([{ ...plain[0], unique_customers: '2' }, plain[1]]);
  expect(await users()).toEqual([hash(ANN), hash(BOB), hash(ANN), null]);
  expect(await objectsWith(ANN, BOB)).toEqual([]);
  expect(await pipeline.verify()).toMatchObject({ differences: 0 });
});

test.each([
  [
    'NDJSON',
    'input/orders.ndjson',
    `{"order_id":1,"user_id":"${ANN}","created_at":"2025-06-01T10:00:00","num_of_item":1}\n`,
  ],
  [
    'CSV with quotes',
    'input/orders.csv',
    `"order_id","user_id","created_at","num_of_item"\n"1","${ANN}","2025-06-01T10:00:00","1"\n`,
  ],
])('a file in %s has the same hashes', async (_, key, text) => {
  open(true);
  expect((await process(key, text)).file).toMatchObject({ outcome: 'valid', rows: 1 });
  expect(await users()).toEqual([hash(ANN)]);
  expect(await objectsWith(ANN)).toEqual([]);
});

test('a Parquet file has the same hashes', async () => {
  open(true);
  const query = `select 1 as order_id, '${ANN}' as user_id, timestamp '2025-06-01 10:00:00' as created_at, 1 as num_of_item`;
  expect((await process('input/orders.parquet', await parquetOf(query))).file).toMatchObject({ rows: 1 });
  expect(await users()).toEqual([hash(ANN)]);
  expect(await objectsWith(ANN)).toEqual([]);
});

test('rows that SQL maps have the same hashes, and bad ones are listed without values', async () => {
  open(true);
  const good = Array.from({ length: 8 }, (_, at) => `${at + 1},${ANN},2025-06-01T10:00:00,1`);
  const { file, rows } = await load(
    [...good, `9,${BOB},${BOB},1`],
    'input/till_lines.csv',
    'Order,Email,Placed,Pieces',
  );
  expect(file).toMatchObject({ outcome: 'valid', kind: 'till_lines', rows: 8, bad_rows: 1 });
  expect(await users()).toEqual(good.map(() => hash(ANN)));
  expect(rows).toMatch(/^line,column,reason,row\n10,"Placed","expected [^"]*",""\n$/);
  expect(await objectsWith(ANN, BOB)).toEqual([]);
});

test('SQL that a value makes fail is reported without the value', async () => {
  open(true);
  const { file, reason } = await load(
    [`${BOB},${ANN},2025-06-01T10:00:00,1`],
    'input/till_lines.csv',
    'Order,Email,Placed,Pieces',
  );
  expect(file).toMatchObject({ outcome: 'invalid' });
  expect(reason).toContain('whose message can quote a value that is pseudonymized');
  expect(await objectsWith(ANN, BOB)).toEqual([]);
});

test('bad rows are listed without their text, and no reason has a value, whichever cell it is in', async () => {
  open(true);
  // The second cell has slipped into the third column.
  const { file, rows } = await load([...ORDERS, `5,x,delivered,${ANN},1`, `6,${ANN},delivered`]);
  expect(file).toMatchObject({ outcome: 'invalid', bad_rows: 2 });
  expect(rows?.split('\n')).toEqual([
    'line,column,reason,row',
    expect.stringMatching(/^6,"created_at","expected [^"]*",""$/),
    '7,"","expected 5 fields",""',
    '',
  ]);
  expect(await objectsWith(ANN)).toEqual([]);
});

test('the fault of a file without a header does not show its first line', async () => {
  open(true);
  const { file, reason } = await load(ORDERS.slice(1), 'input/orders.csv', ORDERS[0]);
  expect(file).toMatchObject({ outcome: 'invalid' });
  expect(reason).toContain('the first line is not a header');
  expect(await objectsWith(ANN, BOB)).toEqual([]);
});

test('a hash depends on the key and the text without the white space around it', () => {
  expect(hash(ANN)).toMatch(/^[0-9a-f]{32}$/);
  expect(hash(`\t${ANN} `)).toBe(hash(ANN));
  expect(hash(ANN.toUpperCase())).not.toBe(hash(ANN));
  expect(keyedHash(`${PSEUDONYM_KEY}.`)(ANN)).not.toBe(hash(ANN));
  // As of openssl dgst -sha256 -hmac.
  expect(keyedHash('0123456789abcdef0123456789abcdef')('ann@shop.example')).toBe(
    'b050fa1539aaffad17ec2f4b3357cf31',
  );
});

test('the key is read once, only where it is needed, and must be long', async () => {
  let reads = 0;
  const read = pseudonyms(async () => {
    reads += 1;
    return PSEUDONYM_KEY;
  });
  expect(reads).toBe(0);
  await Promise.all([read(), read()]);
  expect(reads).toBe(1);
  await expect(pseudonyms(async () => 'short')()).rejects.toThrow('fewer than 32 characters');
  expect(() => pseudonyms(undefined)()).toThrow('this process has no key');
});
