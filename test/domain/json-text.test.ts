import fc from 'fast-check';
import { elementTexts, memberTexts } from '../../domain/json-text';

/** JSON with white space between its values, as other writers have it. */
const json = fc
  .jsonValue()
  .chain((value) =>
    fc.constantFrom(undefined, 1, '\t').map((space) => ({ value, text: JSON.stringify(value, null, space) })),
  );

test('the elements and members of any value are those of a parser, as they were written', () => {
  fc.assert(
    fc.property(json, ({ value, text }) => {
      if (Array.isArray(value)) {
        expect(elementTexts(` ${text} `).map((one) => JSON.parse(one))).toEqual(JSON.parse(text));
      } else if (typeof value === 'object' && value !== null) {
        const members = memberTexts(`\n${text}`);
        expect(Object.fromEntries(members.map(([name, one]) => [name, JSON.parse(one)]))).toEqual(
          Object.fromEntries(Object.entries(JSON.parse(text))),
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test('numbers keep their digits, and a name that occurs twice occurs twice', () => {
  expect(elementTexts('[12345678901234567890, 1.10 ,[ ] ,"a,\\"]"]')).toEqual([
    '12345678901234567890',
    '1.10',
    '[ ]',
    '"a,\\"]"',
  ]);
  expect(memberTexts('{"a":1,"\\u0061" : {"b":"}"} , "c":null}')).toEqual([
    ['a', '1'],
    ['a', '{"b":"}"}'],
    ['c', 'null'],
  ]);
});
