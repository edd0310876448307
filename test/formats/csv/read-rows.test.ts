import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ReadOptions } from '../../../domain/contract';
import { dialectOf } from '../../../formats/csv/dialect';
import { type CsvLayout, readRows } from '../../../formats/csv/read-rows';
import type { InputRow } from '../../../formats/input-file';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';

interface Reading {
  readonly rows: (Omit<InputRow, 'raw'> & { readonly raw: string })[];
  readonly fault: string | undefined;
}

const layoutOf = (header: readonly string[], read: ReadOptions = {}): CsvLayout => ({
  kind: 'orders',
  dialect: dialectOf(read, ','),
  read,
  header,
  rowsStart: 0,
  firstLine: 2,
});

/** @param cuts lengths of the chunks; the last chunk is the rest */
async function read(bytes: Buffer, layout: CsvLayout, cuts: readonly number[] = []): Promise<Reading> {
  async function* chunks() {
    let at = 0;
    for (const length of cuts) {
      if (at >= bytes.length) return;
      yield bytes.subarray(at, at + length);
      at += length;
    }
    yield bytes.subarray(at);
  }
  const rows: Reading['rows'] = [];
  const fault = await readRows(chunks(), layout, (batch) => {
    rows.push(...batch.map((row) => ({ ...row, raw: row.raw.toString() })));
  });
  return { rows, fault: fault?.reason };
}

const cellsOf = async (text: string, layout = layoutOf(['a', 'b'])) =>
  (await read(Buffer.from(text), layout)).rows.map(({ cells, line }) => `${line}: ${cells.join('|')}`);

const PIECES = [
  'a',
  'é',
  '😀',
  ' ',
  ',',
  '"',
  '""',
  '\n',
  '\r',
  '\r\n',
  '\n\n\n',
  '\r\r',
  '\ufeff',
  '#',
  '\\',
];
/** A whole row among them, as of random pieces few are. */
const TEXT = fc
  .array(fc.constantFrom(...PIECES, 'x,y\n', '"x",y\n'), { maxLength: 40 })
  .map((pieces) => pieces.join(''));

test(
  'rows, their lines and their text are the same however the bytes are cut into chunks',
  async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60 });
    const options = fc.record<ReadOptions>(
      {
        quote: fc.constant('none'),
        escape: fc.constant('\\'),
        comment: fc.constantFrom('#', 'é'),
        footer: fc.nat({ max: 3 }),
        shortRows: fc.constant('fill'),
      },
      { requiredKeys: [] },
    );
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(TEXT, cuts, options, async (content, lengths, declared) => {
        const bytes = Buffer.from(content);
        const layout = layoutOf(['a', 'b'], declared);
        const whole = await read(bytes, layout);
        const inChunks = await read(bytes, layout, lengths);
        if (whole.fault === undefined) expect(inChunks).toEqual(whole);
        else expect(inChunks.fault).toBe(whole.fault);
        rows += whole.rows.length;
      }),
      propertyRuns(300),
    );
    expect(rows).toBeGreaterThan(100);
  },
  propertyTimeout(2),
);

test('cells are those that another parser finds', async () => {
  const options = {
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  };
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(TEXT, async (text) => {
      // A byte order mark within a file has another meaning here.
      const content = `${text.replaceAll('\ufeff', '')}\n`;
      let expected: string[][] | undefined;
      try {
        expected = parse(content, options) as string[][];
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
      }
      // Wide enough that no cell is left out.
      const { rows, fault } = await read(Buffer.from(content), layoutOf(Array(50).fill('x')));
      expect(fault === undefined).toBe(expected !== undefined);
      if (!expected) return;
      const filled = expected.filter((cells) =>
        cells.length === 1 ? cells[0]?.trim() !== '' : cells.some(Boolean),
      );
      expect(rows).toHaveLength(filled.length);
      for (const [at, { cells, fault: stray }] of rows.entries()) {
        if (stray) continue;
        expect(cells).toEqual(filled[at]);
        compared += 1;
      }
    }),
    propertyRuns(500),
  );
  expect(compared).toBeGreaterThan(200);
});

