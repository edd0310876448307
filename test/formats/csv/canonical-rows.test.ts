import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { catalog } from '../../../catalog/catalog';
import type { Column } from '../../../domain/contract';
import { DuckDb } from '../../../engine/duckdb/session';
import { inspectFile } from '../../../formats/inspect-file';
import { validatedRows } from '../../../formats/validated-rows';
import { pseudonyms } from '../../../runtime/pseudonyms';
import { checkFiles } from '../../../tasks/validate/check-files';
import { invalid, type Verdict } from '../../../tasks/validate/verdict';
import { ORDERS } from '../../builders/csv';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { order, orders, Validation } from '../../tasks/validate/validation';

const RULES = {
  contracts: catalog.contracts,
  maxBadRowShare: 1,
  values: { timeZone: 'UTC' },
  pseudonym: pseudonyms(undefined),
  maxUnpackedBytes: 1e9,
  maxUnpackedRatio: 200,
};

const validation = new Validation();
let db: DuckDb;
beforeAll(async () => {
  db = await DuckDb.open({ tempDirectory: `${validation.workDirectory}/duckdb`, threads: 2 });
});
afterAll(() => {
  db.close();
  validation.close();
});

let files = 0;

/** @param reader `exact`: reads row by row, whatever the file is like */
async function judge(name: string, text: string, reader?: 'exact'): Promise<Verdict> {
  const path = `${validation.workDirectory}/${files++}`;
  writeFileSync(path, text);
  const local = { key: `input/${name}.csv`, uploadedAt: '2025-04-08T10:00:00.250Z', path, size: text.length };
  const inspection = await inspectFile(local, RULES);
  if ('fault' in inspection) return invalid(inspection.fault);
  const { plain: _, ...exact } = inspection.file;
  const file = reader === 'exact' ? exact : inspection.file;
  const [verdict] = await checkFiles([file], RULES, db, `${path}.parquet`);
  return verdict as Verdict;
}

async function check(name: string, text: string, reader?: 'exact') {
  const verdict = await judge(name, text, reader);
  const { rowsPath = undefined } = verdict.outcome === 'valid' ? verdict : {};
  return {
    verdict,
    rows: rowsPath
      ? await db.rows(`select * from ${relationOf(verdict, rowsPath)} order by _source_line`)
      : [],
    rejected: verdict.rejectedRowsPath ? readFileSync(verdict.rejectedRowsPath, 'utf8') : '',
  };
}

const relationOf = ({ kind }: Verdict, path: string) => validatedRows(catalog.contract(kind ?? ''), [path]);

/** Checks that the plain reader accepts the file, with the same result as the exact reader. */
async function expectAgreement(name: string, text: string) {
  const plain = await check(name, text);
  const exact = await check(name, text, 'exact');
  if (exact.verdict.outcome === 'valid') {
    expect(plain.verdict).toMatchObject({ outcome: 'valid', reader: 'plain' });
    expect(exact.verdict).toMatchObject({ outcome: 'valid', reader: 'exact' });
  } else {
    expect(plain.verdict).toMatchObject({ outcome: 'invalid', fault: exact.verdict.fault });
  }
  expect(plain.rows).toEqual(exact.rows);
  expect(plain.rejected).toBe(exact.rejected);
  expect(plain.verdict.badRows).toBe(exact.verdict.badRows);
  return plain;
}

