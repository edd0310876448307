import fc from 'fast-check';
import { readDeltaRows } from '../builders/read-delta';
import { mergeRows, openTestLake, THINGS, thing } from '../builders/test-lake';
import { hostileText, MARK } from './tokens';

/** Merges of rows into a table partitioned by untrusted text, as products are by department. */
export const merges = fc.array(
  fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 6 }), place: hostileText }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ id }) => id,
  }),
  { minLength: 1, maxLength: 3 },
);

type Merges = typeof merges extends fc.Arbitrary<infer T> ? T : never;

/** @returns the faults of the merged table, one sentence each */
export async function faultsOfMerges(batches: Merges): Promise<string[]> {
  const faults: string[] = [];
  const lake = await openTestLake();
  try {
    const wanted = new Map<string, string | null>();
    await lake.db.run(`create table ${MARK} as select 1 as one`);
    for (const [version, rows] of batches.entries()) {
      await mergeRows(
        lake,
        THINGS,
        rows.map(({ id, place }) => thing(id, place, version)),
      );
      // The protocol treats the empty text as null.
      for (const { id, place } of rows) wanted.set(`${id}`, place === '' ? null : place);
    }
    const rows = await readDeltaRows(lake.bucket, THINGS.location);
    const found = new Map(rows.map(({ id, place }) => [`${id}`, place ?? null]));
    for (const [id, place] of wanted) {
      if (found.get(id) !== place) {
        faults.push(`row ${id} is in ${JSON.stringify(found.get(id))}, not ${JSON.stringify(place)}`);
      }
    }
    if (rows.length !== wanted.size) faults.push(`${rows.length} rows, expected ${wanted.size}`);
    const strays = lake.bucket.keys().filter((key) => !key.startsWith(`${THINGS.location}/`));
    if (strays.length > 0) faults.push(`outside of the table lies ${JSON.stringify(strays[0])}`);
    const [canary] = await lake.db.rows(`select count(*) as rows from ${MARK}`);
    if (`${canary?.rows}` !== '1') faults.push('another table has changed');
  } finally {
    lake.close();
  }
  return faults;
}
