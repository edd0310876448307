import type { KpiItem, KpiStore } from '../../serving/dynamodb/publish';
import type { Bucket } from '../../storage/bucket';

/** What goes wrong in a process. */
export interface Fault {
  /** Counts only the writes of items to KPI tables; by default all. The order of others among them may differ from run to run. */
  readonly of?: 'items';
  /** Which write of the process it is, from 1; beyond its last, nothing goes wrong. */
  readonly write: number;
  /** The write takes effect, and only its answer is lost. */
  readonly isApplied: boolean;
  /** The process ends there: nothing that its code still tries reaches the world. If not, its code sees an error. */
  readonly isFatal: boolean;
}

export class CutOffError extends Error {
  override readonly name = 'CutOffError';
}

/** The world as one process reaches it: every write to the bucket or a KPI table is one at which it may fail. */
export class FaultyProcess {
  private writes = 0;
  private items = 0;
  /** True once its fault has ended it: then its code gives no answer. */
  isDead = false;
  /** True once its fault has occurred. */
  hasFailed = false;

  /**
   * @param atWrite runs ahead of every write, which is the nth, and of an item the nth of these: the time for somebody else to come in
   * between
   */
  constructor(
    private readonly fault?: Fault,
    private readonly atWrite?: (n: number, item?: number) => Promise<unknown>,
  ) {}

  bucket(bucket: Bucket): Bucket {
    const self = this;
    return {
      name: bucket.name,
      head: (key) => this.read(() => bucket.head(key)),
      get: (key) => this.read(() => bucket.get(key)),
      getRange: (key, start, length) => this.read(() => bucket.getRange(key, start, length)),
      async *list(prefix, startAfter) {
        self.checkAlive();
        yield* bucket.list(prefix, startAfter);
      },
      download: (key, path, ifMatch, size) => this.read(() => bucket.download(key, path, ifMatch, size)),
      put: (key, body, contentType) => this.write(() => bucket.put(key, body, contentType)),
      putIfAbsent: (key, body, contentType) => this.write(() => bucket.putIfAbsent(key, body, contentType)),
      upload: (key, path, metadata) => this.write(() => bucket.upload(key, path, metadata)),
      delete: (key) => this.write(() => bucket.delete(key)),
    };
  }

  /** A batch of items is not written as one: it may fail after any of them. */
  store(store: KpiStore): KpiStore {
    const each = async (items: readonly KpiItem[], act: (item: KpiItem) => Promise<void>) => {
      for (const item of items) await this.write(() => act(item), ++this.items);
    };
    const self = this;
    return {
      id: () => this.read(() => store.id()),
      async *keys() {
        self.checkAlive();
        yield* store.keys();
      },
      put: (items) => each(items, (item) => store.put([item])),
      delete: (keys) => each(keys, (key) => store.delete([key])),
    };
  }

  /** Any other write. @param item the number of the item that it writes */
  async write<T>(act: () => Promise<T>, item?: number): Promise<T> {
    this.checkAlive();
    const n = ++this.writes;
    await this.atWrite?.(n, item);
    if (!this.fault || this.fault.write !== (this.fault.of ? item : n)) return act();
    const { isApplied, isFatal } = this.fault;
    this.isDead = isFatal;
    this.hasFailed = true;
    if (isApplied) await act();
    throw new CutOffError(`cut off at write ${n}`);
  }

  private async read<T>(act: () => Promise<T>): Promise<T> {
    this.checkAlive();
    return act();
  }

  private checkAlive(): void {
    if (this.isDead) throw new CutOffError('the process has ended');
  }
}
