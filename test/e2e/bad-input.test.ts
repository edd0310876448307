import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { FileOutcome } from '../../operations/executions/execution-files';
import { csv, ORDER_ITEMS, ORDERS, PRODUCTS } from '../builders/csv';
import { LocalPipeline } from './local-pipeline';

const DAY = '2025-05-01';
const order = (id: number | string, day = DAY) => `${id},7,delivered,${day}T10:00:00,,,,1`;
const orders = (...ids: number[]) => csv(ORDERS, ...ids.map((id) => order(id)));
/** More than DuckDB's own reader takes for a line. */
const THREE_MEGABYTES = 3 * 1024 * 1024;

/** A key of a thousand characters. */
const longKey = (name: string) =>
  `input/${'long folder/'.repeat(99).slice(0, 1000 - 'input//'.length - name.length)}/${name}`;

/** Invalid files: what the reason must say. */
const INVALID: Record<string, { body: string | Uint8Array; reason: RegExp }> = {
  'input/bad/orders_empty.csv': { body: '', reason: /^the file is empty$/ },
  'input/bad/orders_blank.csv': { body: ' \n\n', reason: /^the file is empty$/ },
  'input/bad/orders_missing.csv': {
    body: csv(ORDERS.replace('user_id,', ''), `1,delivered,${DAY}T10:00:00,,,,1`),
    reason: /^the header lacks 1 column of orders: user_id$/,
  },
  'input/bad/order_items_doubled.csv': {
    body: csv(`${ORDER_ITEMS}, SALE_PRICE`, `1,1,7,1,delivered,${DAY}T10:00:00,,,,9.99,9.99`),
    reason: /^the header names 1 column more than once: sale_price$/,
  },
  'input/bad/stock.csv': {
    body: csv('warehouse,count', '1,2'),
    reason: /^the kind of file is unknown: no kind has these columns$/,
  },
  'input/bad/orders_utf16_without_bom.csv': {
    body: Buffer.from(orders(1), 'utf16le'),
    reason: /^not UTF-8 but probably UTF-16 text without byte order mark$/,
  },
  'input/bad/products_binary.csv': {
    body: Buffer.from(Array.from({ length: 2048 }, (_, i) => (i * 37) % 256)),
    reason: /^not a CSV file but binary data$/,
  },
  'input/bad/products.xlsx': {
    body: Buffer.from('504b0304140006000800', 'hex'),
    reason: /^the file's extension is "\.xlsx", expected \.csv, /,
  },
  'input/bad/products_workbook.csv': {
    body: Buffer.from('504b0304140006000800', 'hex'),
    reason: /^the ZIP archive is truncated or corrupt$/,
  },
  'input/bad/products_quote.csv': {
    body: csv(PRODUCTS, '1,s,1.00,Toys,n,b,2.00,D', '2,s,1.00,"Toys,n,b,2.00,D', '3,s,1.00,Toys,n,b,2.00,D'),
    reason: /^invalid CSV: the quote opened in line 3 is never closed$/,
  },
  'input/bad/orders_truncated.csv.gz': {
    body: gzipSync(orders(...Array.from({ length: 500 }, (_, i) => i))).subarray(0, 600),
    reason: /^unexpected end of the gzip stream: the file is truncated$/,
  },
  'input/bad/orders_nul.csv': {
    body: csv(ORDERS, order(1), order(2).replace('delivered', 'deli\0vered')),
    reason: /^invalid CSV: a NUL byte in line 3$/,
  },
  'input/bad/orders_words.csv': {
    body: csv(ORDERS, order(1), order(2), order(3), order('four')),
    reason:
      /^1 of 4 rows is bad \(25%\), more than the 20% allowed; most frequent: order_id: expected a whole number \(line 5\)$/,
  },
  'input/bad/products_one_long_line.csv': {
    body: `${PRODUCTS}\n${'x'.repeat(THREE_MEGABYTES)}\n`,
    reason: /^1 of 1 row is bad \(100%\), .*expected 8 fields \(line 2\)$/,
  },
  'input/50%25 +"quoted"; \'März\' 🛒/../orders empty.csv': { body: '', reason: /^the file is empty$/ },
  [longKey('orders_empty.csv')]: { body: '', reason: /^the file is empty$/ },
};

