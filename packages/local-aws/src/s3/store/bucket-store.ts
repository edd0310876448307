import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noSuchBucket, noSuchKey } from '../errors';
import type { NotificationConfiguration } from '../notification';
import { AppendLog } from './append-log';
import { Blobs, isMissing } from './blobs';
import { KeyedLock } from './keyed-lock';
import { ObjectIndex } from './object-index';
import type { Scratch } from './scratch';
import type { Timeline } from './timeline';
import { Uploads } from './uploads';
import type { HeaderList, ObjectContent, ObjectVersion } from './version';

/** `bucket.json` */
interface BucketSettings {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly notification: NotificationConfiguration;
}

/** `objects.log`: the last entry of a key is current. `at` is the time of the deleted version. */
type LogEntry = { readonly put: ObjectVersion } | { readonly delete: string; readonly at: number };

/** Checks the current object of a key before a change; throws to reject the change. */
export type Condition = (current: ObjectVersion | undefined) => void;

/** Retention of deletion times, so that a clock set back does not repeat the time of a deleted version. */
const REMEMBER_DELETED_MS = 3_600_000;
const MAX_DELETED_KEPT = 10_000;
/** Attempts of a reader if the version is replaced before it is opened. */
const OPEN_ATTEMPTS = 20;

const LOG = 'objects.log';
const SETTINGS = 'bucket.json';

/**
 * A bucket on disk. A change renames a file into `data/` and commits it with a line in `objects.log`. The index in memory
 * follows the log.
 */
export class BucketStore {
  private readonly locks = new KeyedLock();
  private changes = 0;
  private removed = false;

  private constructor(
    private readonly directory: string,
    private readonly scratch: Scratch,
    private readonly timeline: Timeline,
    private currentSettings: BucketSettings,
    private readonly log: AppendLog<LogEntry>,
    private readonly blobs: Blobs,
    readonly index: ObjectIndex,
    /** Upload time of the last version of deleted keys. */
    private readonly deleted: Map<string, number>,
    readonly uploads: Uploads,
  ) {}

  /** Creates the directory of an empty bucket. */
  static async create(directory: string, scratch: Scratch, settings: BucketSettings): Promise<void> {
    await mkdir(join(directory, 'data'), { recursive: true });
    await mkdir(join(directory, 'uploads'));
    await scratch.writeJson(join(directory, SETTINGS), settings);
  }

  static async open(directory: string, scratch: Scratch, timeline: Timeline): Promise<BucketStore> {
    const settings = JSON.parse(await readFile(join(directory, SETTINGS), 'utf8')) as BucketSettings;
    const blobs = new Blobs(join(directory, 'data'), scratch);
    const { log, versions, deleted } = await replay(join(directory, LOG), scratch, timeline);

    const stored = new Set(await blobs.ids());
    for (const [key, version] of versions) if (!stored.has(version.id)) versions.delete(key);
    const used = new Set([...versions.values()].map(({ id }) => id));
    for (const id of stored) if (!used.has(id)) await blobs.remove(id);

    const index = ObjectIndex.of(versions.values());
    const uploads = await Uploads.open(join(directory, 'uploads'), scratch, timeline);
    return new BucketStore(directory, scratch, timeline, settings, log, blobs, index, deleted, uploads);
  }

  get settings(): BucketSettings {
    return this.currentSettings;
  }

  async setNotification(notification: NotificationConfiguration): Promise<void> {
    const settings = { ...this.currentSettings, notification };
    await this.scratch.writeJson(join(this.directory, SETTINGS), settings);
    this.currentSettings = settings;
  }

  /** @throws NoSuchKey */
  require(key: string): ObjectVersion {
    const version = this.index.get(key);
    if (!version) throw noSuchKey(key);
    return version;
  }

  /**
   * The object and its open file, which the caller closes. It remains readable after changes of the key.
   * @throws NoSuchKey
   */
  async open(key: string) {
    return this.retryWhenReplaced(key, async (version) => ({
      version,
      file: await this.blobs.open(version.id),
    }));
  }

