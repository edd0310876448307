import { parseContractFile } from '../../catalog/contract-file';

const parsed = (...lines: string[]) => parseContractFile(lines.join('\n'));
const faultsOf = (...lines: string[]) => {
  const file = parsed(...lines);
  return 'faults' in file ? file.faults.map(({ line, message }) => `${line}: ${message}`) : [];
};

const CONTRACT = [
  'kind: stock',
  'key: [sku]',
  'partition: { by: month, of: counted_on }',
  'columns:',
  '  sku: { type: text, required: true }',
  '  counted_on: { type: date }',
];

test('a kind, changes to a kind and a source are told apart', () => {
  expect(parsed(...CONTRACT)).toMatchObject({
    form: 'kind',
    document: { kind: 'stock', columns: { sku: { type: 'text', required: true } } },
  });
  expect(parsed('extends: orders', 'notation: { dateOrder: dmy }')).toMatchObject({ form: 'changes' });
  expect(
    parsed('source: shop', 'maps: { orders: orders.sql }', 'columns: { Name: { required: true } }'),
  ).toMatchObject({ form: 'source' });
});

test.each([
  [['key: [sku]'], '1: expected "kind: <name>" for a kind of rows'],
  [[''], '1: expected "kind: <name>"'],
  [['- a', '- b'], '1: expected "kind: <name>"'],
  [['kind: stock', 'key: [sku'], '2: not valid YAML: Flow sequence'],
  [['kind: stock', 'kind: stock'], '2: not valid YAML: Map keys must be unique'],
])('%j has the fault %s', (lines, fault) => {
  expect(faultsOf(...lines)[0]).toContain(fault);
});

test('a missing property is named with an example', () => {
  expect(faultsOf('kind: stock', 'columns: { sku: {} }')).toEqual([
    '1: key: is missing: add it, for example "key: [order_id]"',
    '1: partition: is missing: add it, for example "partition: { by: month, of: created_at }"',
    '2: columns.sku.type: is missing: add it, for example "type: text"',
  ]);
});

test('every fault is named with its line, and a misspelled property with the right one', () => {
  expect(
    faultsOf(
      ...CONTRACT,
      '  pieces:',
      '    type: integer',
      '    reqired: true',
      '    colour: red',
      'read:',
      '  skipRows: 0',
      '  delimiter: ":"',
      'notation: { zone: Berlin, twoDigitYears: "1970" }',
      'versions: pieces',
    ),
  ).toEqual([
    expect.stringMatching(
      /^8: columns\.pieces\.type: expected one of int64, text, .*decimal\(18,8\), got "integer"$/,
    ),
    '9: columns.pieces.reqired: is no property: did you mean required?',
    '10: columns.pieces.colour: is no property: expected one of type, required, aliases, notation, description, pseudonymize',
    '12: read.skipRows: expected at least 1, got 0',
    '13: read.delimiter: expected "," or ";" or "\\t" or "|", got ":"',
    '14: notation.twoDigitYears: expected a number, got "1970"',
    '14: notation.zone: expected an IANA time zone such as Europe/Berlin, got "Berlin"',
    '15: versions: is no property: did you mean version?',
  ]);
});

test.each([
  ['deleted: { column: flag, values: [1] }', '7: deleted.values.0: expected a text, got 1: put it in quotes'],
  ['key: sku', '2: key: expected a list such as [order_id], got "sku"'],
  ['read: { encoding: klingon }', '7: read.encoding: expected an encoding such as windows-1252'],
  ['match: { names: [] }', '7: match.names: expected at least one, got []'],
  ['description: [a]', '7: description: expected a text, got ["a"]'],
])('%s has the fault %s', (line, fault) => {
  const lines = line.startsWith('key') ? CONTRACT.with(1, line) : [...CONTRACT, line];
  expect(faultsOf(...lines)).toEqual([expect.stringContaining(fault)]);
});

test.each(['SKU', 'order id', '1st', 'x'.repeat(64)])('%j is not the name of a column', (name) => {
  expect(faultsOf(...CONTRACT, `  ${JSON.stringify(name)}: { type: text }`)).toEqual([
    expect.stringMatching(/^7: columns\..*: is not a valid name: expected lower-case letters, digits/),
  ]);
});

test('a place that is not in the file has the line of the nearest part around it', () => {
  const file = parsed(...CONTRACT);
  if ('faults' in file) throw new Error('expected no faults');
  expect(file.lineOf(['columns', 'counted_on', 'aliases', 0])).toBe(6);
  expect(file.lineOf(['columns'])).toBe(4);
  expect(file.lineOf(['history'])).toBe(1);
});

test('aliases of YAML that expand beyond reason are refused', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level += 1) {
    const before = String.fromCharCode(96 + level);
    const name = String.fromCharCode(97 + level);
    lines.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`);
  }
  expect(faultsOf('kind: stock', ...lines)).toEqual([
    expect.stringContaining('1: not valid YAML: Excessive alias count'),
  ]);
});
