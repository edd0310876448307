import { RuntimeStateError } from '../../src/stepfunctions/errors';
import { IntrinsicSyntaxError } from '../../src/stepfunctions/intrinsic-syntax';
import { IntrinsicError } from '../../src/stepfunctions/intrinsics';
import type { Json } from '../../src/stepfunctions/json';
import { JsonPathError } from '../../src/stepfunctions/json-path';
import { fillTemplate } from '../../src/stepfunctions/payload-template';

const context = { Execution: { Name: 'run-1' } };
const value = (expression: string, data: Json = {}) => {
  const filled = fillTemplate({ 'value.$': expression }, { data, context });
  return (filled as { value: Json }).value;
};

describe('paths', () => {
  const a = { 'b c': [1, { d: null }] };
  const data: Json = { a, list: [{ n: 1 }, { n: 2 }, {}] };

  test.each<[string, Json]>([
    ['$', data],
    ['$.a', a],
    ["$.a['b c'][0]", 1],
    ['$.a["b c"][-1].d', null],
    ['$.list[*].n', [1, 2]],
    ['$.list[9][*]', []],
    ['$$.Execution.Name', 'run-1'],
  ])('%s', (path, expected) => expect(value(path, data)).toEqual(expected));

  test('that are not found end the execution without Catch', () => {
    expect(() => value('$.nope', data)).toThrow(RuntimeStateError);
    expect(() => value('$.a.constructor', data)).toThrow(RuntimeStateError);
    expect(new RuntimeStateError('').isCatchable).toBe(false);
  });

  test.each(['$..n', '$.list[?(@.n>1)]', '$.list[0:2]', '$.', 'a.b'])('%s is rejected', (path) => {
    expect(() => value(path.startsWith('$') ? path : `States.ArrayLength(${path})`, data)).toThrow();
  });

  test('are named in errors', () => expect(() => value('$..n')).toThrow(JsonPathError));
});

describe('intrinsic functions', () => {
  test.each<[string, Json, Json]>([
    ["States.Format('results/{}.json', $$.Execution.Name)", {}, 'results/run-1.json'],
    [
      "States.Format('{} of {}, {}', $.n, $.flag, $.none)",
      { n: 1.5, flag: true, none: null },
      '1.5 of true, null',
    ],
    ["States.Format('it\\'s \\{{}\\} \\\\', $.n)", { n: 7 }, "it's {7} \\"],
    ["States.Format('{}', $.path)", { path: 'C:\\new {} "x"' }, 'C:\\new {} "x"'],
    ["States.Format('a, (b {}', 'c)')", {}, 'a, (b c)'],
    ['States.StringToJson($.body)', { body: '{"a":"\\"q\\" \\\\"}' }, { a: '"q" \\' }],
    ['States.JsonToString($.o)', { o: { text: 'say "hi"\n' } }, '{"text":"say \\"hi\\"\\n"}'],
    ["States.StringSplit('a,b;;c', ',;')", {}, ['a', 'b', 'c']],
    ['States.Array(1, $.x, null, States.Array())', { x: 'y' }, [1, 'y', null, []]],
    ['States.ArrayPartition($.a, 2)', { a: [1, 2, 3] }, [[1, 2], [3]]],
    ['States.ArrayContains($.a, $.o)', { a: [{ k: 1 }], o: { k: 1 } }, true],
    ['States.ArrayRange(1, 7, 3)', {}, [1, 4, 7]],
    ['States.ArrayGetItem($.a, 1)', { a: [1, 2] }, 2],
    ['States.ArrayLength($.a)', { a: [] }, 0],
    ['States.ArrayUnique($.a)', { a: [1, 1, '1'] }, [1, '1']],
    ["States.Base64Decode(States.Base64Encode('ü'))", {}, 'ü'],
    ["States.Hash('abc', 'SHA-1')", {}, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['States.JsonMerge($.a, $.b, false)', { a: { x: 1, y: 1 }, b: { y: 2 } }, { x: 1, y: 2 }],
    ['States.MathAdd($.n, -1)', { n: 3 }, 2],
  ])('%s', (expression, data, expected) => expect(value(expression, data)).toEqual(expected));

  test.each([
    ["States.Format('{}')", '1 places {} for 0 values'],
    ["States.Format('{}', $.o)", 'expected scalar as argument 2, got {"k":1}'],
    ["States.StringToJson('{')", 'States.StringToJson: '],
    ['States.ArrayLength(1)', 'expected array as argument 1, got 1'],
    ['States.ArrayRange(0, 5000, 1)', 'at most 1000 items'],
  ])('%s fails in a way that Catch can match', (expression, message) => {
    const run = () => value(expression, { o: { k: 1 } });
    expect(run).toThrow(IntrinsicError);
    expect(run).toThrow(message);
    expect(new IntrinsicError('x', 'y')).toMatchObject({
      name: 'States.IntrinsicFailure',
      isCatchable: true,
    });
  });

  test.each(["States.Format('x'", 'States.Format(x)', "States.Format('x') more", 'Format()'])(
    '%s is refused',
    (text) => {
      expect(() => value(text)).toThrow(IntrinsicSyntaxError);
    },
  );
});

test('templates are evaluated at any depth, and other values are unchanged', () => {
  const template = { a: [{ 'b.$': '$.x' }, 'plain'], c: { d: '$.x' } };
  expect(fillTemplate(template, { data: { x: { y: 1 } }, context })).toEqual({
    a: [{ b: { y: 1 } }, 'plain'],
    c: { d: '$.x' },
  });
});
