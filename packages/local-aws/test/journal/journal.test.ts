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

/** A map behind a journal. */
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

test('what was written is found by another opening, without a close', () => {
  const first = open();
  first.set({ set: 'a', to: '1' }, { set: 'b', to: 'grün\n"2"' });
  first.set({ set: 'a', to: '3' });
  expect([...open().values]).toEqual([
    ['a', '3'],
    ['b', 'grün\n"2"'],
  ]);
});

test('opening rewrites the file to what still counts', () => {
  const first = open();
  for (let i = 0; i < 100; i++) first.set({ set: 'a', to: String(i) });
  open();
  expect(readFileSync(path, 'utf8')).toBe('{"set":"a","to":"99"}\n');
});

test('a last line cut short is dropped, and later ones stand whole', () => {
  open().set({ set: 'a', to: '1' });
  appendFileSync(path, '{"set":"b","t');
  const second = open();
  second.set({ set: 'c', to: '2' });
  expect([...open().values.keys()]).toEqual(['a', 'c']);
});

test('damage before the end is told with file and line', () => {
  open();
  writeFileSync(path, '{"set":"a","to":"1"}\nnonsense\n{"set":"b","to":"1"}\n');
  expect(() => open()).toThrow(`${path}, line 2: expected one JSON record`);
});

test('the file is rewritten once it has grown, and goes on', () => {
  const first = open(1000);
  for (let i = 0; i < 500; i++) first.set({ set: String(i % 3), to: String(i) });
  expect(readFileSync(path, 'utf8').length).toBeLessThan(1100);
  expect([...open().values]).toEqual([
    ['0', '498'],
    ['1', '499'],
    ['2', '497'],
  ]);
});

test('lines that lie across the read buffer are whole', () => {
  const first = open();
  const values = Array.from({ length: 5 }, (_, i) => `${i}${'é'.repeat(300_000)}`);
  for (const [i, to] of values.entries()) first.set({ set: String(i), to });
  expect([...open().values.values()]).toEqual(values);
});

test('nothing is taken after closing', () => {
  const { journal } = open();
  journal.close();
  expect(() => journal.append({ set: 'a', to: '1' })).toThrow('is closed');
});
