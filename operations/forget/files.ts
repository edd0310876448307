/**
 * A person's rows in the files of the bucket: archived and rejected ones, those that wait, and what executions wrote about them.
 */

import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { jsonOrUndefined } from '../../domain/json';
import {
  ARCHIVE,
  INPUT,
  isRowsKey,
  REJECTED,
  RESULTS,
  reasonKey,
  rejectedKey,
  rejectedRowsKey,
  taskResultKey,
} from '../../domain/object-keys';
import { replayedUpload } from '../../domain/replay';
import { DAY_MS } from '../../domain/time';
import { quoteLiteral } from '../../engine/duckdb/quote';
import type { LocalFile } from '../../formats/input-file';
import { type Lake, newId } from '../../lake/lake';
import { selectionOf } from '../../lake/rewrite';
import type { ObjectInfo } from '../../storage/bucket';
import { type PersonTable, rowsOf } from './person-rows';
import type { LeftObject, PlaceChange } from './receipt';
import { type FileReader, findRows, namesIn, writeWithout } from './rows-in-file';
import { sayings, scrubReport } from './scrub';

/** What is done with the objects, and what was found so far. */
export interface ObjectWork extends FileReader {
  readonly lake: Lake;
  readonly dryRun: boolean;
  readonly found: (place: string, change: PlaceChange, count: number) => void;
  readonly left: (object: LeftObject) => void;
  /** An object of which an older version has the person, and when that became or becomes an old version. */
  readonly replaced: (key: string, at: Date) => void;
  /** What names the person in texts. */
  readonly names: Set<string>;
  /** Cells of rejected rows, which reasons can quote. */
  readonly quoted: Set<string>;
  readonly onProgress?: ((key: string) => void) | undefined;
}

/** The suffix of what validate writes beside a rejected file. */
const REASON = reasonKey('');
const BAD_ROWS = rejectedRowsKey('');

/** A file with rows of the person, or with bad rows of the person. */
export interface FileWithRows {
  readonly object: ObjectInfo;
  /** The key below input/ that it was uploaded under; undefined for a list of bad rows. */
  readonly input: string | undefined;
  readonly rows: number;
  /** Of a list of bad rows: the lines of the person in the file itself; undefined if that cannot be read. */
  readonly lines?: ReadonlySet<number> | undefined;
}

/**
 * Finds the files in archive/ and rejected/ with rows of a person; adds the orders and visitors that they name to the person, and what
 * reasons can quote of its bad rows.
 *
 * @param since only objects that were written since then
 */
export async function findFiles(work: ObjectWork, since: Date): Promise<FileWithRows[]> {
  const files: FileWithRows[] = [];
  /** By the key of the bad rows of a file: the lines of the person. */
  const lines = new Map<string, ReadonlySet<number>>();
  for (const prefix of [ARCHIVE, REJECTED]) {
    for await (const object of work.lake.bucket.list(prefix)) {
      const { key, lastModified } = object;
      if (key.endsWith(REASON) || key.endsWith('/')) continue;
      work.onProgress?.(key);
      if (prefix === REJECTED && key.endsWith(BAD_ROWS)) {
        const { removed } = await splitBadRows(work, object, lines.get(key));
        if (removed.length > 0)
          files.push({ object, input: undefined, rows: removed.length, lines: lines.get(key) });
        for (const { record } of removed)
          for (const value of quotedValues(record[2] ?? '')) work.quoted.add(value);
        continue;
      }
      const [, execution = '', ...rest] = key.split('/');
      const input = `${INPUT}${rest.join('/')}`;
      const badRowsKey = rejectedRowsKey(rejectedKey(execution, input));
      if (lastModified < since) {
        lines.set(badRowsKey, new Set());
        continue;
      }
      const found = await withDownload(work.lake, object, input, (file) => findRows(file, work));
      if ('unreadable' in found) {
        work.left({ key, reason: `cannot be read, so it is as it was: ${found.unreadable}` });
        continue;
      }
      lines.set(badRowsKey, found.lines);
      if (found.rows === 0) continue;
      files.push({ object, input, rows: found.rows });
      for (const cell of found.badCells) work.quoted.add(cell);
    }
  }
  // The lines of bad rows are those of the file itself, as long as that has them.
  return files.sort((a, b) => Number(a.input !== undefined) - Number(b.input !== undefined));
}

/** Writes files without the rows of the person. One that has none any more is not written, so a retry is safe. */
export async function removeFromFiles(work: ObjectWork, files: readonly FileWithRows[]): Promise<void> {
  const { lake } = work;
  for (const { object, input, lines } of files) {
    const { key } = object;
    work.onProgress?.(key);
    if (input === undefined) {
      const { kept, removed } = await splitBadRows(work, object, lines);
      if (removed.length === 0) continue;
      await lake.bucket.put(key, kept.map(({ raw }) => raw).join(''), 'text/csv');
      work.found(key, 'rows removed', removed.length);
    } else {
      await withDownload(lake, object, input, async (file, metadata) => {
        const found = await findRows(file, work);
        if ('unreadable' in found || found.rows === 0) return;
        const to = `${file.path}.without`;
        await writeWithout(file, found, to, { db: lake.db, rules: work.rules });
        await lake.bucket.upload(key, to, metadata);
        await rm(to, { force: true });
        work.found(key, 'rows removed', found.rows);
        // Moved from input/ when it was written here: there it is an old version.
        work.replaced(input, object.lastModified);
      });
    }
    work.replaced(key, lake.clock());
  }
}

