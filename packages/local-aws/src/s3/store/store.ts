import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { noSuchBucket, S3Error } from '../errors';
import { NO_NOTIFICATION } from '../notification';
import { BucketStore } from './bucket-store';
import { KeyedLock } from './keyed-lock';
import { Scratch } from './scratch';
import { Timeline } from './timeline';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

/** All buckets, in a directory used by one process at a time. */
export class Store {
  private readonly buckets = new Map<string, BucketStore>();
  private readonly locks = new KeyedLock();

  private constructor(
    private readonly directory: string,
    readonly scratch: Scratch,
    readonly timeline: Timeline,
  ) {}

  static async open(directory: string, clock: () => Date): Promise<Store> {
    const buckets = join(directory, 'buckets');
    await mkdir(buckets, { recursive: true });
    const store = new Store(buckets, await Scratch.open(join(directory, 'tmp')), new Timeline(clock));
    for (const name of await readdir(buckets)) if (BUCKET_NAME.test(name)) await store.load(name);
    return store;
  }

  all(): BucketStore[] {
    return [...this.buckets.values()].sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
  }

  /** @throws NoSuchBucket */
  bucket(name: string): BucketStore {
    const bucket = this.buckets.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** Idempotent. @throws InvalidBucketName */
  async createBucket(name: string): Promise<void> {
    if (!BUCKET_NAME.test(name)) {
      throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: name });
    }
    await this.locks.run(name, async () => {
      if (this.buckets.has(name)) return;
      const prepared = this.scratch.path(this.scratch.newId());
      const createdAt = this.timeline.now();
      await BucketStore.create(prepared, this.scratch, { name, createdAt, notification: NO_NOTIFICATION });
      await rename(prepared, join(this.directory, name));
      await this.load(name);
    });
  }

  /** Deletes multipart uploads in progress too. @throws NoSuchBucket, BucketNotEmpty */
  async deleteBucket(name: string): Promise<void> {
    await this.locks.run(name, async () => {
      const bucket = this.bucket(name);
      if (!bucket.retire()) {
        throw new S3Error('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
          BucketName: name,
        });
      }
      this.buckets.delete(name);
      await bucket.close();
      await this.scratch.removeDirectory(join(this.directory, name));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((bucket) => bucket.close()));
  }

  private async load(name: string): Promise<void> {
    this.buckets.set(name, await BucketStore.open(join(this.directory, name), this.scratch, this.timeline));
  }
}
