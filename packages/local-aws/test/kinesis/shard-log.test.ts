import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { JournalError } from '../../src/journal/journal';
import { ShardLog } from '../../src/kinesis/shard-log';
import { directoryOf, remove } from '../../src/testing/files';

let directory: string;
beforeEach(() => {
  directory = directoryOf();
});
afterEach(() => remove(directory));

const open = () => new ShardLog({ directory, start: 1000, segmentBytes: 10_000 });
const record = (i: number) => ({ arrivedAt: i, partitionKey: 'k', data: String(i).padStart(60, '0') });
const numbers = (records: { data: string }[]) => records.map(({ data }) => Number(data));

test('records are read from any position, across files, in order', () => {
  const log = open();
  for (let i = 0; i < 1000; i += 10) log.append(Array.from({ length: 10 }, (_, j) => record(i + j)));
  expect(readdirSync(directory).length).toBeGreaterThan(5);
  for (const opened of [log, open()]) {
    expect([opened.first, opened.next]).toEqual([1000, 2000]);
    for (const from of [0, 63, 64, 65, 500, 999]) {
      const expected = Array.from({ length: Math.min(300, 1000 - from) }, (_, i) => from + i);
      expect(numbers(opened.read(1000 + from, 300, 1e9))).toEqual(expected);
    }
    expect(opened.read(2000, 10, 1e9)).toEqual([]);
  }
});

test('a read ends before its bytes exceed the limit, with at least one record', () => {
  const log = open();
  log.append([record(1), record(2), record(3)]);
  expect(numbers(log.read(1000, 10, 130))).toEqual([1, 2]);
  expect(numbers(log.read(1000, 10, 1))).toEqual([1]);
});

test('the first record at a time or later is found', () => {
  const log = open();
  for (let i = 0; i < 500; i++) log.append([record(2 * i)]);
  for (const time of [0, 1, 127, 128, 129, 640, 997, 998]) {
    expect(log.positionAt(time)).toBe(1000 + Math.ceil(time / 2));
  }
  expect(log.positionAt(999)).toBe(1500);
});

test('files whose records are all old are deleted, except the newest', () => {
  const log = open();
  for (let i = 0; i < 500; i++) log.append([record(i)]);
  const before = readdirSync(directory).length;
  log.trim(300);
  expect(readdirSync(directory).length).toBeLessThan(before);
  expect(log.first).toBeGreaterThan(1000);
  expect(log.first).toBeLessThanOrEqual(1300);
  expect(numbers(log.read(1000, 1, 1e9))).toEqual([log.first - 1000]);
  log.trim(1e9);
  expect(readdirSync(directory)).toHaveLength(1);
  const position = log.next;
  expect(open().next).toBe(position);
});

test('a damaged line is named', () => {
  writeFileSync(path.join(directory, '00000000000000001000.jsonl'), '{"t":1,"k":"a","d":""}\n{"t":\n');
  expect(open).toThrow(JournalError);
  expect(open).toThrow('00000000000000001000.jsonl, line 2: expected one JSON record');
});