test('blank lines and rows of delimiters are left out', async () => {
  expect(await cellsOf('\n1,2\n,\r\n  \n"",""\n,,,\r3,4\n\n')).toEqual(['3: 1|2', '8: 3|4']);
});

test('the header is left out where it is repeated, also after a byte order mark', async () => {
  expect(await cellsOf('1,2\na,b\n\ufeffa,b\r\n\ufeff"a","b"\n3,4\na,x\n')).toEqual([
    '2: 1|2',
    '6: 3|4',
    '7: a|x',
  ]);
});

test('a header that is repeated in another order is a fault', async () => {
  const { fault } = await read(Buffer.from('1,2\nb,a\n3,4\n'), layoutOf(['a', 'b']));
  expect(fault).toBe('line 3 repeats the header with its columns in another order');
});

test('empty cells after those of the header are left out, and columns without a name may lack', async () => {
  expect(await cellsOf('1,2,,\n1,2,,3\n1\n')).toEqual(['2: 1|2', '3: 1|2||3', '4: 1']);
  expect(await cellsOf('1,2,,\n1,2,x,\n1,2\n', layoutOf(['a', 'b', '', ' ']))).toEqual([
    '2: 1|2||',
    '3: 1|2|x|',
    '4: 1|2||',
  ]);
});

test.each([
  [
    'too few fields and no line ending',
    '1,2\n3',
    /^the last row, in line 3, is cut off: it has 1 of 2 fields/,
  ],
  ['enough fields', '1,2\n3,', undefined],
  ['too few fields and a line ending', '1,2\n3\n', undefined],
  ['delimiters alone', '1,2\n,', undefined],
])('the last row with %s', async (_, text, reason) => {
  const { fault } = await read(Buffer.from(text), layoutOf(['a', 'b']));
  if (reason) expect(fault).toMatch(reason);
  else expect(fault).toBeUndefined();
});

test.each<[string, ReadOptions, string, string[]]>([
  ['quote: none', { quote: 'none' }, '5" pipe,"x\n"a",b\n', ['2: 5" pipe|"x', '3: "a"|b']],
  ['escape', { escape: '\\' }, '"a\\"b\\\\c\\n",x\n', ['2: a"b\\c\\n|x']],
  ['comment', { comment: '#' }, '# "odd\n1,#\n#,2\n', ['3: 1|#']],
  ['footer', { footer: 2 }, '1,2\n3,4\n\nTotal\n,\nEnd', ['2: 1|2', '3: 3|4']],
  ['shortRows', { shortRows: 'fill' }, '1\n1,2\n1,2,3\n', ['2: 1|', '3: 1|2', '4: 1|2|3']],
])('%s is followed', async (_, declared, text, rows) => {
  expect(await cellsOf(text, layoutOf(['a', 'b'], declared))).toEqual(rows);
});

test('only the wanted rows are read, with their lines', async () => {
  const rows: string[] = [];
  async function* text() {
    yield Buffer.from('1,2\n"x\ny",3\n4,5\n6,');
    yield Buffer.from('7\n8,9\n');
  }
  await readRows(
    text(),
    layoutOf(['a', 'b']),
    (batch) => {
      rows.push(...batch.map(({ cells, line }) => `${line}: ${cells.join('|')}`));
    },
    [3, 6],
  );
  expect(rows).toEqual(['3: x\ny|3', '6: 6|7']);
});

test.each(['#', '//', '--'])(
  'the remedy for a line that starts with %s names the line to add',
  async (start) => {
    const { rows } = await read(Buffer.from(`1,2\n${start} x\n${start}1,2\n`), layoutOf(['a', 'b']));
    expect(rows.map(({ fault }) => fault?.reason)).toEqual([
      undefined,
      `a line that starts with ${start} and has 1 of 2 fields: if it is a comment, add "read: { comment: "${start}" }" to the contract of orders`,
      undefined,
    ]);
  },
);
