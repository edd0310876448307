import { catalog } from '../../../catalog/catalog';
import type { ReadOptions } from '../../../domain/contract';
import { decodedHead } from '../../../formats/csv/encoding';
import { planReading } from '../../../formats/csv/read-plan';
import { type CsvLayout, readRows } from '../../../formats/csv/read-rows';
import { fileEnd, fileStart, formatRow } from '../../../operations/files/file-shape';
import { ORDERS } from '../../builders/csv';

const ROWS = [
  ['1', '7', 'é', '2025-03-30T16:14:26', '', '', '', '1'],
  ['2', '7', 'x y', '2025-03-30T16:14:26', '', '', '', '1'],
];

/** Finds the layout of a file as validate does under these read options. */
async function layoutOf(bytes: Buffer, read: ReadOptions): Promise<CsvLayout> {
  const contracts = catalog.contracts.map((contract) =>
    contract.kind === 'orders' ? { ...contract, read } : contract,
  );
  const plan = await planReading('input/orders.csv', contracts, async () => ({ bytes, isWhole: true }));
  if ('fault' in plan) throw new Error(plan.fault.reason);
  return plan.layout;
}

test.each<[string, ReadOptions, string[][]]>([
  ['nothing', {}, [['3', '7', 'a "b", c\n', '2025-03-30T16:14:26', '', '', '', '1']]],
  ['an encoding', { encoding: 'windows-1252' }, []],
  ['lines above the header and rows at the end', { skipRows: 2, footer: 2 }, []],
  ['no header', { header: ORDERS.split(',') }, []],
  ['a backslash', { escape: '\\' }, [['3', '7', 'a "b\\", c', '2025-03-30T16:14:26', '', '', '', '1']]],
  ['no quotes', { quote: 'none' }, [['3', '7', '5" pipe', '2025-03-30T16:14:26', '', '', '', '1']]],
])('a file of fixed rows is read back where the contract declares %s', async (_, read, more) => {
  const original = Buffer.from(`${'\n'.repeat(read.skipRows ?? 0)}${ORDERS}\n`);
  const layout = await layoutOf(original, read);
  const rows = [...ROWS, ...more];
  const lines = rows.map((row) => `${formatRow(row, layout.dialect)}\n`);
  const file = Buffer.from(fileStart(ORDERS.split(','), layout) + lines.join('') + fileEnd(layout));
  const again = await layoutOf(file, read);
  const found: (readonly string[])[] = [];
  async function* text() {
    yield decodedHead(file, true, read).subarray(again.rowsStart);
  }
  expect(
    await readRows(text(), again, (batch) => void found.push(...batch.map(({ cells }) => cells))),
  ).toBeUndefined();
  expect(found).toEqual(rows);
});
