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

/** Of one run: what goes beyond waits for the next, so that the orchestrator always has time for its own work. */
const MOST = { listed: 10_000, announced: 500 };

/** Looks into the ledger at one time. */
const LOOKS = 16;

/** Of the files that were announced, so many are named. */
const NAMED = 20;

export interface ReconcileDeps {
  readonly bucket: Bucket;
  readonly queue: FileQueue;
  readonly ledger: Ledger;
  readonly clock: () => Date;
  readonly logger: TaskLogger;
}

/**
 * Makes up for messages that never came: announces files below `input/` that have lain there for a while and that nobody
 * is dealing with. To be called when the queue is empty and nothing runs: a file's message is lost then, or is
 * hidden and belongs to a batch that will not come to its end. The event, should it come after all, finds its file dealt
 * with. Dead letters are left to a person.
 *
 * One instance for the life of a process, so that it looks once in a while only and goes on where it left off.
 */
export class Reconciler {
  private lookedAt = Number.NEGATIVE_INFINITY;
  private after = '';

  /** @param afterMs how long a file, or what is known of it, is left alone; and how long between two looks at all of them */
  constructor(
    private readonly afterMs: number,
    private readonly most = MOST,
  ) {}

  /** @returns how many files were announced */
  async run(deps: ReconcileDeps): Promise<number> {
    const now = deps.clock().getTime();
    if (this.after === '' && now - this.lookedAt < this.afterMs) return 0;
    this.lookedAt = now;
    const old = (await this.nextListed(deps.bucket)).filter(
      ({ key, lastModified }) => !key.endsWith('/') && now - lastModified.getTime() >= this.afterMs,
    );
    let announced = 0;
    const keys: string[] = [];
    for (const objects of chunksOf(old, LOOKS)) {
      const found = await inParallel(LOOKS, objects, (object) => this.bodyFor(object, now, deps));
      const bodies = found.filter((body) => body !== undefined);
      await deps.queue.send(bodies);
      announced += bodies.length;
      keys.push(...objects.filter((_, index) => found[index] !== undefined).map(({ key }) => key));
      if (announced >= this.most.announced) {
        this.after = objects.at(-1)?.key ?? '';
        break;
      }
    }
    if (announced > 0) {
      deps.logger.warn('files announced whose message was lost', { counts: { files: announced } });
      await tell({ at: deps.clock().toISOString(), files: announced, keys: keys.slice(0, NAMED) }, deps);
    }
    return announced;
  }

  private async nextListed(bucket: Bucket): Promise<ObjectInfo[]> {
    const objects: ObjectInfo[] = [];
    for await (const object of bucket.list(INPUT, this.after)) {
      objects.push(object);
      if (objects.length >= this.most.listed) {
        this.after = object.key;
        return objects;
      }
    }
    this.after = '';
    return objects;
  }

  /** The message for an object; undefined for one that somebody deals with. */
  private async bodyFor(object: ObjectInfo, now: number, deps: ReconcileDeps): Promise<string | undefined> {
    const item = await itemOf(object, deps.ledger);
    if (item?.outcome === 'dead_letter') return undefined;
    if (item && now - Date.parse(item.updated_at) < this.afterMs) return undefined;
    return eventBody(deps.bucket.name, object, item?.uploaded_at ?? uploadTime(object));
  }
}

/** For people who look at the pipeline's health; nothing else needs it. */
async function tell(found: Reconciled, { bucket, logger }: ReconcileDeps): Promise<void> {
  try {
    await bucket.put(RECONCILED_FILES, `${JSON.stringify(found)}\n`, 'application/json');
  } catch (error) {
    logger.warn('not told which files were announced', { cause: causeOf(error) });
  }
}

/** What the ledger knows of this very upload, and not of an earlier one under the key. */
async function itemOf(object: ObjectInfo, ledger: Ledger): Promise<LedgerItem | undefined> {
  const { key, etag, lastModified } = object;
  const item = await ledger.latest(key);
  // An event is not told before its object was written, of which S3 tells the second.
  const isIt = item?.etag === etag && Date.parse(item.uploaded_at) >= wholeSecond(lastModified);
  return isIt ? item : undefined;
}

const wholeSecond = (time: Date): number => Math.floor(time.getTime() / 1000) * 1000;

/**
 * Where no event told the time to the millisecond, the last of the second that S3 tells: whatever lay under the key before
 * was uploaded before.
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
