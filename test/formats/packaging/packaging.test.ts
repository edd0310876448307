import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { quoteLiteral } from '../../../engine/duckdb/quote';
import { DuckDb } from '../../../engine/duckdb/session';
import { filePackaging } from '../../../formats/packaging/packaging';
import { readText } from '../../../formats/packaging/read-text';
import { UnpackError } from '../../../formats/packaging/unpack-error';
import { propertyRuns } from '../../builders/property-runs';
import { zipOf } from '../../builders/zip';
import { zstdOf } from '../../builders/zstd';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-packaging-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LIMITS = { maxUnpackedBytes: 1e9, maxUnpackedRatio: 200 };
const TEXT = Buffer.from(Array.from({ length: 40_000 }, (_, at) => `${at},${at % 97},é\n`).join(''));

/** The text of a file, or the reason why there is none. */
async function read(packed: Uint8Array, limits = LIMITS): Promise<Buffer | string> {
  const file = path.join(directory, 'packed');
  writeFileSync(file, packed);
  const chunks: Buffer[] = [];
  try {
    const source = { path: file, size: packed.length, packaging: filePackaging(file), limits };
    for await (const chunk of readText(source)) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof UnpackError) return error.fault.reason;
    throw error;
  }
}

type Pack = (text: Uint8Array) => Promise<Buffer> | Buffer;
const PACKINGS: [string, Pack][] = [
  ['gzip', (text) => gzipSync(text)],
  ['Zstandard', zstdOf],
  ['ZIP', (text) => zipOf({ 'orders.csv': text })],
];

const inTwo = async (pack: Pack) =>
  Buffer.concat([await pack(TEXT.subarray(0, 99)), await pack(TEXT.subarray(99))]);

test.each<[string, Pack]>([
  ...PACKINGS,
  ['text', (text) => Buffer.from(text)],
  ['two gzip members', () => inTwo(gzipSync)],
  ['two Zstandard frames', () => inTwo(zstdOf)],
  ['Zstandard without a checksum', (text) => zstdOf(text, { checksum: false })],
  ['a skippable frame', async (text) => Buffer.concat([SKIPPABLE, await zstdOf(text)])],
  ['a ZIP file whose member is stored', (text) => zipOf({ 'a/orders.txt': text }, { store: true })],
  [
    'a ZIP file made on a Mac',
    (text) => zipOf({ 'x/': '', 'x/orders.csv': text, '__MACOSX/x/._orders.csv': 'x', '.DS_Store': 'x' }),
  ],
])('%s is decompressed, by its first bytes', async (_, pack) => {
  const text = await read(await pack(TEXT));
  expect(typeof text === 'string' ? text : TEXT.equals(text)).toBe(true);
});

/** Three bytes that a decoder skips. */
const SKIPPABLE = Buffer.from('582a4d1803000000aabbcc', 'hex');

test('what another program compressed with Zstandard is decompressed', async () => {
  const db = await DuckDb.open({ tempDirectory: `${directory}/duckdb`, threads: 1 });
  const file = path.join(directory, 'written.zst');
  const rows = `select i, i * 7919 % 10007 as x, 'é' || i % 97 as y from range(200000) as r(i)`;
  try {
    await db.run(`copy (${rows}) to ${quoteLiteral(file)} (format csv, header false, compression zstd)`);
  } finally {
    db.close();
  }
  const expected = Array.from({ length: 200_000 }, (_, i) => `${i},${(i * 7919) % 10007},é${i % 97}\n`).join(
    '',
  );
  expect((await read(readFileSync(file))).toString() === expected).toBe(true);
});

test.each(PACKINGS)('%s that is truncated anywhere is never read as whole', async (_, pack) => {
  const packed = await pack(TEXT);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: packed.length - 1 }), async (length) => {
      expect(await read(packed.subarray(0, length))).toMatch(/truncated/);
    }),
    propertyRuns(40),
  );
});

test.each(PACKINGS)('%s with a changed byte is refused, or gives the same text', async (_, pack) => {
  const packed = await pack(TEXT);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 4, max: packed.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const changed = Buffer.from(packed);
        changed[at] = (changed[at] as number) ^ change;
        const text = await read(changed);
        if (typeof text === 'string') refused += 1;
        else expect(TEXT.equals(text)).toBe(true);
      },
    ),
    propertyRuns(100),
  );
  expect(refused).toBeGreaterThan(20);
});

test.each([
  ['no member', zipOf({}), /is empty$/],
  ['two members', zipOf({ 'a.csv': 'x', 'b.csv': 'y' }), /has 2 members, expected one$/],
  ['a workbook', zipOf({ '[Content_Types].xml': 'x', 'xl/workbook.xml': 'y' }), /an Excel workbook$/],
  ['another file', zipOf({ 'orders.pdf': 'x' }), /in the ZIP archive, the file's extension is "\.pdf"/],
  ['a password', zipOf({ 'a.csv': 'x' }, { flags: 1 }), /is encrypted$/],
  ['another method', zipOf({ 'a.csv': 'x' }, { method: 12 }), /uses compression method 12, expected 8/],
])('a ZIP file with %s is refused', async (_, packed, reason) => expect(await read(packed)).toMatch(reason));

test.each([
  ['a window of 256 MiB', '28b52ffd' + '00' + '90' + '010000', /needs a window of 268435456 bytes/],
  ['a dictionary', '28b52ffd' + '01' + '00' + '07' + '010000', /compressed with a dictionary$/],
  ['a reserved block', '28b52ffd' + '00' + '00' + '070000', /is corrupt$/],
  ['another size than declared', '28b52ffd' + '20' + '05' + '210000' + '61626364', /is corrupt$/],
])('a Zstandard stream with %s is refused', async (_, hex, reason) =>
  expect(await read(Buffer.from(hex, 'hex'))).toMatch(reason),
);

test.each(PACKINGS)('a bomb in %s is refused by its ratio and by its size', async (_, pack) => {
  const packed = await pack(Buffer.alloc(80_000_000, 0x20));
  expect(await read(packed)).toMatch(/decompresses to more than 200 times its/);
  expect(await read(packed, { ...LIMITS, maxUnpackedBytes: 1000 })).toBe(
    'it decompresses to more than 1000 bytes, the limit',
  );
});
