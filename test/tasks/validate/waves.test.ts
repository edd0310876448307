import { gzipSync } from 'node:zlib';
import type { BatchFile } from '../../../domain/workflow';
import { wavesOf } from '../../../tasks/validate/waves';
import { ORDER_ITEMS, ORDERS, PRODUCTS } from '../../builders/csv';
import { zipOf } from '../../builders/zip';
import { zstdOf } from '../../builders/zstd';
import { EXECUTION, order, orders, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

/** The file with its columns in reverse order. */
const reversed = (text: string) =>
  text
    .split('\n')
    .map((line) => line.split(',').reverse().join(','))
    .join('\n');

const lines = async (key: string) => (await validation.rows(key)).map((row) => Number(row._source_line));
const ids = async (key: string) => (await validation.rows(key)).map((row) => Number(row.order_id));

describe('files of a batch that are checked together', () => {
  test('each keep their own rows, lines and counts, in any format', async () => {
    const shapes: [string, string | Uint8Array][] = [
      ['plain', orders(3)],
      ['crlf', orders(4).replaceAll('\n', '\r\n')],
      ['unended', orders(5).trimEnd()],
      ['bom', `\ufeff${orders(6)}`],
      ['semicolons', orders(7).replaceAll(',', ';')],
      ['reversed', reversed(orders(8).trimEnd())],
      [
        'extra',
        orders(9)
          .replace(/^(.*)$/gm, '$1,x')
          .replace(/,x$/, ''),
      ],
      ['packed.csv.gz', gzipSync(orders(10))],
      ['packed.csv', gzipSync(orders(10))],
      ['plain.csv.gz', orders(10)],
      ['packed.tsv.zst', await zstdOf(Buffer.from(orders(10)))],
      ['packed.zip', zipOf({ 'orders.txt': orders(10) })],
      ['quoted', orders(11).replaceAll(',delivered,', ',"delivered",')],
      ['again', orders(12)],
      ['empty', orders(0)],
    ];
    const keyOf = (name: string) => `input/orders-${name.includes('.') ? name : `${name}.csv`}`;
    for (const [name, body] of shapes) await validation.add(keyOf(name), body);
    const { counts } = await validation.run({ MAX_BAD_ROW_SHARE: 0 });
    expect(counts).toMatchObject({ files: 15, valid: 15, rows: 115, bad_rows: 0 });
    for (const [name, body] of shapes.slice(0, -1)) {
      const rows = typeof body === 'string' ? body.trimEnd().split('\n').length - 1 : 10;
      expect(validation.of(keyOf(name))).toMatchObject({ rows, bad_rows: 0 });
      const numbers = Array.from({ length: rows }, (_, row) => row + 1);
      expect((await ids(keyOf(name))).sort((a, b) => a - b)).toEqual(numbers);
      expect((await lines(keyOf(name))).sort((a, b) => a - b)).toEqual(numbers.map((row) => row + 1));
    }
    expect(validation.of(keyOf('empty')).rows_key).toBeUndefined();
  });

  test('share one object of rows per kind', async () => {
    for (let at = 0; at < 20; at += 1) {
      await validation.add(`input/orders-${at}.csv`, orders(2, `"${at}",7,x,2025-03-30 16:14:26,,,,1`));
      await validation.add(
        `input/order_items-${at}.csv`,
        `${ORDER_ITEMS}\n${at},1,1,1,x,2025-03-30 16:14,,,,9.99\n`,
      );
    }
    const { files } = await validation.run();
    expect(validation.bucket.keys('results/').filter((key) => key.includes('/rows/'))).toEqual([
      `results/${EXECUTION}/rows/order_items/00001.parquet`,
      `results/${EXECUTION}/rows/orders/00000.parquet`,
    ]);
    expect(new Set(files.map(({ rows_key }) => rows_key)).size).toBe(2);
    expect(files.map(({ rows }) => rows)).toEqual(files.map(({ kind }) => (kind === 'orders' ? 3 : 1)));
  });

  test('are not affected by an invalid file among them, whatever its fault', async () => {
    await validation.add('input/orders-a.csv', orders(3));
    await validation.add('input/orders-bad.csv', orders(3, 'x', 'y', 'z'));
    await validation.add('input/orders-open.csv', orders(3, '4,7,"open,2025-03-30T16:14:26,,,,1'));
    await validation.add('input/orders-header.csv', 'order_id\n1\n');
    await validation.add('input/orders-odd.csv', orders(8, '9,7,x,2025-03-30T16:14:26+05:30,,,,1', 'w'));
    await validation.add('input/orders-b.csv', orders(4));
    const { counts } = await validation.run();
    expect(counts).toMatchObject({ valid: 3, invalid: 3, rows: 16, bad_rows: 4 });
    const staged = await validation.staged('input/orders-a.csv');
    expect(new Set(staged.map((row) => row._source_key))).toEqual(
      new Set(['input/orders-a.csv', 'input/orders-odd.csv', 'input/orders-b.csv']),
    );
    expect(await lines('input/orders-odd.csv')).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await lines('input/orders-b.csv')).toEqual([2, 3, 4, 5]);
    expect(validation.rejectedRows('input/orders-odd.csv').map(({ line }) => line)).toEqual(['11']);
    expect(validation.rejectedRows('input/orders-bad.csv')).toHaveLength(3);
  });

  test('with rows that have too many or too few fields are checked line by line', async () => {
    const tails = ['', ',x', ',,x', ',,,x', ',1,2,3,4,5,6,7,8,9'];
    for (const [at, tail] of tails.entries()) {
      await validation.add(`input/orders-${at}.csv`, orders(3, `${order(4)}${tail}`, '5,7', order(6)));
    }
    await validation.run({ MAX_BAD_ROW_SHARE: 1 });
    for (const [at, tail] of tails.entries()) {
      const key = `input/orders-${at}.csv`;
      expect(await ids(key)).toEqual(tail === '' ? [1, 2, 3, 4, 6] : [1, 2, 3, 6]);
      const bad = validation.rejectedRows(key).map(({ line, reason }) => `${line}: ${reason}`);
      const fields = 8 + tail.split(',').length - 1;
      expect(bad).toEqual([
        ...(tail === '' ? [] : [`5: expected 8 fields, got ${fields}`]),
        '6: expected 8 fields, got 2',
      ]);
    }
  });

  test('with empty cells after those of the header are read like those without', async () => {
    for (const [at, tail] of ['', ',', ',,', ',,,'].entries()) {
      await validation.add(`input/orders-${at}.csv`, orders(3, `${order(4)}${tail}`, ',,', order(6)));
    }
    await validation.run({ MAX_BAD_ROW_SHARE: 0 });
    for (let at = 0; at < 4; at += 1) {
      expect(await ids(`input/orders-${at}.csv`)).toEqual([1, 2, 3, 4, 6]);
      expect(await lines(`input/orders-${at}.csv`)).toEqual([2, 3, 4, 5, 7]);
    }
  });

  test('cost one request each if they are good, plus one for all of them', async () => {
    for (let at = 0; at < 30; at += 1) await validation.add(`input/orders-${at}.csv`, orders(2));
    validation.bucket.calls.length = 0;
    await validation.run();
    const calls = validation.bucket.calls.filter(({ key }) => !key.endsWith('.json'));
    expect(calls.filter(({ operation }) => operation === 'download')).toHaveLength(30);
    expect(calls.filter(({ operation }) => operation !== 'download')).toEqual([
      { operation: 'upload', key: `results/${EXECUTION}/rows/orders/00000.parquet` },
    ]);
  });

  test('keep their own rows if the rows are quoted', async () => {
    for (let at = 0; at < 5; at += 1) {
      await validation.add(
        `input/products-${at}.csv`,
        `${PRODUCTS}\n${at},s,1,"Hats, tall",n,b,2,"d\n${at}"\n${at + 10},s,"1",,n,b,2,\n`,
      );
    }
    await validation.run();
    for (let at = 0; at < 5; at += 1) {
      // Rows that DuckDB types come first.
      const rows = (await validation.rows(`input/products-${at}.csv`)).toSorted(
        (one, other) => Number(one._source_line) - Number(other._source_line),
      );
      expect(rows.map(({ id, department, _source_line }) => [id, department, _source_line])).toEqual([
        [`${at}`, `d\n${at}`, '2'],
        [`${at + 10}`, null, '4'],
      ]);
    }
  });
});

