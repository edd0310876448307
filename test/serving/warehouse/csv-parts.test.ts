import fc from 'fast-check';
import { csvParts } from '../../../serving/warehouse/csv-parts';

async function partsOf(chunks: readonly string[], bytes: number): Promise<string[]> {
  async function* read() {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
  }
  const parts: string[] = [];
  for await (const part of csvParts(read(), bytes)) parts.push(Buffer.concat(part).toString('latin1'));
  return parts;
}

test('a part ends with the last row that ends in a chunk after enough bytes', async () => {
  expect(await partsOf(['1,a\n2,', 'b\n3,c\n4', ',d\n'], 4)).toEqual(['1,a\n', '2,b\n3,c\n', '4,d\n']);
  expect(await partsOf(['1,a\n2,b\n'], 100)).toEqual(['1,a\n2,b\n']);
  expect(await partsOf([], 4)).toEqual([]);
});

test('a new line or a doubled quote within quotes ends no row, even between two chunks', async () => {
  expect(await partsOf(['"a\n', 'b"', '"\n"\nc\n'], 1)).toEqual(['"a\nb""\n"\nc\n']);
  expect(await partsOf(['"a"', '"\n', '"\n', 'b\n'], 1)).toEqual(['"a""\n"\n', 'b\n']);
});

test('the parts together are the file, each of whole rows', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', '\n', ',') });
  const rows = fc.array(
    cell.map((text) => `"${text.replaceAll('"', '""')}"\n`),
    { minLength: 1 },
  );
  const sizes = fc.integer({ min: 1, max: 20 });
  await fc.assert(
    fc.asyncProperty(rows, sizes, sizes, async (all, size, bytes) => {
      const file = all.join('');
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, at) =>
        file.slice(at * size, (at + 1) * size),
      );
      const parts = await partsOf(chunks, bytes);
      expect(parts.join('')).toBe(file);
      const ends = new Set(all.map((_, at) => all.slice(0, at + 1).join('').length));
      let length = 0;
      for (const part of parts) {
        length += part.length;
        expect(ends).toContain(length);
      }
    }),
  );
});
