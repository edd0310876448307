import { catalog } from '../../catalog/catalog';
import type { FileEntry, FilePage } from '../../console/api/files';
import { faultsOf, fixedRows, isFixed } from '../../console/app/files/fixing';
import { mergeFiles } from '../../console/app/files/merge-files';
import { matchHeader } from '../../domain/header-match';

const entry = (name: string, updated_at: string, outcome: FileEntry['outcome'] = 'archived'): FileEntry => ({
  key: `input/${name}`,
  etag: name,
  size: 1,
  uploaded_at: '2025-01-01',
  upload: `2025-01-01/${name}`,
  updated_at,
  outcome,
});
const page = (files: readonly FileEntry[], next: string | null = 'more'): FilePage => ({
  files,
  next,
  searched: files.length,
});

describe('a paginated list', () => {
  const deep = [page([entry('b', '5'), entry('c', '4')]), page([entry('d', '3', 'running')], null)];

  test('lists each upload once; the first page takes precedence', () => {
    const { files, hasGap } = mergeFiles(page([entry('d', '6'), entry('b', '5')]), deep);
    expect(files.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual([
      'input/d archived',
      'input/b archived',
      'input/c archived',
    ]);
    expect(hasGap).toBe(false);
  });

  test('reports a gap when more uploads arrived than fit on the first page', () => {
    expect(mergeFiles(page([entry('x', '8'), entry('y', '7')]), deep).hasGap).toBe(true);
    expect(mergeFiles(page([entry('x', '8'), entry('y', '7')], null), deep).hasGap).toBe(false);
  });
});

describe('a row that is fixed', () => {
  const header = [
    'Status',
    'num_of_item',
    'order_id',
    'user_id',
    'note',
    'created_at',
    'shipped_at',
    'delivered_at',
    'returned_at',
  ];
  const found = matchHeader('input/orders.csv', header, catalog.contracts);
  if (!('match' in found)) throw new Error('no match');
  const { match } = found;
  const good = ['new', '1', '7', '8', '', '2025-03-08T10:00:00', '', '', ''];

  test('lists faults by cell index', () => {
    const { row, cells } = faultsOf(good.with(2, 'x').with(5, ''), match);
    expect(row).toBeUndefined();
    expect([...cells]).toEqual([
      [2, 'expected a whole number, got "x"'],
      [5, 'expected a value, got none'],
    ]);
  });

  test('has a fault as a whole where cells are missing, or where its quotes are a guess that nobody confirmed', () => {
    expect(faultsOf(good.slice(1), match)).toMatchObject({ row: 'expected 9 fields, got 8' });
    expect(faultsOf(good, match, true).row).toContain('a misplaced quote');
    expect(isFixed(faultsOf(good, match))).toBe(true);
  });

  test('is sent only where it was changed, and is right', () => {
    const rows = [2, 3, 4].map((line) => ({
      line,
      columns: [],
      reason: '',
      text: '',
      cells: [],
      isGuess: false,
    }));
    const edits = new Map([
      [4, good],
      [2, good.with(2, 'x')],
    ]);
    expect(fixedRows(rows, edits, match)).toEqual([{ line: 4, cells: good }]);
  });
});
