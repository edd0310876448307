const QUOTE = 0x22;
const NEW_LINE = 0x0a;

/**
 * Divides the bytes of a CSV file into parts of whole rows. A new line within quotes ends no row.
 * @param chunks the bytes of the file, in order
 * @param partBytes a part ends with the first row that ends in a chunk after as many bytes
 */
export async function* csvParts(
  chunks: AsyncIterable<Buffer>,
  partBytes: number,
): AsyncGenerator<readonly Buffer[]> {
  let part: Buffer[] = [];
  let size = 0;
  let isQuoted = false;
  for await (const chunk of chunks) {
    let rowEnd = -1;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === QUOTE) isQuoted = !isQuoted;
      else if (chunk[at] === NEW_LINE && !isQuoted) rowEnd = at + 1;
    }
    part.push(chunk);
    size += chunk.length;
    if (size < partBytes || rowEnd < 0) continue;
    part[part.length - 1] = chunk.subarray(0, rowEnd);
    yield part;
    part = [chunk.subarray(rowEnd)];
    size = chunk.length - rowEnd;
  }
  if (size > 0) yield part;
}
