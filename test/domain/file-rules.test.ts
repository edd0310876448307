import { contentFault, fileFormat, percent, tooManyBadRows, withoutExtension } from '../../domain/file-rules';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') =>
  new Uint8Array(Buffer.from(text, encoding));

describe('fileFormat', () => {
  test.each([
    'input/a.csv',
    'input/A.CSV',
    'input/x.y/a.b.Csv.GZ',
    'input/a.tsv',
    'input/a.txt.gz',
    'input/a.csv.zst',
    'input/a.zip',
  ])('%s is accepted', (key) => expect(fileFormat(key)).toEqual({ format: 'csv' }));

  test.each([
    'input/a.ndjson',
    'input/a.JSONL',
    'input/a.json',
    'input/a.json.gz',
    'input/a.b.ndjson.zst',
    'input/a.jsonl.zip',
  ])('%s is accepted as JSON', (key) => expect(fileFormat(key)).toEqual({ format: 'ndjson' }));

  test.each([
    ['input/a.gz', '".gz"', '.csv.gz'],
    ['input/a.zst', '".zst"', '.csv.zst'],
    ['input/a.tab', '".tab"', 'name it .csv'],
    ['input/a.tgz', '".tgz"', 'unpack it'],
    ['input/a.XLSX', '".xlsx"', 'CSV UTF-8'],
    ['input/a.xml', '".xml"', 'CSV file'],
    ['input/a.csv/b', 'no extension', 'name it .csv'],
    ['input/.csv', 'no extension', 'name it .csv'],
    ['input/.hidden', 'no extension', 'name it .csv'],
    ['input/folder/', 'no extension', 'name it .csv'],
  ])('%s is refused: %s', (key, named, remedy) =>
    expect(fileFormat(key)).toMatchObject({
      fault: { reason: expect.stringContaining(named), remedy: expect.stringContaining(remedy) },
    }),
  );
});

describe('contentFault', () => {
  test.each([
    ['ASCII', bytes('id,sku\n1,2\n')],
    ['UTF-8 of many scripts', bytes('\ufeffid,sku\n1,帽子 шляпа 😀\n')],
    ['one NUL, which is for the scan to name with its line', bytes(`id,sku\n1,${'x'.repeat(50)}\0\n`)],
    ['nothing', new Uint8Array()],
  ])('%s may be text', (_, head) => expect(contentFault(head)).toBeUndefined());

  test.each([
    ['UTF-32 text', new Uint8Array([0xff, 0xfe, 0, 0, 0x69, 0, 0, 0])],
    ['UTF-16 text', new Uint8Array([0xff, 0xfe, 0x69, 0])],
    ['UTF-16 text', bytes('id,sku\n1,2\n', 'utf16le')],
    ['gzip-compressed', new Uint8Array([0x1f, 0x8b, 8, 0])],
    ['a ZIP archive', bytes('PK\x03\x04')],
    ['a Parquet file', bytes('PAR1....')],
    ['binary data', new Uint8Array([1, 2, 3, 4, 5, 6, 0, 0, 9, 10])],
  ])('%s is detected', (what, head) => expect(contentFault(head)?.reason).toContain(what));
});

test('the share of bad rows is an inclusive limit, exact for every count', () => {
  expect(tooManyBadRows(0, 0, 0)).toBe(false);
  for (const [numerator, denominator] of [
    [1, 5],
    [3, 10],
    [1, 3],
    [7, 100],
  ] as const) {
    for (let times = 1; times < 3000; times += 7) {
      const share = numerator / denominator;
      expect(tooManyBadRows(numerator * times, denominator * times, share)).toBe(false);
      expect(tooManyBadRows(numerator * times + 1, denominator * times, share)).toBe(true);
    }
  }
});

test('formats a share in percent with at most one decimal', () => {
  expect([0.2, 1 / 3, 1, 0].map(percent)).toEqual(['20%', '33.3%', '100%', '0%']);
});

test.each([
  ['input/a.b/orders.csv', 'input/a.b/orders'],
  ['input/Orders.JSON.GZ', 'input/Orders'],
  ['input/orders.zip', 'input/orders'],
  ['input/orders.ndjson.zip', 'input/orders'],
  ['input/.csv', 'input/.csv'],
  ['input/orders.xlsx', 'input/orders.xlsx'],
])('the name without its extension: %s', (key, name) => expect(withoutExtension(key)).toBe(name));
