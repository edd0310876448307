import { nameColours } from '../../console/app/live/name-colours';
import { indented } from '../../console/app/shared/indented-json';

test('a name keeps its colour while it is drawn, and a new one gets a free colour', () => {
  const first = nameColours(['a', 'b', 'c'], new Map());
  expect([...first]).toEqual([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  const next = nameColours(['c', 'd', 'a'], first);
  expect([...next]).toEqual([
    ['c', 3],
    ['d', 2],
    ['a', 1],
  ]);
});

test('JSON is indented without a change of its values', () => {
  const text = '{"a":[1,{"b" : "x\\"{,y"}], "n":12345678901234567890.10,"e":{}}';
  const shown = indented(text);
  expect(shown.split('\n')[1]).toBe('  "a": [');
  expect(shown).toContain('"b": "x\\"{,y"');
  expect(shown).toContain('"n": 12345678901234567890.10');
  expect(JSON.parse(shown)).toEqual(JSON.parse(text));
});

test('text that is no JSON stays readable', () => {
  expect(indented('no "json')).toContain('json');
});
