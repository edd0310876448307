import type { LedgerItem } from '../../domain/ledger';
import { encodeEventKey, INPUT, RECONCILED_FILES } from '../../domain/object-keys';
import type { Reconciled } from '../../domain/workflow';
import type { TaskLogger } from '../../runtime/logger';
import { causeOf } from '../../runtime/task-result';
import type { Bucket, ObjectInfo } from '../../storage/bucket';
import type { Ledger } from '../../storage/ledger/ledger';
import { chunksOf, inParallel } from '../../storage/parallel';
import type { FileQueue } from '../../storage/queue';
import { RECONCILED } from './file-events';

/** Limits of one run, so that the orchestrator has time for its own work. The next run continues. */
const MAX = { listed: 10_000, requeued: 500 };

/** Concurrent reads of the ledger. */
const READS = 16;

/** Most keys in the report. */
const MAX_KEYS = 20;

export interface ReconcileDeps {
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly ledger: Ledger;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
}

/**
 * Replaces lost messages: it re-queues files that have been below `input/` for a while and that no execution has. To be called
 * when the queue is empty and nothing runs: then a file's message is lost, or it is hidden and belongs to a batch that will
 * never end. If the event arrives later, its file is already done. Dead letters are left for a person.
 *
 * One instance for the life of a process, so that it lists `input/` only once in a while and continues where it stopped.
 */
export class Reconciler {
  private listedAt = Number.NEGATIVE_INFINITY;
  private after = '';

  /** @param afterMs the age of a file and of its ledger item before it is re-queued; also the time between two listings */
  constructor(
    private readonly afterMs: number,
    private readonly max = MAX,
  ) {}

  /** @returns how many files were re-queued */
  async run(deps: ReconcileDeps): Promise<number> {
    const now = deps.clock().getTime();
    if (this.after === '' && now - this.listedAt < this.afterMs) return 0;
    this.listedAt = now;
    const old = (await this.nextListed(deps.bucket)).filter(
      ({ key, lastModified }) => !key.endsWith('/') && now - lastModified.getTime() >= this.afterMs,
    );
    let requeued = 0;
    const keys: string[] = [];
    for (const objects of chunksOf(old, READS)) {
      const found = await inParallel(READS, objects, (object) => this.bodyFor(object, now, deps));
      const bodies = found.filter((body) => body !== undefined);
      await deps.queue.send(bodies);
      requeued += bodies.length;
      keys.push(...objects.filter((_, index) => found[index] !== undefined).map(({ key }) => key));
      if (requeued >= this.max.requeued) {
        this.after = objects.at(-1)?.key ?? '';
        break;
      }
    }
    if (requeued > 0) {
      deps.logger.warn('files re-queued whose message was lost', { counts: { files: requeued } });
      await report({ at: deps.clock().toISOString(), files: requeued, keys: keys.slice(0, MAX_KEYS) }, deps);
    }
    return requeued;
  }

  private async nextListed(bucket: Bucket): Promise<ObjectInfo[]> {
    const objects: ObjectInfo[] = [];
    for await (const object of bucket.list(INPUT, this.after)) {
      objects.push(object);
      if (objects.length >= this.max.listed) {
        this.after = object.key;
        return objects;
      }
    }
    this.after = '';
    return objects;
  }

  /** The message for an object; undefined if an execution has it, or a person must act. */
  private async bodyFor(object: ObjectInfo, now: number, deps: ReconcileDeps): Promise<string | undefined> {
    const item = await itemOf(object, deps.ledger);
    if (item?.outcome === 'dead_letter') return undefined;
    if (item && now - Date.parse(item.updated_at) < this.afterMs) return undefined;
    return eventBody(deps.bucket.name, object, item?.uploaded_at ?? uploadTime(object));
  }
}

/** Only people read it, on the health page. */
async function report(found: Reconciled, { bucket, logger }: ReconcileDeps): Promise<void> {
  try {
    await bucket.put(RECONCILED_FILES, `${JSON.stringify(found)}\n`, 'application/json');
  } catch (error) {
    logger.warn('report of re-queued files not written', { cause: causeOf(error) });
  }
}

/** The ledger item of this upload; undefined if the latest item is of an earlier upload. */
async function itemOf(object: ObjectInfo, ledger: Ledger): Promise<LedgerItem | undefined> {
  const { key, etag, lastModified } = object;
  const item = await ledger.latest(key);
  // An event is never older than its object, whose time S3 lists to the second.
  const isSame = item?.etag === etag && Date.parse(item.uploaded_at) >= wholeSecond(lastModified);
  return isSame ? item : undefined;
}

const wholeSecond = (time: Date): number => Math.floor(time.getTime() / 1000) * 1000;

/**
 * S3 lists times to the second. Without an event, the upload counts as of the end of its second, after any earlier upload of
 * the key.
 */
function uploadTime({ lastModified }: ObjectInfo): string {
  const time = lastModified.getTime();
  return new Date(time % 1000 === 0 ? time + 999 : time).toISOString();
}

function eventBody(bucket: string, { key, size, etag }: ObjectInfo, eventTime: string): string {
  const object = { key: encodeEventKey(key), size, eTag: etag };
  const record = { eventVersion: '2.1', eventSource: 'daybook', eventTime, eventName: RECONCILED };
  return JSON.stringify({ Records: [{ ...record, s3: { bucket: { name: bucket }, object } }] });
}
