import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { definitions } from '../../catalog/definitions';
import type { Contract, ReadOptions } from '../../domain/contract';
import { formWords } from '../../domain/file-form';
import { detectForm } from '../../formats/detect-form';
import { zipOf } from '../builders/zip';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-form-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HEADER = 'order_id;user_id;created_at;num_of_item';
const ROW = '1;7;2025-03-01;1';
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const reading = (read: ReadOptions): Contract[] =>
  definitions.contracts.map((contract) => (contract.kind === 'orders' ? { ...contract, read } : contract));

async function formOf(name: string, content: string | Uint8Array, contracts = definitions.contracts) {
  const file = path.join(folder, 'file');
  writeFileSync(file, content);
  return detectForm({ key: name, path: file, size: Buffer.from(content as string).length }, contracts);
}

test.each<[string, string, string | Uint8Array, readonly Contract[] | undefined, string]>([
  [
    'a header in the first line',
    'orders.csv',
    `${HEADER}\n${ROW}\n`,
    undefined,
    'CSV, UTF-8, delimiter semicolon, header in line 1',
  ],
  [
    'titles above the header, gzip',
    'orders.csv.gz',
    gzipSync(`Export\n\n${HEADER.replaceAll(';', '\t')}\n`),
    undefined,
    'CSV, gzip, UTF-8, delimiter tab, header in line 3',
  ],
  [
    'a sep= line',
    'orders.csv',
    `sep=|\n${HEADER.replaceAll(';', '|')}\n`,
    undefined,
    'CSV, UTF-8, delimiter vertical bar, header in line 2',
  ],
  [
    'a byte order mark of UTF-16',
    'orders.txt',
    utf16(`${HEADER}\n`),
    undefined,
    'CSV, UTF-16LE, delimiter semicolon, header in line 1',
  ],
  [
    'a declared encoding and rows to skip',
    'orders.csv',
    `x\n${HEADER}\n`,
    reading({ encoding: 'latin1', skipRows: 1 }),
    'CSV, WINDOWS-1252, delimiter semicolon, header in line 2',
  ],
  [
    'declared names',
    'orders.csv',
    `${ROW}\n`,
    reading({ header: HEADER.split(';') }),
    'CSV, UTF-8, delimiter semicolon',
  ],
  [
    'a ZIP archive',
    'orders.zip',
    zipOf({ 'orders.csv': `${HEADER}\n` }),
    undefined,
    'CSV, ZIP, UTF-8, delimiter semicolon, header in line 1',
  ],
  ['JSON', 'orders.jsonl.gz', gzipSync('{"order_id":1}\n'), undefined, 'NDJSON, gzip, UTF-8'],
  ['Parquet', 'orders.parquet', 'PAR1', undefined, 'Parquet'],
  ['no header of a contract', 'orders.csv', 'a;b\n', undefined, 'CSV, UTF-8'],
  ['a truncated archive', 'orders.csv.gz', gzipSync(HEADER).subarray(0, 12), undefined, 'CSV, gzip'],
  ['an empty file', 'orders.csv', '', undefined, 'CSV'],
  ['another extension', 'orders.xlsx', 'x', undefined, ''],
])('tells how a file is written: %s', async (_, name, content, contracts, words) => {
  expect(formWords(await formOf(name, content, contracts as Contract[]))).toBe(words);
});
