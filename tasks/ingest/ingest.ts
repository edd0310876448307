import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { inParallel } from '../../storage/parallel';
import type { DeadLetters } from './dead-letters';
import { rawFilesOf } from './raw-files';
import { type RawLine, rawLinesOf } from './raw-lines';
import type { SourceRecord } from './records';

/** Writes events where they are seen at once. @returns how many rows were written */
export type WriteEvents = (lines: readonly RawLine[]) => Promise<number>;

export interface IngestDeps {
  readonly bucket: Pick<Bucket, 'put'>;
  readonly deadLetters: DeadLetters;
  /** To the warehouse, if there is one. */
  readonly writeEvents?: WriteEvents | undefined;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
}

/** The records that failed, for Lambda to pass again; it considers the others done. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const PARALLEL = 8;

/** Well below the timeout of the function, after which the records would come again, and after some times be dead letters. */
const WRITE_TIMEOUT_MS = 25_000;

/**
 * Writes the events of a batch as raw files below `input/events/`. A record that is no text goes to the dead-letter queue with the
 * reason, so that it does not hold up the others; text that is no JSON is kept as a line, which validate rejects. Returns only after
 * all of them are written.
 *
 * Then it writes the events to the warehouse, if there is one. That this fails is no failure of the batch: the events are in their files, from
 * which the next load has them.
 *
 * A retry of the batch writes the same files. A retry of other records with some of these writes the same events again, with the same
 * ids.
 * @throws errors of S3, and of the dead-letter queue for a record of Kafka: then the whole batch is to be passed again
 */
export async function run(records: readonly SourceRecord[], deps: IngestDeps): Promise<BatchResponse> {
  const { bucket, deadLetters, clock, logger } = deps;
  const now = clock();
  const lines: RawLine[] = [];
  const dead: { readonly record: SourceRecord; readonly reason: string }[] = [];
  for (const record of records) {
    const reason = reasonOr(record, (text) => lines.push(...rawLinesOf({ ...record, text }, now)));
    if (reason !== undefined) dead.push({ record, reason });
  }
  const files = rawFilesOf(lines);
  await inParallel(PARALLEL, files, ({ key, body }) => bucket.put(key, body, 'application/gzip'));
  const failed = await inParallel(PARALLEL, dead, async ({ record, reason }) => {
    const { source, position, identifier } = record;
    try {
      await deadLetters.send(record, reason);
      logger.warn('record is a dead letter', { source, position, reason });
      return [];
    } catch (error) {
      logger.error('dead letter not sent', { source, position, reason, cause: causeOf(error) });
      if (identifier === undefined) throw error;
      return [{ itemIdentifier: identifier }];
    }
  });
  const rows = await warehouseRows(lines, deps);
  logger.info('events written', {
    counts: {
      records: records.length,
      events: lines.length,
      dead_letters: dead.length,
      ...(rows !== undefined && { warehouse_rows: rows }),
    },
    files: files.map(({ key }) => key),
  });
  return { batchItemFailures: failed.flat() };
}

/** The rows that were written to the warehouse; undefined if there is none, or it failed. */
async function warehouseRows(
  lines: readonly RawLine[],
  { writeEvents, logger }: IngestDeps,
): Promise<number | undefined> {
  if (!writeEvents || lines.length === 0) return undefined;
  try {
    return await withTimeout(writeEvents(lines), WRITE_TIMEOUT_MS);
  } catch (error) {
    logger.warn('events not written to the warehouse: the next load has them', {
      counts: { events: lines.length },
      cause: causeOf(error),
    });
    return undefined;
  }
}

/** @throws RangeError if the work takes longer; it goes on, but nothing waits for it */
async function withTimeout<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RangeError(`it took longer than ${milliseconds / 1000} s`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a record; returns the reason why it cannot be read. */
function reasonOr({ text }: SourceRecord, read: (text: string) => void): string | undefined {
  if (text === undefined) return 'expected UTF-8 text with JSON, got other bytes';
  try {
    read(text);
    return undefined;
  } catch (error) {
    return causeOf(error);
  }
}