const BAD_ROWS = [
  [order('seven'), 'order_id', 'expected a whole number, got "seven"'],
  [order(101, '2025-02-30'), 'created_at', /^expected .*got "2025-02-30T10:00:00"/],
  [
    `102,7,delivered,${DAY}T10:00:00`,
    '',
    'expected 8 fields, got 4; if the missing cells are empty, add "read: { shortRows: fill }" to the contract of orders',
  ],
  [`${order(103)},more`, '', 'expected 8 fields, got 9'],
  [order(104).replace(',7,', ',,'), 'user_id', 'expected a value, got none'],
] as const;

/** Valid files, with the number of their good rows; every order is of the one day and has a number of its own. */
const VALID: Record<string, { body: string | Uint8Array; rows: number }> = {
  'input/good/orders_header_only.csv': { body: csv(ORDERS), rows: 0 },
  'input/good/orders_extra.csv': { body: csv(`${ORDERS},note`, `${order(1)},ring twice`), rows: 1 },
  'input/good/orders_some_bad_rows.csv': {
    body: csv(
      ORDERS,
      ...BAD_ROWS.map(([row]) => row),
      ...Array.from({ length: 20 }, (_, i) => order(1000 + i)),
    ),
    rows: 20,
  },
  'input/good/products_long_line.csv': {
    body: csv(PRODUCTS, `1,s,1.00,Toys,${'n'.repeat(THREE_MEGABYTES)},b,2.00,D`),
    rows: 1,
  },
  'input/north/orders.csv': { body: orders(2), rows: 1 },
  'input/south/orders.csv': { body: orders(3), rows: 1 },
  'input/orders with spaces.csv': { body: orders(4), rows: 1 },
  'input/orders+plus+100%+%20+%2B.csv': { body: orders(5), rows: 1 },
  'input/orders "double" \'single\' `back`; semi; & = ? # [x] {y} <z> \\ ~ ^ |.csv': {
    body: orders(6),
    rows: 1,
  },
  'input/Bestellungen für März 注文 ñ n\u0303.csv': { body: orders(7), rows: 1 },
  'input/🛒/👩‍💻 orders.csv.GZ': { body: gzipSync(orders(8)), rows: 1 },
  'input/../orders_above.csv': { body: orders(9), rows: 1 },
  'input/a/./../../staging/orders/_delta_log/orders.csv': { body: orders(10), rows: 1 },
  'input//orders//twice.csv': { body: orders(11), rows: 1 },
  [longKey('orders.csv')]: { body: orders(12), rows: 1 },
};

const MARKER = 'input/folder/';
const REPLACED = 'input/orders_replaced.csv';
const GONE = 'input/orders_gone.csv';

let pipeline: LocalPipeline;
let files: FileOutcome[];
let startedByMarker: number;

beforeAll(async () => {
  pipeline = await LocalPipeline.start();
  await pipeline.put(MARKER, '');
  await pipeline.untilQuiet();
  startedByMarker = (await pipeline.executions()).length;

  // Put first, so that the execution which is waited for has it.
  await pipeline.put(REPLACED, csv(ORDERS, order(500, '2025-06-01')));
  const all = { ...INVALID, ...VALID };
  await Promise.all(Object.entries(all).map(([key, { body }]) => pipeline.put(key, body)));

  await pipeline.untilEntered('StageFiles');
  await pipeline.put(REPLACED, csv(ORDERS, order(500, '2025-06-02')));
  await pipeline.put(GONE, orders(600));
  await pipeline.remove(GONE);
  await pipeline.untilQuiet();

  await pipeline.put('input/only/orders_empty.csv', '');
  await pipeline.untilQuiet();
  files = await pipeline.files();
}, 120_000);

afterAll(() => pipeline.stop());

/** A name to show, the key, and the case. */
const named = <T>(cases: Record<string, T>) =>
  Object.entries(cases).map(
    ([key, expected]) =>
      [key.length > 100 ? `a key of ${key.length} characters` : key, key, expected] as const,
  );

const outcomeOf = (key: string) => files.filter((file) => file.key === key);

