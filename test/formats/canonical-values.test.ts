import type { Column, ColumnType, Contract, Notation } from '../../domain/contract';
import { columnParser } from '../../domain/values';
import { DuckDb } from '../../engine/duckdb/session';
import { canonicalValue, isMissing } from '../../formats/canonical-values';
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

const CHARACTERS = [...'0124569 -:.,T+eE/Z_x\t\u00a0٣', ''];

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

interface Case {
  readonly column: Column;
  readonly contract: Pick<Contract, 'kind' | 'key' | 'notation'>;
}

/** The texts that DuckDB accepts, with their values in the format of the rules. */
async function taken(texts: readonly string[], { column, contract }: Case): Promise<[string, string][]> {
  const value = canonicalValue('text', column, contract);
  const written =
    column.type === 'timestamp'
      ? `strftime((${value})::timestamp, '%Y-%m-%d %H:%M:%S.%f')`
      : `(${value})::varchar`;
  const rows = await db.rows<{ text: string; value: string | null }>(
    `select text, ${written} as value from (select unnest(from_json($texts, '["VARCHAR"]')) as text)`,
    { texts: JSON.stringify(texts) },
  );
  return rows.flatMap(({ text, value }) => (value === null ? [] : [[text, value] as [string, string]]));
}

const TIMES = [
  ' 2025-03-30 16:14:26 ',
  '2025-03-30T16:14:26',
  '2024-02-29 23:59:59',
  '0001-01-01 00:00:00',
  '2025-12-31 20:00:00 UTC',
  '2025-12-31T09:05:06.12Z',
];
const ZONED_TIMES = ['2025-12-31 20:00:00 UTC', '2025-12-31T09:05:06.12Z', '0001-01-01T00:00:00+00:00'];
const WHOLE = ['7', '12', '-405', '0', '-12', '123456789012345678'];
const AMOUNTS = ['12.50', ' 12.5  ', '7', '-0.00005', '1234567890.12', '9999999999999.99995', '0.123456789'];
const commas = (texts: readonly string[]) => texts.map((text) => text.replace('.', ','));

/** Enough texts near the examples are canonical for the comparison to mean something. */
const CASES: readonly [string, ColumnType, Notation, readonly string[], number][] = [
  ['amount', 'int64', {}, [...WHOLE, ' 7 ', '9223372036854775807', '0009'], 200],
  ['id', 'int64', {}, [...WHOLE, '9223372036854775807'], 200],
  ['id', 'int64', { leadingZeros: 'drop' }, [...WHOLE, '0009'], 200],
  ['amount', 'money', {}, [...AMOUNTS, '.5'], 400],
  ['amount', 'money', { decimal: ',' }, [...commas(AMOUNTS), ',5'], 400],
  ['amount', 'decimal(9,2)', {}, ['12.50', '9999999.99', '-0.005'], 150],
  ['amount', 'decimal(38,0)', {}, ['12.5', '1234567890123'], 150],
  ['amount', 'double', {}, ['12.5', '-0', '123456789012345', '0.1'], 150],
  ['amount', 'double', { decimal: ',' }, ['12,5', '-7', '0,1'], 60],
  ['at', 'timestamp', {}, TIMES, 300],
  ['at', 'timestamp', { zone: 'Europe/Berlin' }, ZONED_TIMES, 100],
  ['at', 'date', {}, ['2025-03-30', '2024-02-29', '0001-01-01'], 100],
  ['is_open', 'boolean', {}, ['true', 'false', ' true '], 4],
  ['data', 'json', {}, ['7', '123456789012345'], 20],
  ['name', 'text', {}, ['a', ' ', "'", '1.5E+12'], 60],
  ['id', 'text', {}, ['a', ' ', "'", '1.5E12', 'ä'.repeat(250)], 60],
];

test.each(CASES)(
  'every text that DuckDB takes for a column %s of type %s with %j, the rules take for the same value',
  async (name, type, notation, texts, least) => {
    const column = { name, type, required: false, notation };
    const contract = { kind: 'things', key: ['id'] };
    const found = await taken(neighbours(texts), { column, contract });
    const parse = columnParser(column, contract);
    const differing = found.filter(([text, value]) => {
      const parsed = parse(text);
      return !parsed.ok || !same(type, parsed.value, value);
    });
    expect(differing).toEqual([]);
    expect(found.length).toBeGreaterThan(least);
    for (const text of texts) expect(found.map(([taken]) => taken)).toContain(text);
  },
);

test.each(['text', 'int64', 'money', 'double', 'boolean', 'timestamp', 'date', 'json'] as const)(
  'every text in which DuckDB finds no %s has none by the rules, and no value in DuckDB',
  async (type) => {
    const words = ['', 'NULL', 'null', 'NaN', 'nan', 'NaT', 'None', '\\N'];
    const column = { name: 'cell', type, required: false };
    const contract = { kind: 'things', key: ['id'] };
    const missing = await db.rows<{ text: string; value: string | null }>(
      `select text, (${canonicalValue('text', column, contract)})::varchar as value
      from (select unnest(from_json($texts, '["VARCHAR"]')) as text) where ${isMissing('text', type)}`,
      { texts: JSON.stringify(neighbours(words)) },
    );
    expect(missing.map(({ text }) => text).sort()).toEqual((type === 'text' ? [''] : words).sort());
    const parse = columnParser(column, contract);
    for (const { text, value } of missing) {
      expect([text, value, parse(text)]).toEqual([text, null, { ok: true, value: null }]);
    }
  },
);

const same = (type: ColumnType, value: string | null, other: string) =>
  type === 'double' ? Number(value) === Number(other) : value === other;
