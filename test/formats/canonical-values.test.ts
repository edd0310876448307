import type { ColumnType } from '../../domain/contract';
import { parseValue } from '../../domain/values';
import { DuckDb } from '../../engine/duckdb/session';
import { canonicalValue } from '../../formats/canonical-values';
import { Validation } from '../tasks/validate/validation';

const validation = new Validation();
let db: DuckDb;
beforeAll(async () => {
  db = await DuckDb.open({ tempDirectory: `${validation.workDirectory}/duckdb`, threads: 1 });
});
afterAll(() => {
  db.close();
  validation.close();
});

const CHARACTERS = [...'0124569 -:.T+eE/Z_x\t\u00a0٣', ''];

/** Every text that results from replacing, inserting or removing one character. */
function neighbours(texts: readonly string[]): string[] {
  const found = new Set(['', ...texts]);
  for (const text of texts) {
    for (let at = 0; at <= text.length; at += 1) {
      for (const character of CHARACTERS) {
        found.add(text.slice(0, at) + character + text.slice(at));
        found.add(text.slice(0, at) + character + text.slice(at + 1));
      }
    }
  }
  return [...found];
}

/** The texts that DuckDB accepts, with their values in the format of the rules. */
async function taken(texts: readonly string[], type: ColumnType): Promise<[string, string][]> {
  const value = canonicalValue('text', type);
  const written =
    type === 'timestamp' ? `strftime((${value})::timestamp, '%Y-%m-%d %H:%M:%S.%f')` : `(${value})::varchar`;
  const rows = await db.rows<{ text: string; value: string | null }>(
    `select text, ${written} as value from (select unnest(from_json($texts, '["VARCHAR"]')) as text)`,
    { texts: JSON.stringify(texts) },
  );
  return rows.flatMap(({ text, value }) => (value === null ? [] : [[text, value] as [string, string]]));
}

const TIMES = [
  '2025-03-30T16:14:26',
  '2024-02-29 23:59:59',
  '0001-01-01 00:00:00',
  '2025-12-31 20:00:00 UTC',
  '2025-12-31T09:05:06.12Z',
];

test.each([
  ['int64', ['7', '12', '-405', '9223372036854775807', '0009', '123456789012345678'], 200],
  ['money', ['12.50', '.5', '7', '-0.00005', '1234567890.12', '9999999999999.99995', '0.123456789'], 400],
  ['timestamp', TIMES, 300],
  ['text', ['a', ' ', "'"], 60],
] as const)(
  'every %s that DuckDB takes, the rules take for the same, however near it is to another',
  async (type, texts, least) => {
    const found = await taken(neighbours(texts), type);
    const differing = found.filter(([text, value]) => {
      const parsed = parseValue(type, text);
      return !parsed.ok || parsed.value !== value;
    });
    expect(differing).toEqual([]);
    expect(found.length).toBeGreaterThan(least);
    for (const text of texts) expect(found.map(([taken]) => taken)).toContain(text);
  },
);
