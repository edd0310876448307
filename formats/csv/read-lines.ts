import type { CsvRow, Delimiter } from './read-rows';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Hands on some rows of a plain file, where a line is a record and a delimiter always one. What the rows are is what
 * readRows makes of the whole file.
 * @param text UTF-8 without quotes and empty lines, without its byte order mark, its lines ending in LF or CR LF
 * @param wanted numbers of physical lines, rising
 */
export async function readLines(
  text: AsyncIterable<Buffer>,
  wanted: readonly number[],
  delimiter: Delimiter,
  onRows: (rows: readonly CsvRow[]) => Promise<void> | void,
): Promise<void> {
  let line = 1;
  let next = 0;
  /** The beginning of a line that goes on in the next chunk. */
  let begun: Buffer[] = [];
  let batch: CsvRow[] = [];
  const take = (end: Buffer) => {
    const row = rowOf(Buffer.concat([...begun, end]), line, delimiter);
    if (row) batch.push(row);
    next += 1;
  };

  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0 && next < wanted.length; end = chunk.indexOf(LF, start)) {
      if (line === wanted[next]) take(chunk.subarray(start, end));
      begun = [];
      start = end + 1;
      line += 1;
    }
    if (batch.length > 0) await onRows(batch);
    batch = [];
    if (next === wanted.length) return;
    begun.push(chunk.subarray(start));
  }
  if (line === wanted[next]) take(Buffer.alloc(0));
  if (batch.length > 0) await onRows(batch);
}

function rowOf(bytes: Buffer, line: number, delimiter: Delimiter): CsvRow | undefined {
  const raw = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  const cells = raw.toString('utf8').split(delimiter);
  const blank = cells.length === 1 && cells[0]?.trim() === '';
  return blank ? undefined : { cells, line, raw, strayQuote: false };
}
