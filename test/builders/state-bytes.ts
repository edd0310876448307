import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { quoteLiteral } from '../../engine/duckdb/quote';
import { DuckDb } from '../../engine/duckdb/session';

/**
 * Every byte of objects as text, by key: as they are and, where packed or columnar, with all their values as text.
 */
export async function objectTexts(
  objects: ReadonlyMap<string, { readonly body: Uint8Array }>,
): Promise<Map<string, string>> {
  const directory = await mkdtemp(path.join(tmpdir(), 'daybook-bytes-'));
  const db = await DuckDb.open({ tempDirectory: path.join(directory, 'duckdb'), threads: 1 });
  const texts = new Map<string, string>();
  try {
    for (const [key, { body }] of objects) {
      const bytes = Buffer.from(body);
      let text = `${key}\n${bytes.toString('latin1')}`;
      if (bytes[0] === 0x1f && bytes[1] === 0x8b) text += gunzipSync(bytes).toString('utf8');
      if (bytes.subarray(0, 4).toString('latin1') === 'PAR1') {
        const file = path.join(directory, 'file.parquet');
        await writeFile(file, bytes);
        const rows = await db.rows(`select to_json(t) as row from read_parquet(${quoteLiteral(file)}) as t`);
        const facts = await db.rows(
          `select to_json(m) as row from parquet_metadata(${quoteLiteral(file)}) as m`,
        );
        text += JSON.stringify([...rows, ...facts]);
      }
      texts.set(key, text);
    }
    return texts;
  } finally {
    db.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The keys of the objects that have one of the words. */
export const keysWith = (texts: ReadonlyMap<string, string>, words: readonly string[]): string[] =>
  [...texts].filter(([, text]) => words.some((word) => text.includes(word))).map(([key]) => key);
