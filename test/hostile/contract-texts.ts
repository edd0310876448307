import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseContractFile } from '../../catalog/contract-file';
import { damage, damaged } from './csv-files';
import { wildText } from './tokens';

const INCLUDED = ['products', 'orders', 'order_items', 'inventory', 'currency_rates'].map((kind) =>
  readFileSync(path.join(__dirname, '../../contracts', `${kind}.yaml`), 'utf8'),
);

/** Lines that are part of contracts, or that YAML reads in a way of its own. */
const LINES = [
  'kind: orders',
  'kind: [a]',
  'extends: orders',
  'source: shop',
  'key: [order_id, order_id]',
  'key: none',
  'columns: {}',
  'columns: []',
  '  order_id: { type: int64, required: yes }',
  '  price: { type: "decimal(99,3)" }',
  '  a: { type: text, aliases: [a, "a", A] }',
  '  __proto__: { type: text }',
  '  constructor: { type: text }',
  'partition: { by: month, of: nothing }',
  'match: { names: ["*", ""] }',
  'notation: { dateOrder: dym, twoDigitYears: 19.5, zone: Mars/Olympus }',
  'read: { encoding: utf-99, delimiter: ",,", header: [], skipRows: -1 }',
  'a: &a [*a]',
  'b: *a',
  '<<: *b',
  '? {a: 1}',
  '!!binary x',
  '%YAML 9.9',
  '---',
  '\t tab',
  '- - -',
  '"',
  '{',
  '|2',
  '0: 1e999',
  '2025-01-01: null',
];

/** The text of a contract: one of the project's with other lines, or damaged. */
export const contractText: fc.Arbitrary<string> = fc.oneof(
  fc
    .record({
      text: fc.constantFrom(...INCLUDED),
      more: fc.array(
        fc.record({
          at: fc.nat(30),
          line: fc.oneof(fc.constantFrom(...LINES), wildText),
          replace: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ text, more }) => {
      const lines = text.split('\n');
      for (const { at, line, replace } of more) lines.splice(at % lines.length, replace ? 1 : 0, line);
      return lines.join('\n');
    }),
  fc
    .record({ text: fc.constantFrom(...INCLUDED), damages: fc.array(damage, { minLength: 1, maxLength: 2 }) })
    .map(({ text, damages }) => damaged(Buffer.from(text), damages).toString('utf8')),
  fc.array(fc.constantFrom(...LINES), { maxLength: 12 }).map((lines) => lines.join('\n')),
);

/** What is wrong with what becomes of the text: nothing is to be. */
export function faultsOfContract(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).length;
  const found = parseContractFile(text);
  if (!('faults' in found)) {
    // A contract that is accepted says what its text says.
    const { form, document } = found;
    const value = parse(text, { logLevel: 'silent' }) as Record<string, unknown>;
    const name = { kind: 'kind', changes: 'extends', source: 'source' }[form];
    const told = (document as unknown as Record<string, unknown>)[name];
    return told === value[name]
      ? []
      : [`${name} is ${JSON.stringify(told)}, not ${JSON.stringify(value[name])}`];
  }
  const { faults } = found;
  if (faults.length === 0) return ['it is refused without a reason'];
  return faults.flatMap(({ line, message }) => [
    ...(Number.isInteger(line) && line >= 1 && line <= lines ? [] : [`line ${line} of ${lines}: ${message}`]),
    ...(message.trim() === '' || message.includes('undefined') || message.includes('[object')
      ? [`line ${line} has the message ${JSON.stringify(message)}`]
      : []),
  ]);
}
