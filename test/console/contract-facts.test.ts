import { factsOf, flowText } from '../../console/app/contracts/contract-facts';
import type { Contract } from '../../domain/contract';
import { listContracts } from '../../operations/contracts/list';

const VISITS: Contract = {
  kind: 'visits',
  key: ['id', 'place'],
  partition: { by: 'day', of: 'at', uncertain: 'is_received' },
  columns: [
    { name: 'id', type: 'int64', required: true },
    { name: 'place', type: 'text', required: true },
  ],
  read: { encoding: 'windows-1252', delimiter: ';' },
  notation: { decimal: ',', abbreviations: { CET: '+01:00' } },
  deleted: { column: 'state', values: ['gone', 'void'] },
  leaveOut: [{ column: 'state', values: ['test'] }],
  quantity: { column: 'pieces', of: 'price', price: 'unit' },
};

const factsOfContract = (contract: Contract) => {
  const definitions = { contracts: [contract], sources: [], contract: () => contract };
  const [listed] = listContracts(definitions, { visits: 'ours/visits.yaml' });
  if (!listed) throw new Error('a contract is listed');
  return Object.fromEntries(
    factsOf({ listed, definition: contract }).map(({ name, value }) => [name, value]),
  );
};

test('what a contract declares is said in words', () => {
  expect(factsOfContract(VISITS)).toMatchObject({
    'File names': 'names that start with visits; otherwise the header decides',
    Key: 'id, place',
    Partition: 'by day of at, in UTC; uncertain where is_received is true',
    'Newest version of a row': 'of the last upload',
    'Rows that delete their key': 'state is gone or void',
    'Rows left out': 'state is test',
    Pieces: 'pieces; price is of one piece',
    Read: 'encoding: windows-1252, delimiter: ";"',
    'Notation of all columns': 'decimal: ",", abbreviations: { CET: "+01:00" }',
    From: 'ours/visits.yaml',
  });
});

test('what it does not declare is not shown', () => {
  const { quantity: _, deleted: __, read: ___, ...less } = VISITS;
  const names = Object.keys(factsOfContract({ ...less, match: { names: ['visit_*'] } }));
  expect(names).toEqual([
    'File names',
    'Formats',
    'Key',
    'Partition',
    'Newest version of a row',
    'Rows left out',
    'Notation of all columns',
    'From',
    'Hash',
  ]);
});

test.each([
  [{ zone: 'Europe/Berlin' }, 'zone: Europe/Berlin'],
  [{ header: ['a', 'b c'] }, 'header: [a, "b c"]'],
  [{ excelSerial: 1900 }, 'excelSerial: 1900'],
])('%j in one line of YAML', (properties, text) => {
  expect(flowText(properties)).toBe(text);
});
