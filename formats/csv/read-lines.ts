import type { OnRows } from '../input-file';
import type { CsvRow, Delimiter } from './read-rows';

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads some rows of a plain file, in which every line is a record and every delimiter separates cells. The rows are equal to
 * those of readRows.
 * @param text UTF-8 without quotes, empty lines and byte order mark, with line endings LF or CR LF
 * @param wanted physical line numbers, ascending
 */
export async function readLines(
  text: AsyncIterable<Buffer>,
  wanted: readonly number[],
  delimiter: Delimiter,
  onRows: OnRows,
): Promise<void> {
  let line = 1;
  let next = 0;
  /** The start of a line that continues in the next chunk. */
  let partial: Buffer[] = [];
  let batch: CsvRow[] = [];
  const take = (end: Buffer) => {
    const row = rowOf(Buffer.concat([...partial, end]), line, delimiter);
    if (row) batch.push(row);
    next += 1;
  };

  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0 && next < wanted.length; end = chunk.indexOf(LF, start)) {
      if (line === wanted[next]) take(chunk.subarray(start, end));
      partial = [];
      start = end + 1;
      line += 1;
    }
    if (batch.length > 0) await onRows(batch);
    batch = [];
    if (next === wanted.length) return;
    partial.push(chunk.subarray(start));
  }
  if (line === wanted[next]) take(Buffer.alloc(0));
  if (batch.length > 0) await onRows(batch);
}

function rowOf(bytes: Buffer, line: number, delimiter: Delimiter): CsvRow | undefined {
  const raw = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
  const cells = raw.toString('utf8').split(delimiter);
  const blank = cells.length === 1 && cells[0]?.trim() === '';
  return blank ? undefined : { cells, line, raw };
}
