import { gzipSync } from 'node:zlib';
import { ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { zipOf } from '../../builders/zip';
import { orders, Validation } from './validation';

const utf16 = (text: string, bom = true) => Buffer.from((bom ? '\ufeff' : '') + text, 'utf16le');
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const corrupt = (bytes: Buffer) => {
  bytes.fill(0xff, 30, 40);
  return bytes;
};

/** Key, content, expected reason, expected remedy, expected line. */
const INVALID: [string, string | Uint8Array, RegExp, RegExp, number?][] = [
  ['input/orders-empty.csv', '', /^the file is empty$/, /header/],
  ['input/orders-bom.csv', '\ufeff', /^the file is empty$/, /header/],
  ['input/orders-blank.csv', ' \r\n\n', /^the file is empty$/, /header/],
  ['input/orders-empty.csv.gz', gzipSync(''), /^the file is empty$/, /header/],
  [
    'input/orders.xlsx',
    Buffer.from('PK\x03\x04'),
    /extension is "\.xlsx", expected \.csv, \.tsv, \.txt, \.ndjson, \.jsonl or \.json, which/,
    /CSV UTF-8/,
  ],
  ['input/orders.7z', 'x', /extension is "\.7z"/, /unpack/],
  ['input/orders-two.zip', zipOf({ 'a.csv': orders(1), 'b.csv': orders(1) }), /has 2 members/, /each file/],
  ['input/orders.csv.bak', orders(1), /extension is "\.bak"/, /CSV/],
  ['input/orders', orders(1), /has no extension/, /name it \.csv/],
  ['input/orders-workbook.csv', zipOf({ '[Content_Types].xml': 'x' }), /Excel workbook/, /CSV UTF-8/],
  [
    'input/orders-cut.zip',
    zipOf({ 'orders.csv': orders(99) }).subarray(0, -9),
    /ZIP archive is truncated/,
    /whole/,
  ],
  ['input/orders-twice.csv.gz', gzipSync(gzipSync(orders(1))), /gzip-compressed/, /once/],
  [
    'input/orders-cut.csv.gz',
    gzipSync(orders(99)).subarray(0, 200),
    /unexpected end of the gzip stream/,
    /whole/,
  ],
  ['input/orders-zero.csv.gz', '', /^the file is empty$/, /header/],
  ['input/orders-torn.csv.gz', corrupt(gzipSync(orders(99))), /gzip stream is corrupt/, /again/],
  ['input/orders-utf16-no-bom.csv', utf16(orders(3), false), /UTF-16/, /CSV UTF-8/],
  [
    'input/orders-binary.csv',
    Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 89) % 251)),
    /binary/,
    /CSV/,
  ],
  [
    'input/orders-nul.csv',
    orders(2, '3,7,deli\0vered,2025-03-30T16:14:26,,,,1'),
    /NUL byte in line 4$/,
    /CSV UTF-8/,
    4,
  ],
  [
    'input/products-latin1.csv',
    latin1(`${PRODUCTS}\r\n1,a,1,Hats,Chapeau,b,2,c\r\n2,a,1,Hats,B\u00e9ret,b,2,c\r\n`),
    /not UTF-8: the byte at offset 95, in line 3/,
    /CSV UTF-8/,
    3,
  ],
  [
    'input/orders-cut-character.csv',
    Buffer.from(`${orders(1)}é`).subarray(0, -1),
    /not UTF-8: .* in line 3/,
    /UTF-8/,
    3,
  ],
  [
    'input/orders-surrogate.csv',
    Buffer.concat([Buffer.from(orders(1)), Buffer.from([0xed, 0xa0, 0x80])]),
    /not UTF-8/,
    /UTF-8/,
    3,
  ],
  [
    'input/orders-missing.csv',
    'order_id,status\n1,shipped\n',
    /lacks 2 columns of orders: user_id, created_at$/,
    /add them/,
    1,
  ],
  [
    'input/orders-of-items.csv',
    `${ORDER_ITEMS}\n`,
    /lacks 2 columns of orders: num_of_item, currency; the columns are those of order_items/,
    /start its name with order_items/,
    1,
  ],
  [
    'input/orders-doubled.csv',
    `${ORDERS}, STATUS \n`,
    /names 1 column more than once: status$/,
    /one column of each name/,
    1,
  ],
  [
    'input/unknown.csv',
    'a,b,c\n1,2,3\n',
    /kind of file is unknown/,
    /start its name with its kind if it is one of currency_rates, event_items, events, inventory, order_items, orders, products/,
    1,
  ],
  [
    'input/prose.csv',
    'Dear shop,\nhere are the orders.\n',
    /kind of file is unknown/,
    /start its name with/,
    1,
  ],
  ['input/orders-no-header.csv', '1,7,delivered,2025-03-30T16:14:26,,,,1\n', /lacks 3 columns/, /header/, 1],
  [
    'input/orders.csv.rows.csv',
    'line,column,reason,row\n3,status,why,"1,2"\n',
    /list of rejected rows/,
    /"row" column/,
    1,
  ],
  [
    'input/orders-open.csv',
    orders(2, '3,7,"deliv\ner,2025-03-30T16:14:26,,,,1', '4,x'),
    /the quote opened in line 4 is never closed/,
    /close the quote/,
    4,
  ],
  ['input/orders-open-header.csv', `order_id,"user_id\n1,2\n`, /quote opened in the header/, /close/, 1],
  [
    'input/orders-open-text.csv',
    `${ORDERS}\r\n"a\r\nb",7\r\n3,"x\r\ny\r\n`,
    /the quote opened in line 4 is never closed/,
    /close/,
    4,
  ],
];

