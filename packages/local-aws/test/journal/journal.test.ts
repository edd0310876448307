import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../../src/journal/journal';

type Entry = { set: string; to: string };

let directory: string;
let path: string;
const opened: Journal<Entry>[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-aws-journal-'));
  path = join(directory, 'deep', 'journal.jsonl');
});
afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A map with a journal. */
function open(compactAbove?: number) {
  const values = new Map<string, string>();
  const journal = new Journal<Entry>({
    path,
    replay: ({ set, to }) => values.set(set, to),
    snapshot: () => [...values].map(([set, to]) => ({ set, to })),
    ...(compactAbove !== undefined && { compactAbove }),
  });
  opened.push(journal);
  return {
    journal,
    values,
    set(...entries: Entry[]) {
      journal.append(...entries);
      for (const { set, to } of entries) values.set(set, to);
      journal.compactIfGrown();
    },
  };
}

test('entries are replayed without a previous close', () => {
  const first = open();
  first.set({ set: 'a', to: '1' }, { set: 'b', to: 'grün\n"2"' });
  first.set({ set: 'a', to: '3' });
  expect([...open().values]).toEqual([
    ['a', '3'],
    ['b', 'grün\n"2"'],
  ]);
});

test('opening compacts the file', () => {
  const first = open();
  for (let i = 0; i < 100; i++) first.set({ set: 'a', to: String(i) });
  open();
  expect(readFileSync(path, 'utf8')).toBe('{"set":"a","to":"99"}\n');
});

test('an incomplete last line is dropped, and later entries are intact', () => {
  open().set({ set: 'a', to: '1' });
  appendFileSync(path, '{"set":"b","t');
  const second = open();
  second.set({ set: 'c', to: '2' });
  expect([...open().values.keys()]).toEqual(['a', 'c']);
});

test('an error for damage before the end names file and line', () => {
  open();
  writeFileSync(path, '{"set":"a","to":"1"}\nnonsense\n{"set":"b","to":"1"}\n');
  expect(() => open()).toThrow(`${path}, line 2: expected one JSON record`);
});

test('the file is compacted after it has grown', () => {
  const first = open(1000);
  for (let i = 0; i < 500; i++) first.set({ set: String(i % 3), to: String(i) });
  expect(readFileSync(path, 'utf8').length).toBeLessThan(1100);
  expect([...open().values]).toEqual([
    ['0', '498'],
    ['1', '499'],
    ['2', '497'],
  ]);
});

test('lines across the read buffer boundary are complete', () => {
  const first = open();
  const values = Array.from({ length: 5 }, (_, i) => `${i}${'é'.repeat(300_000)}`);
  for (const [i, to] of values.entries()) first.set({ set: String(i), to });
  expect([...open().values.values()]).toEqual(values);
});

test('appending after close fails', () => {
  const { journal } = open();
  journal.close();
  expect(() => journal.append({ set: 'a', to: '1' })).toThrow('is closed');
});
