import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createCatalog, catalog as included } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { quoteLiteral } from '../../../engine/duckdb/quote';
import { DuckDb } from '../../../engine/duckdb/session';
import { personTables } from '../../../operations/forget/person-rows';
import { type FileReader, findRows, writeWithout } from '../../../operations/forget/rows-in-file';
import { fileRules } from '../../../tasks/validate/validate';
import { platformContracts } from '../../builders/platform-contracts';
import { zipOf } from '../../builders/zip';

let directory: string;
let db: DuckDb;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'daybook-forget-'));
  db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 1 });
});
afterAll(async () => {
  db.close();
  await rm(directory, { recursive: true, force: true });
});

/** With the contracts of an export. */
const shopify = createCatalog({ ...definitions, ...platformContracts('shopify') });

const reader = (
  user = '4711',
  orders: string[] = [],
  visitors: string[] = [],
  catalog = included,
): FileReader => ({
  catalog,
  tables: personTables(catalog),
  rules: fileRules(catalog, { MAX_BAD_ROW_SHARE: 0.2 }, undefined),
  person: { user, orders: new Set(orders), visitors: new Set(visitors) },
});

/** @returns the number of rows, and the bytes without them */
async function without(key: string, bytes: string | Uint8Array, of = reader()) {
  const local = path.join(directory, 'file');
  await writeFile(local, bytes);
  const file = { key, path: local, size: Buffer.byteLength(bytes), uploadedAt: '2026-03-01T00:00:00.000Z' };
  const found = await findRows(file, of);
  if ('unreadable' in found) return found;
  await writeWithout(file, found, `${local}.without`, { db, rules: of.rules });
  return { rows: found.rows, bytes: await readFile(`${local}.without`), badCells: found.badCells };
}
const text = async (...given: Parameters<typeof without>) => {
  const found = await without(...given);
  return 'bytes' in found ? { rows: found.rows, text: found.bytes.toString('utf8') } : found;
};

const HEADER = 'order_id;user_id;created_at;num_of_item;note\r\n';

test('of CSV, the lines of a row stay empty, also those of a quoted cell; other bytes are unchanged', async () => {
  const kept = '2;99;2026-03-01;1;"4711\r\nHigh Street"\r\n';
  const found = await text(
    'input/orders.csv',
    `${HEADER}1;4711;2026-03-01;1;"12 Park\r\nSurrey"\r\n${kept}3;4711;2026-03-01;2;`,
  );
  expect(found).toEqual({ rows: 2, text: `${HEADER}\r\n\r\n${kept}` });
});

test('of a bad row of a known kind, the cell of the customer tells, or any cell if its cells cannot be told', async () => {
  const given = `${HEADER}1;4711;never;1;a\r\n4711;5;never;1;b\r\n7;4711\r\n`;
  expect(await text('input/orders.csv', given)).toEqual({
    rows: 2,
    text: `${HEADER}\r\n4711;5;never;1;b\r\n\r\n`,
  });
});

test('an item is found by its order, and an order adds its number', async () => {
  const of = reader();
  await text('input/orders.csv', 'order_id,user_id,created_at\n31,4711,2026-03-01\n', of);
  expect([...of.person.orders]).toEqual(['31']);
  const items = 'id,order_id,created_at,sale_price\n1,31,2026-03-01,2\n2,32,2026-03-01,2\n';
  expect(await text('input/order_items.csv', items, of)).toMatchObject({
    rows: 1,
    text: expect.stringContaining('\n\n2,32'),
  });
});

test('of UTF-16, a line feed takes two bytes', async () => {
  const utf16 = (rows: string) => Buffer.from(`\ufefforder_id,user_id,created_at\n${rows}`, 'utf16le');
  const found = await without('input/orders.csv', utf16('1,4711,2026-03-01\n2,5,2026-03-01\n'));
  expect(found).toMatchObject({ rows: 1, bytes: utf16('\n2,5,2026-03-01\n') });
});

test('a ZIP archive becomes a gzip file', async () => {
  const packed = zipOf({ 'orders.csv': 'order_id,user_id,created_at\n1,4711,2026-03-01\n' });
  const found = await without('input/orders.zip', packed);
  expect('bytes' in found && gunzipSync(found.bytes).toString()).toBe('order_id,user_id,created_at\n\n');
});

test('an array of objects loses elements, and keeps the text of the others', async () => {
  const of = reader('4711', [], ['c1']);
  const events =
    '[{"event_name": "page_view", "event_time":"2026-03-01", "user_id": 4711},\n {"event_name":"page_view","event_time":"2026-03-01","client_id":"c1"},{"event_name":"page_view", "client_id":"c2","n":1.50}]';
  expect(await text('input/events/app.json', events, of)).toEqual({
    rows: 2,
    text: '[\n{"event_name":"page_view", "client_id":"c2","n":1.50}\n]\n',
  });
});

test('an event of a visitor with another customer is that of the other', async () => {
  const of = reader('4711', [], ['c1']);
  const line = '{"event_name":"page_view","event_time":"2026-03-01","client_id":"c1","user_id":"5"}\n';
  expect(await text('input/events/app.ndjson', line, of)).toEqual({ rows: 0, text: line });
});

test('a Parquet file keeps its other rows', async () => {
  const file = path.join(directory, 'orders.parquet');
  await db.run(
    `copy (select n as order_id, 4710 + n as user_id, timestamp '2026-03-01' as created_at from range(3) as t(n)) to ${quoteLiteral(file)}`,
  );
  const found = await without('input/orders.parquet', await readFile(file));
  expect(found).toMatchObject({ rows: 1 });
  const kept = path.join(directory, 'file.without');
  expect(await db.rows(`select order_id from read_parquet(${quoteLiteral(kept)})`)).toEqual([
    { order_id: '0' },
    { order_id: '2' },
  ]);
});

test('of the export of a platform, all rows of an order are found by the customer in the first', async () => {
  const header =
    'Name,Email,Financial Status,Created at,Fulfilled at,Cancelled at,Payment Method,Currency,Subtotal,Total,Discount Amount,Refunded Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Taxes,Shipping';
  const row = (name: string, email: string, total: string) =>
    `${name},${email},paid,2026-03-01 10:00:00 +0000,,,,EUR,${total},${total},0,0,1,Mug,${total || '1'},m,0,0,0`;
  const rows = [row('#1', 'ada@example.com', '10'), row('#1', '', ''), row('#2', 'bob@example.com', '5')];
  const found = await text(
    'input/shopify_orders.csv',
    `${header}\n${rows.join('\n')}\n`,
    reader('ada@example.com', [], [], shopify),
  );
  expect(found).toEqual({ rows: 2, text: `${header}\n\n\n${rows[2]}\n` });
});

test('of a file without a known header, lines with a cell that is the id are found', async () => {
  const found = await text('input/what.csv', 'a,b\n4711,Ada\n47110,x4711\n');
  expect(found).toEqual({ rows: 1, text: 'a,b\n\n47110,x4711\n' });
});

test('an array that is cut off loses lines, as it has no elements', async () => {
  const cut = '[{"user_id": 4711, "event_name": "page_view"},\n{"user_id": 5, "event_name": "pa';
  expect(await text('input/events/cut.json', cut)).toEqual({ rows: 1, text: cut.replace(/^.*,$/m, '') });
});

test('a file that cannot be unpacked says so', async () => {
  const broken = Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]);
  for (const key of ['input/orders.csv.gz', 'input/events/a.ndjson.gz'])
    expect(await without(key, broken)).toMatchObject({ unreadable: expect.any(String) });
});
