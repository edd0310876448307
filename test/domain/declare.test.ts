import type { Contract } from '../../domain/contract';
import { declare, declareRead, either, inSentence } from '../../domain/declare';
import { columnParser } from '../../domain/values';

const CREATED_AT = { kind: 'orders', column: 'created_at' };

test('a remedy is a sentence, and the lines that it says to add, each with its alternatives', () => {
  expect(declare('notation: { dateOrder: dmy }', CREATED_AT, ['mdy', 'ymd'])).toEqual({
    remedy:
      'add "notation: { dateOrder: dmy }" (or mdy, ymd) to the column created_at in the contract of orders',
    declarations: [
      {
        line: 'notation: { dateOrder: dmy }',
        others: ['notation: { dateOrder: mdy }', 'notation: { dateOrder: ymd }'],
        ...CREATED_AT,
      },
    ],
  });
});

test.each([
  [
    'notation: { dateOrder: dmy, twoDigitYears: 1970 }',
    'ymd',
    'notation: { dateOrder: ymd, twoDigitYears: 1970 }',
  ],
  ["notation: { decimal: '.' }", "','", "notation: { decimal: ',' }"],
  ["notation: { decimal: ',' }", "'.'", "notation: { decimal: '.' }"],
])('of %s, %s replaces the first value', (line, value, other) => {
  expect(declare(line, CREATED_AT, [value]).declarations?.[0]?.others).toEqual([other]);
});

test('a read option belongs to the contract, which may be unknown', () => {
  expect(declareRead('nul: remove', 'orders')).toEqual({
    remedy: 'add "read: { nul: remove }" to the contract of orders',
    declarations: [{ line: 'read: { nul: remove }', others: [], kind: 'orders' }],
  });
  expect(declareRead('nul: remove', undefined)).toEqual({
    remedy: 'add "read: { nul: remove }" to its contract',
    declarations: [{ line: 'read: { nul: remove }', others: [] }],
  });
});

test('of two lines of which one is enough, the second is an alternative of the first', () => {
  const one = either(
    declare('type: text', CREATED_AT),
    declare('notation: { leadingZeros: drop }', CREATED_AT),
  );
  expect(one.declarations).toEqual([
    { line: 'type: text', others: ['notation: { leadingZeros: drop }'], ...CREATED_AT },
  ]);
  const { remedy, declarations } = inSentence(one, (text) => `if it is an id, ${text}`);
  expect(remedy).toMatch(/^if it is an id, add "type: text" to .*, or add "notation/);
  expect(declarations).toEqual(one.declarations);
});

test('a source has one notation for all of its columns, and a kind one for each', () => {
  const place = (contract: Partial<Contract>) => {
    const parse = columnParser(
      { name: 'placed', type: 'date', required: false },
      { kind: 'shop', key: [], ...contract },
    );
    const parsed = parse('03/04/2025');
    if (parsed.ok) throw new Error('the order of the date is not declared');
    return parsed.declarations?.map(({ kind, column }) => ({ kind, column }));
  };
  expect(place({})).toEqual([{ kind: 'shop', column: 'placed' }]);
  expect(place({ isOfSource: true })).toEqual([{ kind: 'shop', column: undefined }]);
});
