import type { Contract } from '../../../domain/contract';
import { BothReaders } from './both-readers';

let readers: BothReaders;
beforeAll(async () => {
  readers = await BothReaders.open();
});
afterAll(() => readers.close());

/** Names that the reader's own SQL could have given to something else. */
const NAMES = [
  ...['file', 'line', 'key', 'accepted', 'complete', 'cells', 'text', 'c0', 'c1', 'f0', 'f1', 'x'],
  ...[
    'first_row',
    'first_line',
    'uploaded_at',
    'file_index',
    'extra',
    'deleted',
    'rows',
    'sources',
    'canonical',
  ],
];
const CONTRACT: Contract = {
  kind: 'parcels',
  key: ['line'],
  partition: { by: 'value', of: 'depot' },
  columns: [
    { name: 'sent_at', type: 'timestamp', required: true },
    { name: 'depot', type: 'text', required: false },
    ...NAMES.map((name) => ({ name, type: 'int64' as const, required: name === 'line' })),
  ],
};

/** Each cell of a row has another number. */
const numbers = (row: number) => NAMES.map((_, at) => String(100 * row + at));
const record = (row: number) => ['2025-04-01T10:00:00', 'north', ...numbers(row)];
const BAD = ['never', 'north', ...numbers(9)];
const HEADER = ['sent_at', 'depot', ...NAMES];
const quoted = (cells: readonly string[]) => cells.map((cell) => `"${cell}"`);

test.each([
  ['plain', [HEADER, record(1), record(2)]],
  ['quoted, with numbered lines', [HEADER, record(1), record(2)].map(quoted)],
  ['plain beside a bad row', [HEADER, record(1), BAD, record(2)]],
  ['quoted beside a bad row', [HEADER, record(1), BAD, record(2)].map(quoted)],
])('columns keep their values whatever they are called: %s', async (_, records) => {
  const text = records.map((cells) => `${cells.join(',')}\n`).join('');
  const { rows } = await readers.read('parcels', text, [CONTRACT]);
  expect(rows.map((row) => NAMES.map((name) => row[name]))).toEqual([numbers(1), numbers(2)]);
});