describe('the reader of a file', () => {
  test.each([
    ['a clean file', orders(3), 'plain'],
    ['CR LF throughout', orders(3).replaceAll('\n', '\r\n'), 'plain'],
    ['a byte order mark', `\ufeff${orders(3)}`, 'plain'],
    ['no line end at the end', orders(3).trimEnd(), 'plain'],
    ['bad rows', orders(3, 'x', order(9)), 'plain'],
    ['a header alone', orders(0), 'plain'],
    ['a quote', orders(1, '2,"7",x,2025-03-30 16:14:26,,,,1'), 'plain'],
    ['a misplaced quote', orders(9, '2,7,5" pipe,2025-03-30 16:14:26,,,,1'), 'plain'],
    ['a line ending in a cell', orders(1, '2,7,"x\n",2025-03-30 16:14:26,,,,1', order(9)), 'plain'],
    ['an empty line', orders(3, '', order(9)), 'plain'],
    ['an empty last line', `${orders(3)}\n`, 'plain'],
    ['many empty last lines', `${orders(3)}${'\r\n'.repeat(9)}`.replaceAll(/\r?\n/g, '\r\n'), 'plain'],
    ['a blank line ahead of the header', `  \n${orders(3)}`, 'plain'],
    ['titles ahead of the header', `Shop,x\nExport of today\n${orders(3)}`, 'plain'],
    ['a line that names the delimiter', `sep=;\n${orders(3).replaceAll(',', ';')}`, 'plain'],
    ['headers that are repeated', `\ufeff${orders(3)}\ufeff${orders(2)}${orders(1)}`, 'plain'],
    ['empty columns at the end', orders(3, ',,').replaceAll('\n', ',,\n'), 'plain'],
    ['line ends of two kinds', `${orders(3)}${order(9)}\r\n`, 'plain'],
    ['a lone CR at the end', `${orders(3)}${order(9)}\r`, 'plain'],
    ['a line of 2 MB', orders(1, `2,7,${'x'.repeat(2_000_000)},2025-03-30 16:14:26,,,,1`), 'plain'],
    [
      'every control character',
      orders(1, `2,7,\x01\x02\x03\x04\x05\x06\x07\x08,2025-03-30 16:14,,,,1`),
      'exact',
    ],
  ])('%s: %#', async (_, text, reader) => {
    const { verdict } = await check('orders', text);
    expect(verdict).toMatchObject({ outcome: 'valid', reader });
  });

  test.each([
    [
      'times that name UTC',
      '2,7,x,2025-03-30 16:14:26 UTC,2025-03-30T16:14:26.123Z,,2025-03-30T16:14:26+00:00,1',
    ],
    ['times with another offset', '2,7,x,2025-03-30T16:14:26+05:30,,,,1'],
    ['white space around values', '2, 7,x ,2025-03-30 16:14:26 ,,,,1'],
    ['numbers that are none', '2,7,x,2025-03-30 16:14:26,,,,1.5'],
    ['a field too many that is empty', `${order(9)},`],
    ['a field too many that is not', `${order(9)},x`],
    ['two of them', `${order(9)},,x`],
    ['delimiters alone', ',,,,,,,'],
    ['the header', ORDERS],
    ['the header after a byte order mark', `\ufeff${ORDERS}`],
    ['the year 0000', '2,7,x,0000-03-30 16:14:26,,,,1'],
    ['the hour 24', '2,7,x,2025-03-30 24:00:00,,,,1'],
    ['a day that does not exist', '2,7,x,2025-02-30 16:14:26,,,,1'],
    ['a value that must be there', ',7,x,2025-03-30 16:14:26,,,,1'],
    ['a blank line within', '  '],
    ['a formula', '=1,7,x,2025-03-30 16:14:26,,,,1'],
  ])('%s are read like by the exact reader', async (_, row) => {
    for (const text of [
      orders(2, row, order(3)),
      orders(2, row).trimEnd(),
      orders(0, row).replaceAll('\n', '\r\n'),
    ]) {
      await expectAgreement('orders', text);
    }
  });

  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
  ])(
    'a field too few in a file with %s is bad, or cut off in the last row without a line ending',
    async (_, end) => {
      const text = orders(2, '10,7,x,2025-03-30T16:14:26,,,').replaceAll('\n', end);
      expect((await expectAgreement('orders', text)).verdict.badRows).toBe(1);
      for (const reader of [undefined, 'exact'] as const) {
        expect(await judge('orders', text.trimEnd(), reader)).toMatchObject({
          outcome: 'invalid',
          fault: { reason: expect.stringMatching(/^the last row, in line 4, is cut off/), line: 4 },
        });
      }
    },
  );

  test('thousands of rows keep their order and line numbers', async () => {
    const verdict = await judge('orders', orders(150_000));
    expect(verdict).toMatchObject({ outcome: 'valid', reader: 'plain', rows: 150_000 });
    const { rowsPath = '' } = verdict.outcome === 'valid' ? verdict : {};
    const wrong = 'order_id + 1 <> _source_line';
    expect(
      await db.rows(
        `select order_id, _source_line from ${relationOf(verdict, rowsPath)} where ${wrong} limit 3`,
      ),
    ).toEqual([]);
  });
});

/** Cells of a type: most are canonical; some might be accepted by only one of the readers. */
const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const CELLS: Record<string, fc.Arbitrary<string>> = {
  text: fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', 'é', '😀', ' ', '\t', "'", '\\', '#', '-', '\u00a0', '\u0001', '\ufeff'),
    }),
    fc.constantFrom('', 'null', 'NULL', 'NaN', '\\N', '=1', "''"),
  ),
  int64: fc.oneof(
    { arbitrary: fc.tuple(fc.constantFrom('', '-'), digits(18)).map((parts) => parts.join('')), weight: 20 },
    {
      arbitrary: fc.constantFrom(
        '',
        '',
        '0',
        '-0',
        '007',
        '7.0',
        '9223372036854775807',
        '9223372036854775808',
        '1e3',
        '1_0',
      ),
      weight: 3,
    },
  ),
  money: fc.oneof(
    {
      arbitrary: fc
        .tuple(fc.constantFrom('', '-'), digits(13), fc.constantFrom('', '.'), digits(18))
        .map(([sign, whole, point, fraction]) => `${sign}${whole}${point && point + fraction}`),
      weight: 20,
    },
    {
      arbitrary: fc.constantFrom(
        '',
        '',
        '0.00005',
        '-0.00005',
        '0.00004999999999999999',
        '9999999999999.99995',
        '.5',
        '5.',
        '1e2',
        '1,5',
        '-0',
      ),
      weight: 3,
    },
  ),
  timestamp: fc.oneof(
    {
      arbitrary: fc
        .tuple(
          fc.date({
            min: new Date('0001-01-01T00:00:00Z'),
            max: new Date('9999-12-31T23:59:59Z'),
            noInvalidDate: true,
          }),
          fc.constantFrom('T', ' '),
          fc.constantFrom('', '.1', '.123456', '.000001', '.999999'),
          fc.constantFrom('', '', 'Z', ' UTC', '+00:00'),
        )
        .map(
          ([date, between, fraction, zone]) =>
            date.toISOString().slice(0, 19).replace('T', between) + fraction + zone,
        ),
      weight: 20,
    },
    {
      arbitrary: fc.constantFrom(
        '',
        '',
        '2025-02-29 00:00:00',
        '2025-01-01 00:00',
        '2025-01-01 00:00:00-00',
        '2025-01-01 00:00:00-08',
        '2025-01-01 00:00:00+0100',
        '2025-01-01',
        '2025-01-01 00:00:00.1234567',
        'infinity',
        'epoch',
      ),
      weight: 3,
    },
  ),
};

