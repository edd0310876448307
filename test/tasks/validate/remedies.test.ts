import { parse } from 'yaml';
import { catalog, createCatalog } from '../../../catalog/catalog';
import type { Contract, Notation } from '../../../domain/contract';
import { ORDERS } from '../../builders/csv';
import { order, orders, Validation } from './validation';

let validation: Validation;
beforeEach(() => {
  validation = new Validation();
});
afterEach(() => validation.close());

const COLUMNS = ORDERS.split(',');
/** A row of orders with other cells in some columns. */
const row = (id: number | string, cells: Readonly<Record<string, string>> = {}) =>
  order(1)
    .split(',')
    .map((cell, at) => cells[COLUMNS[at] ?? ''] ?? (at === 0 ? String(id) : cell))
    .join(',');
const dated = (created_at: string) => orders(0, row(1, { created_at }), row(2, { created_at }));

/** What a remedy advises to add: the first alternative, to a column or to the contract. */
const ADVICE = /add "(.+?)"(?: \(or [^)]*\))? to (?:the column (\w+) in )?the contract of (\w+)/g;

interface Advised extends Partial<Contract> {
  readonly notation?: Notation;
}

function withAdvice(contracts: readonly Contract[], reason: string): Contract[] {
  // Of two lines, the first is enough; an offset is left to the reader.
  const first = reason
    .replaceAll(/(?<=the contract of \w+), or add .*?the contract of \w+/g, '')
    .replaceAll('+hh:mm', '+01:00');
  return [...first.matchAll(ADVICE)].reduce<Contract[]>(
    (changed, [, line = '', column, kind]) => {
      const yaml = parse(line) as Advised;
      return changed.map((contract) => {
        if (contract.kind !== kind) return contract;
        if (column === undefined) return { ...contract, ...yaml, read: { ...contract.read, ...yaml.read } };
        const columns = contract.columns.map((one) =>
          one.name === column ? { ...one, ...yaml, notation: { ...one.notation, ...yaml.notation } } : one,
        );
        return { ...contract, columns };
      });
    },
    [...contracts],
  );
}

async function load(key: string, body: string | Uint8Array, contracts: readonly Contract[]) {
  await validation.add(key, body);
  const own = createCatalog({ contracts, inputs: catalog.inputs, marts: catalog.marts });
  await validation.run({ MAX_BAD_ROW_SHARE: 0 }, { catalog: own });
  return validation.of(key);
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

test.each<[string, string | Uint8Array, string]>([
  ['shortRows', orders(1, row(2).replace(/,1$/, '')), ''],
  ['footer', orders(2, 'Total,2'), 'read: { footer: 1 }'],
  ['footer, full width', orders(2, 'Total,,,,,,,2', ''), 'read: { footer: 1 }'],
  ['comment', orders(1, '# batch 7', order(2)), 'read: { comment: "#" }'],
  ['escape', orders(1, row(2, { status: '"a \\", b"' })), "read: { escape: '\\' }"],
  ['header', `${order(1)}\n${order(2)}\n`, `read: { header: [${COLUMNS.join(', ')}] }`],
  [
    'encoding',
    Buffer.from(orders(1, row(2, { status: '\xe9' })), 'latin1'),
    'read: { encoding: windows-1252 }',
  ],
  ['encoding UTF-16', utf16(orders(2)), 'read: { encoding: utf-16le }'],
  ['nul', orders(1, row(2, { status: 'x\0y' })), 'read: { nul: remove }'],
  ['text ids', orders(0, row(1, { user_id: '#1001' }), row(2, { user_id: 'a@b.example' })), 'type: text'],
  ['leading zeros', orders(0, row(1, { user_id: '007' }), row(2, { user_id: '008' })), 'type: text'],
  ['dateOrder', dated('03/04/2025'), 'notation: { dateOrder: dmy }'],
  ['dateOrder with dots', dated('03.04.2025 10:00'), 'notation: { dateOrder: dmy }'],
  ['epoch', dated('1746957600'), 'notation: { epoch: seconds }'],
  ['epoch in milliseconds', dated('1746957600000'), 'notation: { epoch: milliseconds }'],
  ['excelSerial', dated('45785.5'), 'notation: { excelSerial: 1900 }'],
  ['abbreviations', dated('2025-05-08 10:00 CET'), "notation: { abbreviations: { CET: '+hh:mm' } }"],
  ['twoDigitYears', dated('13-Aug-25'), ''],
])('a file that needs %s loads with the lines that its rejection names', async (_, body, line) => {
  let refusedKey = 'input/orders.csv';
  const refused = await load(refusedKey, body, catalog.contracts);
  expect(refused.outcome).toBe('invalid');
  expect(refused.reason).toContain(line);
  let { reason = '' } = refused;
  let contracts: readonly Contract[] = catalog.contracts;
  // One declaration can show that another one is missing: a date has an order, and then a year of two digits.
  for (let tried = 0; tried < 3 && reason !== ''; tried += 1) {
    expect(reason).toMatch(ADVICE);
    // The lines are values of the rejection, too, for people to copy.
    const advised = [...reason.matchAll(ADVICE)].map(([, added, column, kind]) => ({ added, column, kind }));
    const values = validation
      .declarations(refusedKey)
      .flatMap(({ line: first, others, column, kind }) =>
        [first, ...others].map((added) => ({ added, column, kind })),
      );
    expect(values).toEqual(expect.arrayContaining(advised));
    contracts = withAdvice(contracts, reason);
    refusedKey = `input/orders_${tried}.csv`;
    const next = await load(refusedKey, body, contracts);
    reason = next.reason ?? '';
  }
  expect(reason).toBe('');
});
