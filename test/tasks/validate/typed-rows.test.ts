import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { DuckDb } from '../../../engine/duckdb/session';
import { TypedRows } from '../../../tasks/validate/typed-rows';

const directory = mkdtempSync(path.join(tmpdir(), 'daybook-typed-rows-'));
let db: DuckDb;
beforeAll(async () => {
  db = await DuckDb.open({ tempDirectory: directory, threads: 1 });
});
afterAll(() => {
  db.close();
  rmSync(directory, { recursive: true, force: true });
});

const WIDTH = 3;

/** Texts with what could be mistaken for the end of one, or for none. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', ' ', '\u001f', 'a\u001fb', '\0', 'null', '"', '\\', '\n', '[]', '\ufeff', '😀'),
);

test('values come back as they were added, whatever is in them', async () => {
  const row = fc.array(fc.option(text), { minLength: WIDTH, maxLength: WIDTH });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
      const typed = await TypedRows.open(db, WIDTH);
      try {
        for (const [at, values] of rows.entries()) {
          typed.add(at % 2, values, at, { deleted: at % 3 === 0, extra: values[0] ?? null });
        }
        typed.flush();
        const found = await db.rows(`select * from ${typed.table} order by line`);
        expect(found).toEqual(
          rows.map(([c0, c1, c2], at) => ({
            c0,
            c1,
            c2,
            file: at % 2,
            line: String(at),
            deleted: at % 3 === 0 ? true : null,
            extra: c0,
          })),
        );
      } finally {
        await typed.close();
      }
    }),
    { numRuns: 50 },
  );
});
