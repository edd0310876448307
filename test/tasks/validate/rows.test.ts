import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { MAX_RECORD_BYTES } from '../../../formats/csv/records';
import { ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { EXECUTION, order, orders, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

/** Validates one file and returns its staged rows. */
async function rowsOf(key: string, body: string | Uint8Array): Promise<Record<string, unknown>[]> {
  await validation.add(key, body);
  await validation.run({ MAX_BAD_ROW_SHARE: 1 });
  expect(validation.of(key)).toMatchObject({ outcome: 'valid' });
  return validation.rows(key);
}

const column = (rows: Record<string, unknown>[], name: string) => rows.map((row) => row[name]);

describe('rows written for stage', () => {
  test('have the typed columns of their kind, and name their origin', async () => {
    const key = 'input/eu/Products 2025.csv';
    await rowsOf(key, `${PRODUCTS}\n1,a-1,12.5,Hats, Bowler ,Acme,"1,5,0",\n2,,,,,,,\n`);
    expect(validation.of(key)).toMatchObject({
      rows: 1,
      bad_rows: 1,
      rows_key: `results/${EXECUTION}/rows/products/00000.parquet`,
    });
    await validation.bucket.download(
      validation.of(key).rows_key ?? '',
      `${validation.workDirectory}/x.parquet`,
    );
    const described = await validation.query(`describe from '${validation.workDirectory}/x.parquet'`);
    expect(described.map((row) => [row.column_name, row.column_type])).toEqual([
      ['id', 'BIGINT'],
      ['sku', 'VARCHAR'],
      ['cost', 'DECIMAL(18,4)'],
      ['category', 'VARCHAR'],
      ['name', 'VARCHAR'],
      ['brand', 'VARCHAR'],
      ['retail_price', 'DECIMAL(18,4)'],
      ['department', 'VARCHAR'],
      ['_source_key', 'VARCHAR'],
      ['_source_modified_at', 'TIMESTAMP WITH TIME ZONE'],
      ['_source_line', 'BIGINT'],
    ]);
    expect(await validation.rows(key)).toEqual([
      {
        id: '2',
        sku: null,
        cost: null,
        category: null,
        name: null,
        brand: null,
        retail_price: null,
        department: null,
        _source_key: key,
        _source_modified_at: '2025-04-08 10:00:00.25+00',
        _source_line: '3',
      },
    ]);
  });

  test('are the same for columns in any order and case, with extra columns, and with every delimiter', async () => {
    const cells = [
      [
        ' Num_Of_Item',
        'STATUS',
        'note;x',
        '"order_id"',
        'user_id',
        'created_at',
        'returned_at ',
        'Shipped_At',
        'delivered_at',
      ],
      ['2', 'shipped', 'a', '7', '8', '2025-03-30 16:14', '', '2025-03-30T16:14:26Z', ''],
    ];
    for (const [at, delimiter] of [',', '\t', '|'].entries()) {
      const key = `input/orders-${at}.csv`;
      await validation.add(key, cells.map((row) => row.join(delimiter)).join('\n'));
    }
    await validation.add(
      'input/orders-3.csv',
      cells
        .map((row) => row.map((cell) => cell.replace('note;x', 'a,b,c,d,e,f,g,h,i,j,k')).join(';'))
        .join('\n'),
    );
    await validation.run();
    for (let at = 0; at < 4; at += 1) {
      const key = `input/orders-${at}.csv`;
      expect(validation.of(key)).toMatchObject({ outcome: 'valid', kind: 'orders', rows: 1 });
      expect(validation.of(key).extra_columns).toEqual([at === 3 ? 'a,b,c,d,e,f,g,h,i,j,k' : 'note;x']);
      expect(await validation.rows(key)).toEqual([
        expect.objectContaining({
          order_id: '7',
          user_id: '8',
          status: 'shipped',
          num_of_item: '2',
          created_at: '2025-03-30 16:14:00+00',
          shipped_at: '2025-03-30 16:14:26+00',
          returned_at: null,
        }),
      ]);
    }
  });

  test.each([
    ['input/monday.csv', 'products', PRODUCTS],
    ['input/monday.csv', 'orders', ORDERS],
    ['input/monday.CSV', 'order_items', ORDER_ITEMS],
    ['input/orders/ORDER_ITEMS.csv', 'order_items', ORDER_ITEMS],
    ['input/products/orders+1 %.csv', 'orders', ORDERS],
  ])('%s is of the kind %s', async (key, kind, header) => {
    await validation.add(key, `${header}\n`);
    await validation.run();
    expect(validation.of(key)).toMatchObject({ outcome: 'valid', kind, rows: 0, bad_rows: 0 });
  });

  test('are null in optional columns that a file lacks, which the result lists', async () => {
    const rows = '1,7,2025-03-30T16:14:26,a\n2,"8",2025-03-30T16:14:26,b\n';
    await validation.add('input/orders.csv', `Order ID,user-id,CREATED AT,channel\n${rows}`);
    await validation.add(
      'input/other.csv',
      `order_id,user_id,created_at,num_of_item\n3,9,2025-03-30T16:14:26,2\n`,
    );
    await validation.run();
    expect(validation.of('input/orders.csv')).toMatchObject({
      rows: 2,
      extra_columns: ['channel'],
      missing_columns: ['status', 'returned_at', 'shipped_at', 'delivered_at', 'num_of_item', 'currency'],
    });
    expect(validation.of('input/other.csv')).toMatchObject({ kind: 'orders', rows: 1 });
    const found = await validation.rows('input/orders.csv');
    expect(found).toMatchObject([
      { order_id: '1', user_id: '7', status: null, returned_at: null, num_of_item: null },
      { order_id: '2', user_id: '8', status: null, returned_at: null, num_of_item: null },
    ]);
    expect(await validation.rows('input/other.csv')).toMatchObject([
      { order_id: '3', num_of_item: '2', status: null },
    ]);
  });

  test('are none for a file with only a header, which is valid', async () => {
    await validation.add('input/orders-a.csv', ORDERS);
    await validation.add('input/orders-b.csv', `\ufeff${ORDERS}\r\n\r\n`);
    const { counts } = await validation.run();
    expect(counts).toMatchObject({ files: 2, valid: 2, rows: 0 });
    expect(validation.of('input/orders-a.csv').rows_key).toBeUndefined();
    expect(validation.bucket.keys('results/').filter((key) => key.includes('/rows/'))).toEqual([]);
  });
});

describe('line ends, blank lines and quotes', () => {
  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('%s ends a line, and lines are counted as an editor does', async (_, end) => {
    const text = [
      '\ufeff',
      ORDERS,
      order(1),
      '  ',
      '',
      `2,7,"two${end}lines",2025-03-30T16:14:26,,,,1`,
      order(3),
    ];
    const rows = await rowsOf('input/orders.csv', text.join(end).replace(`\ufeff${end}`, '\ufeff'));
    expect(column(rows, '_source_line')).toEqual(['2', '5', '7']);
    expect(column(rows, 'status')).toEqual(['delivered', `two${end}lines`, 'delivered']);
  });

  test('line ends can be mixed, and the first lines can be blank', async () => {
    const rows = await rowsOf(
      'input/orders.csv',
      `\r\n \n${ORDERS}\r\n${order(1)}\n${order(2)}\r${order(3)}`,
    );
    expect(column(rows, '_source_line')).toEqual(['4', '5', '6']);
  });

  test('quotes, delimiters and line ends inside a quoted field belong to its text', async () => {
    const text = `${PRODUCTS}\n1,,,"Hats, ""tall"" ones","a\r\nb",;,,"= 1"\n`;
    const [row] = await rowsOf('input/products.csv', text);
    expect(row).toMatchObject({
      category: 'Hats, "tall" ones',
      name: 'a\r\nb',
      brand: ';',
      department: '= 1',
    });
  });

  test('a stray quote makes only its own row bad', async () => {
    const rows = await rowsOf(
      'input/products.csv',
      [
        PRODUCTS,
        '1,a,1,Hats,6" hat,b,2,c',
        '2,a,1,Hats,"6"" hat",b,2,c',
        '3,a,1,Hats,"six" inch,b,2,c',
        '4,a,1,Hats, "spaced",b,2,c',
        '5,a,1,Hats,plain,b,2,c',
      ].join('\n'),
    );
    expect(column(rows, 'id')).toEqual(['2', '5']);
    const bad = validation.rejectedRows('input/products.csv');
    expect(column(bad, 'line')).toEqual(['2', '4', '5']);
    expect(bad[0]).toMatchObject({
      reason: expect.stringMatching(/^a misplaced quote/),
      row: '1,a,1,Hats,6" hat,b,2,c',
    });
  });

  test('an unclosed quote that ends at a quote of the next line makes only those two lines bad', async () => {
    const rows = await rowsOf(
      'input/products.csv',
      [PRODUCTS, '1,a,1,Hats,"open,b,2,c', '2,a,1,Hats,"shut",b,2,c', '3,a,1,Hats,fine,b,2,c'].join('\n'),
    );
    expect(column(rows, '_source_line')).toEqual(['4']);
    expect(column(validation.rejectedRows('input/products.csv'), 'line')).toEqual(['2']);
  });
});

describe('compressed files', () => {
  test('.csv.gz in any case is unpacked, also with several members', async () => {
    const members = [gzipSync(orders(2)), gzipSync(`${order(3)}\n`), gzipSync(order(4))];
    const rows = await rowsOf('input/Orders.CSV.GZ', Buffer.concat(members));
    expect(column(rows, 'order_id')).toEqual(['1', '2', '3', '4']);
  });

  test('the first member can be shorter than a byte order mark', async () => {
    const text = Buffer.from(`\ufeff${orders(1, '2,7,"x",2025-03-30T16:14:26,,,,')}`);
    const rows = await rowsOf(
      'input/orders.csv.gz',
      Buffer.concat([gzipSync(text.subarray(0, 1)), gzipSync(text.subarray(1))]),
    );
    expect(column(rows, 'order_id')).toEqual(['1', '2']);
  });
});

describe('gzip as other programs write it', () => {
  const FTEXT = 1;
  const FHCRC = 2;
  const FEXTRA = 4;
  const FCOMMENT = 16;

  /** https://www.rfc-editor.org/rfc/rfc1952#section-2.3 @param fields the optional fields before the checksum of the header */
  function gzip(text: string, flags: number, fields: string | Buffer = ''): Buffer {
    const header = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
      Buffer.from(fields),
    ]);
    const headerSum = Buffer.alloc(flags & FHCRC ? 2 : 0);
    if (flags & FHCRC) headerSum.writeUInt16LE(crc32(header) & 0xffff);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(text), 0);
    trailer.writeUInt32LE(text.length, 4);
    return Buffer.concat([header, headerSum, deflateRawSync(text), trailer]);
  }

  test.each([
    ['marked as text', gzip(orders(3), FTEXT)],
    ['with a header checksum', gzip(orders(3), FHCRC)],
    ['with an extra field', gzip(orders(3), FEXTRA, Buffer.from([4, 0, 1, 2, 3, 4]))],
    ['with a comment', gzip(orders(3), FCOMMENT, 'from the till\0')],
    ['padded with zeros', Buffer.concat([gzipSync(orders(3)), Buffer.alloc(512)])],
  ])('a file %s is read, and the batch goes on', async (_, body) => {
    await validation.add('input/orders-plain.csv.gz', gzipSync(orders(2)));
    expect(await rowsOf('input/orders.csv.gz', body)).toHaveLength(3);
    expect(await validation.rows('input/orders-plain.csv.gz')).toHaveLength(2);
  });
});

