import { gzipSync } from 'node:zlib';
import { createCatalog } from '../../../catalog/catalog';
import type { Contract, ReadOptions } from '../../../domain/contract';
import { ORDERS } from '../../builders/csv';
import { kpiCatalog as catalog } from '../../builders/kpi-catalog';
import { zipOf } from '../../builders/zip';
import { zstdOf } from '../../builders/zstd';
import { order, orders, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const declared = (read: ReadOptions, kind = 'orders'): Contract[] =>
  catalog.contracts.map((contract) => (contract.kind === kind ? { ...contract, read } : contract));

const withContracts = (contracts: readonly Contract[]) => ({
  catalog: createCatalog({ contracts, inputs: catalog.inputs, marts: catalog.marts }),
});

const KEY = 'input/orders.csv';

/** The result of a file under these read options. */
async function check(body: string | Uint8Array, read: ReadOptions = {}, key = KEY) {
  await validation.add(key, body);
  await validation.run({ MAX_BAD_ROW_SHARE: 0 }, withContracts(declared(read)));
  const { outcome, rows, reason } = validation.of(key);
  const found = await validation.rows(key);
  return {
    outcome,
    rows,
    reason,
    lines: found.map((row) => Number(row._source_line)),
    statuses: found.map((row) => row.status),
  };
}

const row = (id: number, status: string) => `${id},7,${status},2025-03-30T16:14:26,,,,1`;
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const TEXT = `${ORDERS}\r\n${row(1, 'é😀')}\r\n${row(2, 'x')}\r\n`;
const LOADED = { outcome: 'valid', rows: 2, lines: [2, 3], statuses: ['é😀', 'x'] };

test.each<[string, Uint8Array]>([
  ['little endian', utf16(`\ufeff${TEXT}`)],
  ['big endian', utf16(`\ufeff${TEXT}`).swap16()],
])('UTF-16 with a byte order mark is read: %s', async (_, body) => {
  expect(await check(body)).toMatchObject(LOADED);
});

test.each<[string, (body: Buffer) => Buffer | Promise<Buffer>]>([
  ['csv.gz', gzipSync],
  ['csv.zst', zstdOf],
  ['zip', (body) => zipOf({ 'orders.txt': body })],
])('UTF-16 is read from a .%s', async (extension, pack) => {
  const body = await pack(utf16(`\ufeff${TEXT}`));
  expect(await check(body, {}, `input/orders.${extension}`)).toMatchObject(LOADED);
});

test.each<[string, string, Uint8Array, string]>([
  ['UTF-16 without a mark', 'utf-16le', utf16(TEXT), 'é😀'],
  ['UTF-16 big endian without a mark', 'utf-16be', utf16(TEXT).swap16(), 'é😀'],
  [
    'Windows-1252',
    'windows-1252',
    Buffer.from(`${ORDERS}\n1,7,\x80\x92\xe9,2025-03-30T16:14:26,,,,1\n${row(2, 'x')}\n`, 'latin1'),
    '€’é',
  ],
  [
    'Shift JIS',
    'shift_jis',
    Buffer.concat([
      Buffer.from(`${ORDERS}\n1,7,`),
      Buffer.from([0x83, 0x5c]),
      Buffer.from(`,2025-03-30T16:14:26,,,,1\n${row(2, 'x')}\n`),
    ]),
    'ソ',
  ],
])('%s is read where it is declared', async (_, encoding, body, status) => {
  expect(await check(body, { encoding })).toMatchObject({ ...LOADED, statuses: [status, 'x'] });
});

test.each<[string, string | Uint8Array]>([
  ['UTF-8', `\ufeff${TEXT}`],
  ['UTF-16', utf16(`\ufeff${TEXT}`)],
])('a byte order mark of %s takes precedence over the declared encoding', async (_, body) => {
  expect(await check(body, { encoding: 'windows-1252' })).toMatchObject(LOADED);
});

test.each<[string, ReadOptions, Uint8Array, string]>([
  [
    'an invalid surrogate',
    { encoding: 'utf-16le' },
    Buffer.concat([utf16(orders(3)), Buffer.from([0x00, 0xd8]), utf16('x\n')]),
    'not UTF-16LE: bytes in line 5 are not part of a valid character',
  ],
  ['half a character', {}, utf16(`\ufeff${orders(70_000)}`).subarray(0, -1), 'in line 70001'],
  [
    'a byte that is none',
    { encoding: 'shift_jis' },
    Buffer.concat([Buffer.from(orders(9000)), Buffer.from([0x83, 0x0a])]),
    'not SHIFT_JIS: bytes in line 9002',
  ],
])('%s is a fault with its line', async (_, read, body, reason) => {
  expect(await check(body, read)).toMatchObject({
    outcome: 'invalid',
    reason: expect.stringContaining(reason),
  });
});

test.each<[string, string | Uint8Array, string]>([
  [
    'an encoding',
    Buffer.from(orders(1, row(2, '\xe9')), 'latin1'),
    'in line 3, is not part of a valid character; save it as "CSV UTF-8" or, if it is Windows-1252, add "read: { encoding: windows-1252 }" to the contract of orders',
  ],
  [
    'UTF-16 without a mark',
    utf16(orders(3)),
    'or add "read: { encoding: utf-16le }" to the contract of orders',
  ],
  [
    'UTF-16 big endian without a mark',
    utf16(orders(3)).swap16(),
    'or add "read: { encoding: utf-16be }" to the contract of orders',
  ],
  [
    'NUL bytes',
    orders(1, row(2, 'x\0y')),
    'a NUL byte in line 3; save it again as "CSV UTF-8" or, if NUL bytes mean nothing, add "read: { nul: remove }" to the contract of orders',
  ],
])('the remedy for %s names the line to add to the contract', async (_, body, reason) => {
  expect(await check(body)).toMatchObject({ outcome: 'invalid', reason: expect.stringContaining(reason) });
});

test.each<[string, ReadOptions, string, number[]]>([
  ['nul', { nul: 'remove' }, `\0${orders(1, row(2, 'x\0y'))}`, [2, 3]],
  ['delimiter', { delimiter: ';' }, orders(2).replaceAll(',', ';'), [2, 3]],
  ['quote', { quote: 'none' }, orders(1, row(2, '5" pipe'), row(3, '"x')), [2, 3, 4]],
  ['escape', { escape: '\\' }, orders(1, row(2, '"a \\", b"')), [2, 3]],
  ['header', { header: ORDERS.split(',') }, `${order(1)}\n${order(2)}\n`, [1, 2]],
  ['header', { header: ORDERS.split(',') }, orders(2), [2, 3]],
  ['skipRows', { skipRows: 2 }, `"odd\n${ORDERS}\n${orders(2)}`, [4, 5]],
  ['comment', { comment: '#' }, `# "shop\n${orders(1, '# batch', order(2))}`, [3, 5]],
  ['footer', { footer: 1 }, orders(2, 'Total,2'), [2, 3]],
  ['footer', { footer: 1 }, orders(2, '', 'Total,2').trimEnd(), [2, 3]],
  ['shortRows', { shortRows: 'fill' }, orders(1, '2,7,x,2025-03-30T16:14:26'), [2, 3]],
])('read: %s is followed: %#', async (_, read, body, lines) => {
  expect(await check(body, read)).toMatchObject({ outcome: 'valid', lines });
});

test.each<[string, ReadOptions, string]>([
  ['escape', { escape: '\\' }, orders(1, row(2, '"a \\", b"'))],
  ['header', { header: ORDERS.split(',') }, `${order(1)}\n${order(2)}\n`],
  ['comment', { comment: '#' }, orders(1, '# batch', order(2))],
  ['footer', { footer: 1 }, orders(2, 'Total,2')],
  ['shortRows', { shortRows: 'fill' }, orders(1, '2,7,x,2025-03-30T16:14:26')],
])('what needs read: %s is refused without it', async (_, read, body) => {
  expect(await check(body)).toMatchObject({ outcome: 'invalid' });
  expect(await check(body, read, 'input/orders-declared.csv')).toMatchObject({ outcome: 'valid', rows: 2 });
});

describe('a file whose name identifies no contract', () => {
  const SHIFTED = Buffer.from(orders(1, row(2, '\xe9')), 'latin1');

  test('is read with the options of the contract that its header fits', async () => {
    const contracts = declared({ encoding: 'windows-1252', comment: '#' });
    await validation.add('input/export.csv', Buffer.concat([Buffer.from('# shop\n'), SHIFTED]));
    await validation.add(
      'input/items.csv',
      'id,order_id,user_id,product_id,status,created_at,shipped_at,delivered_at,returned_at,sale_price\n',
    );
    await validation.run({}, withContracts(contracts));
    expect(validation.of('input/export.csv')).toMatchObject({ outcome: 'valid', kind: 'orders', rows: 2 });
    expect(validation.of('input/items.csv')).toMatchObject({ outcome: 'valid', kind: 'order_items' });
    expect((await validation.rows('input/export.csv')).map(({ status }) => status)).toContain('é');
  });

  test('is rejected if its header fits the contract only without its options', async () => {
    await validation.add('input/export.csv', orders(2));
    await validation.run({}, withContracts(declared({ delimiter: ';' })));
    expect(validation.of('input/export.csv')).toMatchObject({
      outcome: 'invalid',
      reason: expect.stringMatching(/kind of file is unknown|is read as the contract of orders declares/),
    });
  });
});