describe('a batch of invalid files and one valid file', () => {
  const validation = new Validation();
  beforeAll(async () => {
    for (const [key, body] of INVALID) await validation.add(key, body);
    await validation.add('input/orders.csv', orders(3));
    await validation.run();
  });
  afterAll(() => validation.close());

  test.each(INVALID.map((file) => [file[0], file] as const))(
    '%s is invalid, and its report has the reason and the remedy',
    (_, [key, body, reason, remedy, line]) => {
      const found = validation.of(key);
      expect(found).toMatchObject({ outcome: 'invalid', rows: 0 });
      expect(found.destination).toBe(key.replace('input/', 'rejected/execution-1/'));
      expect(validation.reason(key)).toMatchObject({
        key,
        execution_id: 'execution-1',
        reason: expect.stringMatching(reason),
        remedy: expect.stringMatching(remedy),
        uploaded_at: '2025-04-08T10:00:00.250Z',
        etag: found.etag,
        bytes: Buffer.from(body).length,
        details: expect.any(Array),
      });
      expect(validation.reason(key).line).toBe(line);
      expect(found.reason).toContain(validation.reason(key).reason);
    },
  );

  test('the valid file is loaded', async () => {
    expect(validation.of('input/orders.csv')).toMatchObject({ outcome: 'valid', rows: 3, bad_rows: 0 });
    expect(await validation.rows('input/orders.csv')).toHaveLength(3);
    expect(validation.routing).toMatchObject({ valid_count: 1, invalid_count: INVALID.length });
  });

  test('nothing stays on local disk', () => expect(validation.leftovers()).toEqual([]));
});

describe('a gzip bomb', () => {
  const validation = new Validation();
  afterAll(() => validation.close());

  test('above the limit in bytes is invalid', async () => {
    await validation.add('input/orders.csv.gz', gzipSync(orders(1000)));
    await validation.run({ MAX_UNPACKED_BYTES: 10_000 });
    expect(validation.of('input/orders.csv.gz').reason).toMatch(
      /^it decompresses to more than 10000 bytes, the limit; send it in smaller files$/,
    );
  });

  test('above the limit as a ratio is invalid, and is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, 0x20));
    await validation.add('input/orders-bomb.csv.gz', bomb);
    await validation.run();
    expect(validation.of('input/orders-bomb.csv.gz').reason).toMatch(
      /^it decompresses to more than 200 times its [0-9]+ bytes/,
    );
  });
});