CELLS.date = fc.oneof(
  {
    arbitrary: fc
      .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    weight: 20,
  },
  { arbitrary: fc.constantFrom('', '2025-02-29', '2024-02-29', '0000-01-01', '2025-1-1'), weight: 3 },
);
CELLS['decimal(18,8)'] = CELLS.money as fc.Arbitrary<string>;

/** Above one piece, a file is rejected. */
const cellsOf = ({ name, type }: Column): fc.Arbitrary<string> =>
  name === 'quantity'
    ? fc.constantFrom('', '0', '1', '-2', '1.0', '0.5')
    : (CELLS[type] as fc.Arbitrary<string>);

/** Rows of events are made from events, not read from the cells of their columns. */
const KINDS = catalog.kinds.filter((kind) => !['events', 'event_items'].includes(kind));

const FILES = fc
  .tuple(
    fc.constantFrom(...KINDS),
    fc.constantFrom(',', ';', '\t', '|'),
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
  )
  .chain(([kind, delimiter, end, last]) => {
    const columns = fc.shuffledSubarray([...catalog.contract(kind).columns], {
      minLength: catalog.contract(kind).columns.length,
    });
    return columns.chain((ordered) => {
      const cells = fc.tuple(...ordered.map(cellsOf));
      return fc
        .array(fc.tuple(cells, fc.constantFrom(...LINES), fc.constantFrom(...STYLES)), { maxLength: 4 })
        .map((rows) => {
          const header = ordered.map(({ name }) => name).join(delimiter);
          const lines = rows.flatMap(([row, line, style]) => [
            row.map((cell) => style(cell.replaceAll(delimiter, ''), delimiter)).join(delimiter),
            ...line(header, delimiter),
          ]);
          return { kind, text: [header, ...lines].join(end).concat(last ? end : '') };
        });
    });
  });

/** How the cells of a row are written. */
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
const STYLES: readonly ((cell: string, delimiter: string) => string)[] = [
  (cell) => cell,
  (cell) => cell,
  quote,
  (cell, delimiter) => quote(`${cell}${delimiter}`),
  (cell) => quote(`${cell}\r\n"`),
  (cell) => `${cell}"`,
];

/** The lines that may follow a row. */
const LINES: readonly ((header: string, delimiter: string) => string[])[] = [
  () => [],
  () => [],
  () => [''],
  () => ['', '\r', ' '],
  (_, delimiter) => [delimiter.repeat(3)],
  (header) => [header],
  (header) => [`\ufeff${header}`],
  (header, delimiter) => [`\ufeff${header.split(delimiter).map(quote).join(delimiter)}`],
  (_, delimiter) => [`x${delimiter.repeat(20)}`],
];

test('a byte order mark that begins the first row is part of its first cell, also where a later cell has quotes', async () => {
  const header = 'name,id,sku,category,department,brand,cost,retail_price\n';
  const { rows } = await expectAgreement('products', `${header}\ufeff\ufeff,1,,,,,1,2\n"a",2,,,,,1,2\n`);
  expect(rows.map(({ name }) => name)).toEqual(['\ufeff\ufeff', 'a']);
});

test(
  'both readers have the same result for any file',
  async () => {
    let rows = 0;
    let badRows = 0;
    await fc.assert(
      fc.asyncProperty(FILES, async ({ kind, text }) => {
        const { verdict } = await expectAgreement(kind, text);
        rows += verdict.outcome === 'valid' ? verdict.rows : 0;
        badRows += verdict.badRows;
      }),
      propertyRuns(50),
    );
    // The comparison is meaningful only with rows of both types.
    expect(rows).toBeGreaterThan(15);
    expect(badRows).toBeGreaterThan(15);
  },
  propertyTimeout(10),
);
