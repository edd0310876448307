import { fill } from '../../../engine/duckdb/sql';

test('placeholders are replaced by SQL as it is, and what replaces them is not searched for more', () => {
  const parts = { columns: "'$[table]', '$1$&'", table: 't' };
  expect(fill('select $[columns] from $[table] where a = $a', parts)).toBe(
    "select '$[table]', '$1$&' from t where a = $a",
  );
});

test('a placeholder without a part is an error that names it', () => {
  expect(() => fill('select $[columns] from t', { column: 'a' })).toThrow(
    new RangeError('nothing fills $[columns]'),
  );
});
