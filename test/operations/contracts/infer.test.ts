import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCatalog } from '../../../catalog/catalog';
import { readContractFolder } from '../../../catalog/contract-folder';
import { definitions } from '../../../catalog/definitions';
import { INCLUDED } from '../../../catalog/included-contracts';
import { checkFiles } from '../../../operations/contracts/check-files';
import { inferContract } from '../../../operations/contracts/infer';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'daybook-infer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, ...lines: string[]) => {
  const file = path.join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};

/** The draft, and what a check with it says of the file. */
async function drafted(...lines: string[]) {
  const file = write('parcels.csv', ...lines);
  const yaml = await inferContract(file, 'parcels');
  write('parcels.yaml', yaml);
  const catalog = createCatalog({ ...definitions, ...readContractFolder(folder, INCLUDED) });
  const [check] = await checkFiles([{ path: file }], { catalog, maxBadRowShare: 0, timeZone: 'UTC' });
  return { yaml, check };
}

test('the types, key and partition of every column follow from its values, and the file is accepted', async () => {
  const { yaml, check } = await drafted(
    'Parcel No;Sent at;Weight (kg);Price;Express;Note;Größe',
    'A-1;2025-03-01T10:00:00Z;1.25;12,50;yes;x;7',
    'A-2;2025-03-02T10:00:00Z;0.5;1.234,00;no;;8',
  );
  expect(yaml).toBe(`# Drafted from parcels.csv. Check it with: daybook contract check --contracts FOLDER FILE
kind: parcels
# decide: the key: these columns also have another value in every row: grosse
key: [ parcel_no ]
match: { names: [ parcels* ] }
partition: { by: month, of: sent_at }
columns:
  parcel_no: { type: text, required: true }
  sent_at: { type: timestamp, required: true }
  weight_kg: { type: "decimal(18,2)" }
  price: { type: money }
  express: { type: boolean }
  note: { type: text }
  grosse: { type: int64, aliases: [ Größe ] }
`);
  expect(check).toMatchObject({ outcome: 'accepted', kind: 'parcels', rows: 2, bad_rows: 0 });
});

test('a date that proves the order of day and month decides it; otherwise a person does', async () => {
  const proved = await drafted('id,day', '1,13/02/2025', '2,03/04/2025');
  expect(proved.yaml).toContain('day: { type: date, notation: { dateOrder: dmy }, required: true }');
  expect(proved.yaml).not.toContain('# decide: whether');
  expect(proved.check).toMatchObject({ outcome: 'accepted', bad_rows: 0 });
  const ambiguous = await drafted('id,day', '1,01/02/2025', '2,03/04/2025');
  expect(ambiguous.yaml).toContain(
    '# decide: whether dates are dmy or mdy; every value can be read with both',
  );
  expect(ambiguous.check).toMatchObject({ outcome: 'accepted', bad_rows: 0 });
});

test.each([
  ['id,sent_at\n1,1740823200\n2,1740909600', 'sent_at: { type: timestamp, notation: { epoch: seconds }'],
  ['id,sent_at\n1,1740823200000\n2,1740909600000', 'notation: { epoch: milliseconds }'],
  ['id,pieces\n1,1740823200\n2,1740909600', 'pieces: { type: int64 }'],
  ['zip\n01067\n80331', 'zip: { type: text, required: true }'],
  ['id,total\n1,"1,234"\n2,"5,678"', '# decide: whether the decimal separator is "." or ","'],
  ['id,data\n1,"{""a"": 1}"\n2,"[1]"', 'data: { type: json }'],
  ['id,weight\n1,123456789012345678901.5\n2,1', 'weight: { type: "decimal(38,2)" }'],
  ['a,a,year\n1,2,3\n2,2,4', 'a_2: { type: int64, aliases: [ a ] }'],
])('%j is drafted with %s', async (text, expected) => {
  if (text.startsWith('a,a')) {
    // A column that is named twice cannot be used, so the draft has to leave the choice to a person.
    await expect(drafted(...text.split('\n'))).rejects.toThrow(/more than once|also a name/);
    return;
  }
  const { yaml, check } = await drafted(...text.split('\n'));
  expect(yaml).toContain(expected);
  expect(check).toMatchObject({ outcome: 'accepted', bad_rows: 0 });
});

test('without a unique column the key is left to a person', async () => {
  const { yaml, check } = await drafted('sku,day', 'a,2025-03-01', 'a,2025-03-01');
  expect(yaml).toContain('# decide: the key: no column has another value in every row');
  expect(check).toMatchObject({ outcome: 'accepted' });
});

test('a file that cannot be read is refused with the reason', async () => {
  await expect(inferContract(write('x.csv', 'a', '"b'), 'x')).rejects.toThrow(/quote/);
  await expect(inferContract(write('x.xlsx', 'a'), 'x')).rejects.toThrow(/extension/);
});