  /** The object and a scratch file with its bytes. @throws NoSuchKey */
  async linkToScratch(key: string): Promise<{ version: ObjectVersion; id: string }> {
    return this.retryWhenReplaced(key, async (version) => ({
      version,
      id: await this.blobs.linkToScratch(version.id),
    }));
  }

  /**
   * Atomically stores a scratch file as the object of a key if `condition` holds. After a throw, the scratch file may have
   * been removed.
   */
  put(key: string, id: string, content: ObjectContent, condition: Condition): Promise<ObjectVersion> {
    return this.withLock(key, async () => {
      const before = this.index.get(key);
      condition(before);
      const previous = Math.max(before?.lastModified ?? 0, this.deleted.get(key) ?? 0);
      const version: ObjectVersion = { ...content, key, id, ...this.timeline.after(previous) };
      await this.blobs.moveFromScratch(id);
      try {
        await this.log.append({ put: version });
      } catch (error) {
        await this.blobs.remove(id);
        throw error;
      }
      this.index.set(version);
      this.deleted.delete(key);
      if (before) await this.blobs.remove(before.id);
      return version;
    });
  }

  /** Deletes the object of a key if `condition` holds; undefined without an object. */
  delete(key: string, condition: Condition): Promise<ObjectVersion | undefined> {
    return this.withLock(key, async () => {
      const before = this.index.get(key);
      condition(before);
      if (!before) return undefined;
      await this.log.append({ delete: key, at: before.lastModified });
      this.index.delete(key);
      this.deleted.set(key, before.lastModified);
      this.forgetDeleted();
      await this.blobs.remove(before.id);
      return before;
    });
  }

  /** Replaces an object's tags. @throws NoSuchKey */
  tag(key: string, tags: HeaderList): Promise<void> {
    return this.withLock(key, async () => {
      const version = { ...this.require(key), tags };
      await this.log.append({ put: version });
      this.index.set(version);
    });
  }

  /** Rejects further changes; returns false if the bucket is not empty or a change is pending. */
  retire(): boolean {
    if (this.index.size > 0 || this.changes > 0) return false;
    this.removed = true;
    return true;
  }

  async close(): Promise<void> {
    await this.log.close();
  }

  private async withLock<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (this.removed) throw noSuchBucket(this.settings.name);
    this.changes++;
    try {
      return await this.locks.run(key, task);
    } finally {
      this.changes--;
    }
  }

  /** Reads an object's file, and retries if the object is replaced meanwhile. */
  private async retryWhenReplaced<T>(key: string, read: (version: ObjectVersion) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const version = this.require(key);
      try {
        return await read(version);
      } catch (error) {
        if (!isMissing(error) || attempt >= OPEN_ATTEMPTS) throw error;
      }
    }
  }

  private forgetDeleted(): void {
    if (this.deleted.size <= MAX_DELETED_KEPT) return;
    const before = this.timeline.now() - REMEMBER_DELETED_MS;
    for (const [key, at] of this.deleted) if (at < before) this.deleted.delete(key);
  }
}

/** Replays the log, and compacts it if most entries are obsolete. */
async function replay(path: string, scratch: Scratch, timeline: Timeline) {
  const { log, entries } = await AppendLog.open<LogEntry>(path);
  const versions = new Map<string, ObjectVersion>();
  const deleted = new Map<string, number>();
  for (const entry of entries) {
    if ('put' in entry) {
      versions.set(entry.put.key, entry.put);
      deleted.delete(entry.put.key);
      timeline.continueAfter(entry.put.sequencer);
    } else {
      versions.delete(entry.delete);
      deleted.set(entry.delete, entry.at);
    }
  }
  const before = timeline.now() - REMEMBER_DELETED_MS;
  for (const [key, at] of deleted) if (at < before) deleted.delete(key);
  const live = versions.size + deleted.size;
  if (entries.length <= 2 * live + 1000) return { log, versions, deleted };

  await log.close();
  const compacted: LogEntry[] = [
    ...[...versions.values()].map((put) => ({ put })),
    ...[...deleted].map(([key, at]) => ({ delete: key, at })),
  ];
  await AppendLog.replace(path, scratch.path(scratch.newId()), compacted);
  return { log: (await AppendLog.open<LogEntry>(path)).log, versions, deleted };
}
