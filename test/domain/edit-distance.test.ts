import { closest, editDistance } from '../../domain/edit-distance';

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['type', 'type', 0],
  ['typ', 'type', 1],
  ['tpye', 'type', 1],
  ['kitten', 'sitting', 3],
])('from %j to %j it takes %d changes', (from, to, changes) => {
  expect(editDistance(from, to)).toBe(changes);
});

test('the closest word is found only if it is close', () => {
  const known = ['type', 'required', 'aliases'];
  expect(closest('reqired', known)).toBe('required');
  expect(closest('alias', known)).toBe('aliases');
  expect(closest('Types', known)).toBe('type');
  expect(closest('currency', known)).toBeUndefined();
  expect(closest('x', [])).toBeUndefined();
});