describe('bad rows', () => {
  const dirt = [
    'x,7,delivered,2025-03-30T16:14:26,,,,1',
    '12,,delivered,2025-03-30T16:14:26,,,,1',
    '13,7,delivered,2025-02-30T16:14:26,,,,1.5',
    '14,7,delivered',
    '15,7,delivered,2025-03-30T16:14:26,,,,1,x',
    '-16,7,"a, b",someday,,,,1',
    ',,,,,,,',
  ];

  test('are written to .rows.csv with line, column, reason and text; a row of delimiters is none; the other rows are loaded', async () => {
    await validation.add('input/a b/orders.csv', orders(30, ...dirt, order(99)).replaceAll('\n', '\r\n'));
    await validation.run();
    expect(validation.of('input/a b/orders.csv')).toMatchObject({
      outcome: 'valid',
      rows: 31,
      bad_rows: 6,
      rejected_rows_key: `rejected/${EXECUTION}/a b/orders.csv.rows.csv`,
      destination: `archive/${EXECUTION}/a b/orders.csv`,
    });
    expect(validation.rejectedRows('input/a b/orders.csv')).toEqual([
      { line: '32', column: 'order_id', reason: 'expected a whole number, got "x"', row: dirt[0] },
      { line: '33', column: 'user_id', reason: 'expected a value, got none', row: dirt[1] },
      {
        line: '34',
        column: 'created_at; num_of_item',
        reason:
          'created_at: expected an existing date and time, got "2025-02-30T16:14:26"; num_of_item: expected a whole number, got "1.5"',
        row: dirt[2],
      },
      { line: '35', column: '', reason: 'expected 8 fields, got 3', row: dirt[3] },
      { line: '36', column: '', reason: 'expected 8 fields, got 9', row: dirt[4] },
      {
        line: '37',
        column: 'created_at',
        reason:
          'expected a date and time such as 2025-03-30T16:14:26, in UTC or with an offset, got "someday"',
        row: `'${dirt[5]}`,
      },
    ]);
    const text = validation.bucket.text(`rejected/${EXECUTION}/a b/orders.csv.rows.csv`);
    expect(text?.split('\n')[0]).toBe('line,column,reason,row');
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ["'=1", "''=1"],
    ["'plain", "'plain"],
    ['"=1",2', '"=1",2'],
    [' =1', " '=1"],
    ['\t=1', "'\t'=1"],
    ["1;=cmd|' /C calc'!A0;2", "1;'=cmd|' /C calc'!A0;2"],
    ['1; "=1";2', '1; "\'=1";2'],
    ['1|@SUM(A1)', "1|'@SUM(A1)"],
    ['1;-12,50|2;-1', "1;'-12,50|2;-1"],
    ['1;-12,50;+4;-1', '1;-12,50;+4;-1'],
    ["1;'-1;-1+2;", "1;''-1;'-1+2;"],
    ['"a\n=1",2', '"a\n\'=1",2'],
    ['1;＝1', "1;'＝1"],
    ['1;\u00a0@1', "1;\u00a0'@1"],
  ])('the row %j is written to its cell as %j', async (row, cell) => {
    await rowsOf('input/orders.csv', `${ORDERS}\n${row}\n`);
    expect(validation.rejectedRows('input/orders.csv')).toEqual([expect.objectContaining({ row: cell })]);
    const restored = cell
      .replace(/([;|\t\r\n][ "\u00a0]*)'(?='*[=+\-@＝＋－＠])/g, '$1')
      .replace(/^( *)'(?='*[=+\-@＝＋－＠\t\r])/, '$1');
    expect(restored).toBe(row);
  });

  test('at most a fifth of the rows can be bad', async () => {
    await validation.add('input/orders-fifth.csv', orders(8, 'x', 'y'));
    await validation.add('input/orders-more.csv', orders(7, 'x', 'y', '1,2,,,,,,'));
    await validation.run();
    expect(validation.of('input/orders-fifth.csv')).toMatchObject({ outcome: 'valid', rows: 8, bad_rows: 2 });
    expect(validation.of('input/orders-more.csv')).toMatchObject({
      outcome: 'invalid',
      rows: 0,
      bad_rows: 3,
    });
    expect(validation.of('input/orders-more.csv').rows_key).toBeUndefined();
    expect(validation.reason('input/orders-more.csv')).toMatchObject({
      kind: 'orders',
      reason:
        '3 of 10 rows are bad (30%), more than the 20% allowed; most frequent: expected 8 fields (2 rows, first in line 9), created_at: expected a value (line 11)',
      details: ['expected 8 fields (2 rows, first in line 9)', 'created_at: expected a value (line 11)'],
    });
    expect(validation.rejectedRows('input/orders-more.csv')).toHaveLength(3);
  });

  test('the maximum share is configurable', async () => {
    await validation.add('input/orders.csv', orders(9, 'x'));
    await validation.run({ MAX_BAD_ROW_SHARE: 0.05 });
    expect(validation.of('input/orders.csv')).toMatchObject({ outcome: 'invalid', bad_rows: 1 });
  });
});

describe('very long lines', () => {
  test('a line of 10 MB is a valid row', async () => {
    const long = 'x'.repeat(10 * 1024 * 1024);
    const text = orders(4, `5,7,${long},2025-03-30T16:14:26,,,,1`, order(6));
    const [, , , , fifth, sixth] = await rowsOf('input/orders.csv', text);
    expect(String(fifth?.status)).toHaveLength(long.length);
    expect(sixth?._source_line).toBe('7');
  });

  test('a bad line of 2 MB is written in full to the rejected rows', async () => {
    const row = `6,${'x'.repeat(2 * 1024 * 1024)},,`;
    await rowsOf('input/orders.csv', orders(4, row));
    expect(validation.rejectedRows('input/orders.csv')).toEqual([
      expect.objectContaining({ line: '6', reason: 'expected 8 fields, got 4', row }),
    ]);
  });

  test('a row or a header of more than 16 MiB makes the file invalid', async () => {
    const endless = 'x'.repeat(MAX_RECORD_BYTES + 1);
    await validation.add('input/orders.csv', orders(4, `5,7,${endless}`));
    await validation.add('input/orders-header.csv', endless);
    await validation.run();
    expect(validation.of('input/orders.csv').reason).toMatch(/^the row that starts in line 6 is longer than/);
    expect(validation.of('input/orders-header.csv').reason).toMatch(/^the header is longer than/);
  });
});
