import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LineNumbers, writeFlatText } from '../../../formats/csv/flat-text';
import type { CsvLayout } from '../../../formats/csv/read-rows';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-flat-text-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LAYOUT: CsvLayout = {
  kind: 'orders',
  dialect: { delimiter: ',', quotes: true, backslash: false, comment: undefined },
  read: {},
  header: ['a', 'b'],
  rowsStart: 0,
  firstLine: 2,
};

/** The flat text, with `<`, `/` and `\` for a delimiter, a line feed and a carriage return within cells. */
async function flat(text: string, lines: LineNumbers, chunkBytes: number): Promise<string | undefined> {
  async function* chunks() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const target = path.join(directory, 'flat');
  const bytes = { delimiter: 0x3c, lineFeed: 0x2f, carriageReturn: 0x5c };
  const found = await writeFlatText(chunks(), LAYOUT, bytes, lines, target);
  return found && readFileSync(target, 'utf8');
}

/** However the text comes in chunks. */
async function expectFlat(text: string, lines: LineNumbers, expected: string | undefined) {
  for (let bytes = 1; bytes <= text.length + 1; bytes += 1)
    expect(await flat(text, lines, bytes)).toBe(expected);
}

describe('lines as in the file', () => {
  test.each([
    ['without quotes', '1,2\n3,4\n', '1,2\n3,4\n'],
    ['a quoted cell', '1,2\n"3",4\n5,6\n', '1,2\n3,4\n5,6\n'],
    ['quotes in the first and the last row', '"1",2\n3,4\n5,"6"', '1,2\n3,4\n5,6'],
    ['a last row without quotes and line ending', '"1",2\n3,4', '1,2\n3,4'],
    ['CR LF', '1,2\r\n"3",4\r\n5,6\r\n', '1,2\r\n3,4\r\n5,6\r\n'],
    ['a delimiter and a quote in a cell', '1,"2,""3"""\n4,5\n', '1,2<"3"\n4,5\n'],
    ['a misplaced quote', '1,2\n3,4"\n5,6\n', '1,2\n,,/\n5,6\n'],
    ['a misplaced quote in the last row', '1,2\n3,4"', '1,2\n,,/'],
    ['a cell with a line ending, which takes two lines', '1,2\n"3\n4",5\n', undefined],
    ['a quote that is not closed', '1,2\n"3,4\n', undefined],
  ])('%s', (_, text, expected) => expectFlat(text, 'as in the file', expected));
});

test('written line numbers count the lines within cells, and those that are left out', () =>
  expectFlat('1,2\n\n"3\r\n4",5\r\n6,7"\n8,9', 'written', '2,1,2\n4,3\\/4,5\n6\n7,8,9\n'));

test('a very long row has no cells of the header', async () => {
  const long = `1,"${'x'.repeat(600_000)}"\n2,3\n`;
  expect(await flat(long, 'as in the file', 1_000_000)).toBe(',,/\n2,3\n');
  expect(await flat(long, 'written', 1_000_000)).toBe('2\n3,2,3\n');
});
