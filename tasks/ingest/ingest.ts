import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { Bucket } from '../../storage/bucket';
import { inParallel } from '../../storage/parallel';
import type { DeadLetters } from './dead-letters';
import { rawFilesOf } from './raw-files';
import { type RawLine, rawLinesOf } from './raw-lines';
import type { SourceRecord } from './records';

export interface IngestDeps {
  readonly bucket: Pick<Bucket, 'put'>;
  readonly deadLetters: DeadLetters;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
}

/** The records that failed, for Lambda to pass again; it considers the others done. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const PARALLEL = 8;

/**
 * Writes the events of a batch as raw files below `input/events/`. A record that is no text goes to the dead-letter queue with the
 * reason, so that it does not hold up the others; text that is no JSON is kept as a line, which validate rejects. Returns only after
 * all of them are written.
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
  logger.info('events written', {
    counts: { records: records.length, events: lines.length, dead_letters: dead.length },
    files: files.map(({ key }) => key),
  });
  return { batchItemFailures: failed.flat() };
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
