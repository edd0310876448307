import fc from 'fast-check';
import { type CsvRow, RawRecords, readRows } from '../../../formats/csv/read-rows';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';

interface Reading {
  readonly rows: (Omit<CsvRow, 'raw'> & { readonly raw: string })[];
  readonly fault: string | undefined;
}

/** @param cuts lengths of the chunks; the last chunk is the rest */
async function read(bytes: Buffer, cuts: readonly number[] = []): Promise<Reading> {
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
  const fault = await readRows(chunks(), ',', (batch) => {
    rows.push(...batch.map((row) => ({ ...row, raw: row.raw.toString() })));
  });
  return { rows, fault: fault?.reason };
}

const PIECES = ['a', 'é', '😀', ' ', ',', '"', '""', '\n', '\r', '\r\n', '\n\n\n', '\r\r', '\ufeff'];

test(
  'rows, their lines and their text are the same however the bytes are cut into chunks',
  async () => {
    const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
    const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60 });
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(text, cuts, async (content, lengths) => {
        const bytes = Buffer.from(`a,b\n${content}`);
        const whole = await read(bytes);
        expect(await read(bytes, lengths)).toEqual(whole);
        rows += whole.rows.length;
      }),
      propertyRuns(300),
    );
    expect(rows).toBeGreaterThan(100);
  },
  propertyTimeout(2),
);

test('empty lines are counted, but not kept in memory', () => {
  const raw = new RawRecords();
  raw.push(Buffer.from('a,b\r\n'));
  raw.take(5);
  let bytes = 5;
  for (const chunk of [
    '\r',
    '\n\n\r',
    '\r',
    '\n',
    '\r\n'.repeat(1000),
    '\n'.repeat(1000),
    '\r'.repeat(1000),
    'x',
  ]) {
    raw.push(Buffer.from(chunk));
    bytes += chunk.length;
    expect(raw.rest().bytes.length).toBeLessThan(1010);
  }
  // Line 1 is the header, followed by CR LF, LF, CR, CR LF, and three times a thousand lines.
  expect(raw.take(bytes)).toEqual({ bytes: Buffer.from('x'), line: 1 + 4 + 3000 + 1 });
});

test('a row of another width than the first creates no error object', async () => {
  const stacks = jest.spyOn(Error, 'captureStackTrace');
  const { rows } = await read(Buffer.from('a,b\n1\n1,2,3\n,\n'));
  expect(rows.map(({ cells }) => cells.length)).toEqual([1, 3, 2]);
  expect(stacks).not.toHaveBeenCalled();
  stacks.mockRestore();
});
