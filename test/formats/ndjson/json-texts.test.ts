import fc from 'fast-check';
import { type JsonText, JsonTextError, jsonTexts } from '../../../formats/ndjson/json-texts';

/** The rows, and the reason of a fault. @param cuts lengths of the chunks; the last chunk is the rest */
async function split(bytes: Buffer, cuts: readonly number[] = []) {
  async function* chunks() {
    let at = 0;
    for (const length of cuts) {
      yield bytes.subarray(at, at + length);
      at += length;
    }
    yield bytes.subarray(at);
  }
  const rows: JsonText[] = [];
  try {
    for await (const batch of jsonTexts(chunks())) rows.push(...batch);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    return { rows, fault: error.fault.reason };
  }
  return { rows };
}

const row = (text: string, line: number, isUnended = false): JsonText => ({
  text,
  line,
  isUnended,
  isLine: true,
});
const element = (text: string, line: number): JsonText => ({ ...row(text, line), isLine: false });

test.each([
  ['lines', '{"a":1}\n{"a":2}\n', [row('{"a":1}', 1), row('{"a":2}', 2)]],
  ['CR LF', '{"a":1}\r\n{"a":2}\r\n', [row('{"a":1}', 1), row('{"a":2}', 2)]],
  ['no line end at the end', '{"a":1}\n{"a":2}', [row('{"a":1}', 1), row('{"a":2}', 2, true)]],
  ['blank lines', '\n \r\n{"a":1}\n\n{"a":2}\n\n', [row('{"a":1}', 3), row('{"a":2}', 5)]],
  ['a byte order mark', '\ufeff{"a":1}\n', [row('{"a":1}', 1)]],
  [
    'a broken line between others',
    '{"a":1}\n{"a":\n{"a":3}\n',
    [row('{"a":1}', 1), row('{"a":', 2), row('{"a":3}', 3)],
  ],
  ['an array', '[{"a":1},{"a":2}]', [element('{"a":1}', 1), element('{"a":2}', 1)]],
  [
    'an array on several lines',
    '\n[\n{"a":\n1} ,\n {"a":[2,"]}"]}\n]\n',
    [element('{"a":\n1}', 3), element('{"a":[2,"]}"]}', 5)],
  ],
  [
    'quotes and brackets in the strings of an array',
    '[{"a":"}],\\"{["}, 7 ,"x,]"]',
    [element('{"a":"}],\\"{["}', 1), element('7', 1), element('"x,]"', 1)],
  ],
  ['an empty array', ' [ ] ', []],
  ['nothing', '', []],
])('%s', async (_, text, rows) => {
  expect(await split(Buffer.from(text))).toEqual({ rows });
});

const CUT = 'the array of objects is cut off: its closing bracket is missing';

test.each([
  ['an array that is cut off', '[{"a":1},\n{"a"', CUT],
  ['an array without its bracket', '[{"a":1}', CUT],
  ['text after an array', '[{"a":1}]\n{', 'unexpected "{" after an element of the array in line 2'],
  [
    'two objects without a comma',
    '[{"a":1} {"a":2}]',
    'unexpected "{" after an element of the array in line 1',
  ],
])('%s is a fault', async (_, text, reason) => {
  expect((await split(Buffer.from(text))).fault).toContain(reason);
});

test('bytes that are not UTF-8 are a fault with their line', async () => {
  expect((await split(Buffer.from('{"a":1}\n{"a":"\xe9"}\n', 'latin1'))).fault).toBe(
    'not UTF-8: the byte at offset 14, in line 2, is not part of a valid character',
  );
  expect((await split(Buffer.from([0x7b, 0x7d, 0x0a, 0xe2, 0x82]))).fault).toBe(
    'not UTF-8: the byte at offset 3, in line 2, is not part of a valid character',
  );
});

test('the rows are the same however the bytes are cut into chunks', async () => {
  const pieces = ['{"a":1}', '{"é":"😀\\""}', '[', ']', ',', '\n', '\r\n', ' ', '"', '{', '}', '\ufeff', 'x'];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join(''));
  const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, cuts, async (content, lengths) => {
      const whole = await split(Buffer.from(content));
      const inParts = await split(Buffer.from(content), lengths);
      expect(inParts.fault).toBe(whole.fault);
      // A fault ends the reading before the other rows of its chunk are passed on.
      if (whole.fault === undefined) expect(inParts.rows).toEqual(whole.rows);
    }),
    { numRuns: 300 },
  );
});