/** Names the files that wait and have rows of the person: they are not changed, as their versions are those of their uploads. */
export async function findWaiting(work: ObjectWork): Promise<void> {
  for await (const object of work.lake.bucket.list(INPUT)) {
    if (object.key.endsWith('/')) continue;
    work.onProgress?.(object.key);
    await withDownload(work.lake, object, object.key, async (file) => {
      const found = await findRows(file, work);
      if ('rows' in found && found.rows > 0)
        work.left({ key: object.key, reason: 'waits to be processed: run this again afterwards' });
    });
  }
}

interface BadRowRecord {
  /** Line, columns, reason and text of the row. */
  readonly record: readonly string[];
  readonly raw: string;
}

/**
 * The records of a `.rows.csv` whose rows belong to the person, and the others with the header.
 * @param lines of the person in the file itself; undefined: the text of a row tells
 */
async function splitBadRows(
  { lake, person, left }: ObjectWork,
  { key }: ObjectInfo,
  lines: ReadonlySet<number> | undefined,
): Promise<{ readonly kept: readonly BadRowRecord[]; readonly removed: readonly BadRowRecord[] }> {
  const body = (await lake.bucket.get(key)) ?? '';
  try {
    const options = { raw: true, relax_column_count: true };
    const records = parse(Buffer.from(body), options) as unknown as readonly BadRowRecord[];
    const isPersons = ({ record: [line, , , row = ''] }: BadRowRecord, at: number) =>
      at > 0 && (lines ? lines.has(Number(line)) : namesIn(person, row));
    return {
      kept: records.filter((one, at) => !isPersons(one, at)),
      removed: records.filter(isPersons),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    left({ key, reason: `cannot be read, so it is as it was: ${error.message}` });
    return { kept: [], removed: [] };
  }
}

/** The values that a reason quotes. */
const quotedValues = (reason: string): string[] =>
  [...reason.matchAll(/"([^"]+)"/g)].map(([, value = '']) => value);

/**
 * Removes a person from what executions keep: values that reasons quote, in results and reports, and the typed rows of
 * executions that ended. Those of a running one are named.
 */
export async function forgetResults(work: ObjectWork, tables: readonly PersonTable[]): Promise<void> {
  const { lake, dryRun } = work;
  const said = sayings(work.names, work.quoted);
  for (const prefix of [RESULTS, REJECTED]) {
    for await (const object of lake.bucket.list(prefix)) {
      const { key } = object;
      if (isRowsKey(key)) await forgetTypedRows(work, object, tables);
      else if (key.endsWith('.json')) {
        const body = await lake.bucket.get(key);
        const report = body && jsonOrUndefined(Buffer.from(body).toString('utf8'));
        const scrubbed = scrubReport(report, said);
        if (scrubbed === report) continue;
        work.found(key, 'reasons changed', 1);
        if (dryRun) continue;
        await lake.bucket.put(key, `${JSON.stringify(scrubbed, null, 2)}\n`, 'application/json');
        work.replaced(key, lake.clock());
      }
    }
  }
}

/** Longer than any execution runs. */
const MAX_EXECUTION_MS = DAY_MS;

async function forgetTypedRows(
  work: ObjectWork,
  object: ObjectInfo,
  tables: readonly PersonTable[],
): Promise<void> {
  const { lake, dryRun, person } = work;
  const [, execution = '', , kind] = object.key.split('/');
  const table = tables.find(({ contract }) => contract.kind === kind);
  if (!table) return;
  const rows = rowsOf(person, table, false);
  if (rows.length === 0) return;
  await withDownload(lake, object, object.key, async ({ path: local }) => {
    const [found] = await lake.db.rows(
      `select count(*) as rows from read_parquet(${quoteLiteral(local)}) as t where ${selectionOf(rows)}`,
    );
    if (Number(found?.rows) === 0) return;
    const isOld = lake.clock().getTime() - object.lastModified.getTime() > MAX_EXECUTION_MS;
    if (!isOld && !(await isStaged(lake, execution))) {
      work.left({ key: object.key, reason: 'belongs to a running execution: run this again afterwards' });
      return;
    }
    work.found(object.key, 'objects removed', 1);
    if (dryRun) return;
    await lake.bucket.delete(object.key);
    work.replaced(object.key, lake.clock());
  });
}

async function isStaged({ bucket }: Lake, execution: string): Promise<boolean> {
  const result = await bucket.get(taskResultKey(execution, 'stage'));
  const parsed = result && jsonOrUndefined(Buffer.from(result).toString('utf8'));
  return typeof parsed === 'object' && parsed !== null && 'status' in parsed && parsed.status === 'succeeded';
}

/** @param input the key below input/, which tells how the file is read */
async function withDownload<Result>(
  lake: Lake,
  { key, size, lastModified }: ObjectInfo,
  input: string,
  work: (file: LocalFile, metadata: Readonly<Record<string, string>> | undefined) => Promise<Result>,
): Promise<Result> {
  const local = path.join(lake.workDirectory, `object-${newId(lake)}`);
  try {
    const found = await lake.bucket.download(key, local, undefined, size);
    // An object that was deleted since it was listed has nothing of anybody.
    if (!found) await writeFile(local, '');
    const uploadedAt = lastModified.toISOString();
    const file = { key: input, path: local, size: found?.size ?? 0, uploadedAt };
    return await work(
      { ...file, uploadedAt: replayedUpload(found?.metadata, uploadedAt) ?? uploadedAt },
      found?.metadata,
    );
  } finally {
    await rm(local, { force: true });
  }
}