test.each(named(INVALID))('%s is rejected with its reason', async (_, key, { body, reason }) => {
  const [file, ...more] = outcomeOf(key);
  expect(more).toEqual([]);
  expect(file).toMatchObject({ outcome: 'invalid', rows: 0 });
  const { destination = '' } = file ?? {};
  expect(destination).toMatch(/^rejected\/\d{8}T\d{6}Z-[0-9a-f]{12}\//);
  expect((await pipeline.bytes(destination))?.equals(Buffer.from(body))).toBe(true);
  const report = JSON.parse(await pipeline.text(`${destination}.reason.json`));
  expect(report).toMatchObject({
    key,
    bytes: Buffer.byteLength(body),
    remedy: expect.stringMatching(/\w+ \w+/),
  });
  expect(report.reason).toMatch(reason);
});

test.each(named(VALID))('%s is archived and its rows counted', async (_, key, { body, rows }) => {
  const [file, ...more] = outcomeOf(key);
  expect(more).toEqual([]);
  expect(file).toMatchObject({ outcome: 'valid', rows });
  expect(file?.destination).toMatch(/^archive\/\d{8}T\d{6}Z-[0-9a-f]{12}\//);
  expect((await pipeline.bytes(file?.destination ?? ''))?.equals(Buffer.from(body))).toBe(true);
});

test('bad rows are listed with line, column, reason and the row as it came', async () => {
  const [file] = outcomeOf('input/good/orders_some_bad_rows.csv');
  expect(file).toMatchObject({ bad_rows: BAD_ROWS.length });
  const listed = parse(await pipeline.text(file?.rejected_rows_key ?? ''));
  expect(file?.rejected_rows_key).toMatch(/^rejected\/[^/]+\/good\/orders_some_bad_rows\.csv\.rows\.csv$/);
  expect(listed).toEqual([
    ['line', 'column', 'reason', 'row'],
    ...BAD_ROWS.map(([row, column, reason], i) => [
      String(i + 2),
      column,
      typeof reason === 'string' ? reason : expect.stringMatching(reason),
      row,
    ]),
  ]);
});

test('an extra column is ignored and named', () => {
  expect(outcomeOf('input/good/orders_extra.csv')[0]).toMatchObject({ extra_columns: ['note'], bad_rows: 0 });
});

test('nothing is left in input/ but the folder marker, which starts nothing', async () => {
  expect(await pipeline.keys('input/')).toEqual([MARKER]);
  expect(startedByMarker).toBe(0);
});

test('every execution succeeds, and the good rows of the day are counted, each once', async () => {
  const executions = await pipeline.executions();
  expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'SUCCEEDED'));
  const good = Object.entries(VALID).filter(([key]) => !key.includes('products'));
  const rows = good.reduce((sum, [, file]) => sum + file.rows, 0);
  const [day] = await pipeline.orderKpis();
  expect(day).toMatchObject({ order_date: DAY, total_orders: String(rows) });
});

test('a file deleted before its turn is passed over', () => {
  expect(outcomeOf(GONE)).toMatchObject([{ outcome: 'gone', rows: 0 }]);
});

test('a file replaced while its execution runs is left alone, and brought in by its own message', async () => {
  expect(outcomeOf(REPLACED).map(({ outcome }) => outcome)).toEqual(['valid', 'valid']);
  const [older, newer] = outcomeOf(REPLACED);
  const archived = (await pipeline.keys('archive/')).filter((key) => key.endsWith('/orders_replaced.csv'));
  expect(archived).toEqual([newer?.destination]);
  expect(newer?.destination).not.toBe(older?.destination);
  expect(await pipeline.text(archived[0] ?? '')).toContain('2025-06-02');
  const june = (await pipeline.orderKpis()).filter(({ order_date }) => order_date !== DAY);
  expect(june).toMatchObject([{ order_date: '2025-06-02', total_orders: '1' }]);
});

test('a batch in which every file is invalid ends well and says so', async () => {
  const [last] = await pipeline.executions();
  expect(last).toMatchObject({
    status: 'SUCCEEDED',
    report: {
      outcome: 'succeeded',
      summary: 'No valid file: the only one was rejected.',
      counts: { files: 1, valid: 0, invalid: 1 },
      files: [
        {
          key: 'input/only/orders_empty.csv',
          outcome: 'invalid',
          reason: expect.stringContaining('is empty'),
        },
      ],
    },
  });
});
