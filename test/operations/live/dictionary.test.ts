import { Dictionary } from '../../../operations/live/dictionary';

test('gives each text a code, and code 0 to those that are too many', () => {
  const names = new Dictionary(2);
  const codes = ['a', 'b', 'a', 'c'].map((text) => names.code(text));
  expect(codes).toEqual([1, 2, 1, 0]);
  expect(codes.map((code) => names.text(code))).toEqual(['a', 'b', 'a', undefined]);
});

test('codes of texts that are in no row any more are given again', () => {
  const names = new Dictionary(2);
  for (const text of ['a', 'b']) names.code(text);
  names.keep(new Set([2]));
  expect([names.text(1), names.text(2)]).toEqual([undefined, 'b']);
  expect([names.code('c'), names.code('d'), names.text(1)]).toEqual([1, 0, 'c']);
});