describe('waves', () => {
  const MB = 1_000_000;
  const file = (key: string, size: number): BatchFile => ({ key, size, etag: 'e', uploaded_at: 't' });
  const sizes = (files: BatchFile[]) => wavesOf(files).map((wave) => wave.map(({ file }) => file.size / MB));

  test('hold files in order up to the maximum bytes, and a larger file alone', () => {
    const files = [2, 4, 9, 3, 500, 1, 2].map((size) => file('a.csv', size * MB));
    expect(sizes(files)).toEqual([[2, 4, 9], [3], [500], [1, 2]]);
    expect(wavesOf(files).flatMap((wave) => wave.map(({ index }) => index))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('count the unpacked bytes of a compressed file', () => {
    expect(sizes([file('a.csv.zst', 3 * MB), file('a.zip', MB)])).toEqual([[3], [1]]);
    expect(sizes([file('a.csv.GZ', 1.5 * MB), file('b.csv', MB), file('c.csv', 4 * MB)])).toEqual([
      [1.5, 1],
      [4],
    ]);
  });

  test('hold a maximum number of small files', () => {
    const waves = wavesOf(Array.from({ length: 600 }, (_, at) => file(`${at}.csv`, 10_000)));
    expect(waves.map((wave) => wave.length)).toEqual([250, 250, 100]);
    expect(wavesOf([])).toEqual([]);
  });
});

test('a header can have hundreds of columns', async () => {
  const extra = Array.from({ length: 300 }, (_, at) => `c${at}`).join(',');
  await validation.add(
    'input/orders.csv',
    `${ORDERS},${extra}\n${order(1)}${','.repeat(300)}\n${order(2)}\n`,
  );
  await validation.run({ MAX_BAD_ROW_SHARE: 1 });
  expect(await ids('input/orders.csv')).toEqual([1]);
  expect(validation.rejectedRows('input/orders.csv').map(({ line }) => line)).toEqual(['3']);
});
