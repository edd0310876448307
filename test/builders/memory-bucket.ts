import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Bucket, ObjectInfo } from '../../storage/bucket';

export type BucketOperation = Exclude<keyof Bucket, 'name'>;

export interface BucketCall {
  readonly operation: BucketOperation;
  /** For `list`, the prefix. */
  readonly key: string;
}

type Hook = (call: BucketCall) => void | Promise<void>;

/**
 * A bucket in memory that behaves as S3 does, with hooks for faults: `before` runs ahead of an operation (throw to
 * refuse it, or let another writer in), `after` once it took effect (throw to lose its answer).
 */
export class MemoryBucket implements Bucket {
  readonly objects = new Map<string, ObjectInfo & { readonly body: Uint8Array }>();
  /** Every operation so far, in order. */
  readonly calls: BucketCall[] = [];
  before: Hook | undefined;
  after: Hook | undefined;

  constructor(
    readonly name = 'memory',
    private readonly clock: () => Date = () => new Date(),
  ) {}

  /** Keys below a prefix, in the order of `list`. */
  keys(prefix = ''): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort(byBytes);
  }

  text(key: string): string | undefined {
    const found = this.objects.get(key);
    return found && Buffer.from(found.body).toString('utf8');
  }

  callsOf(operation: BucketOperation): string[] {
    return this.calls.filter((call) => call.operation === operation).map((call) => call.key);
  }

  head(key: string): Promise<ObjectInfo | undefined> {
    return this.perform('head', key, () => this.info(key));
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.perform('get', key, () => this.objects.get(key)?.body);
  }

  getRange(key: string, start: number, length: number): Promise<Uint8Array | undefined> {
    return this.perform('getRange', key, () => this.objects.get(key)?.body.subarray(start, start + length));
  }

  async *list(prefix: string, startAfter = ''): AsyncIterable<ObjectInfo> {
    const keys = await this.perform('list', prefix, () => this.keys(prefix));
    for (const key of keys) {
      const info = this.info(key);
      if (info && byBytes(key, startAfter) > 0) yield info;
    }
  }

  put(key: string, body: string | Uint8Array): Promise<void> {
    return this.perform('put', key, () => this.store(key, Buffer.from(body)));
  }

  /** An upload with metadata beside it. */
  putWith(metadata: Readonly<Record<string, string>>, key: string, body: string | Uint8Array): Promise<void> {
    return this.perform('put', key, () => this.store(key, Buffer.from(body), metadata));
  }

  putIfAbsent(key: string, body: string | Uint8Array): Promise<'created' | 'exists'> {
    return this.perform('putIfAbsent', key, () => {
      if (this.objects.has(key)) return 'exists' as const;
      this.store(key, Buffer.from(body));
      return 'created' as const;
    });
  }

  download(key: string, path: string, ifMatch?: string): Promise<ObjectInfo | undefined> {
    return this.perform('download', key, async () => {
      const found = this.objects.get(key);
      if (!found || (ifMatch !== undefined && found.etag !== ifMatch)) return undefined;
      await writeFile(path, found.body);
      return this.info(key);
    });
  }

  upload(key: string, path: string, metadata?: Readonly<Record<string, string>>): Promise<void> {
    return this.perform('upload', key, async () => this.store(key, await readFile(path), metadata));
  }

  delete(key: string): Promise<void> {
    return this.perform('delete', key, () => void this.objects.delete(key));
  }

  private async perform<T>(operation: BucketOperation, key: string, act: () => T | Promise<T>): Promise<T> {
    const call = { operation, key };
    this.calls.push(call);
    await this.before?.(call);
    const answer = await act();
    await this.after?.(call);
    return answer;
  }

  private store(key: string, body: Uint8Array, metadata: Readonly<Record<string, string>> = {}): void {
    const etag = createHash('md5').update(body).digest('hex');
    this.objects.set(key, { key, body, size: body.length, etag, lastModified: this.clock(), metadata });
  }

  private info(key: string): ObjectInfo | undefined {
    const found = this.objects.get(key);
    if (!found) return undefined;
    const { body: _, ...info } = found;
    return info;
  }
}

/** A hook that throws once, the first time `operation` meets a key that `matches`. */
export function failOnce(
  operation: BucketOperation,
  matches: (key: string) => boolean,
  error: Error = new Error('connection reset'),
): Hook {
  let armed = true;
  return (call) => {
    if (!armed || call.operation !== operation || !matches(call.key)) return;
    armed = false;
    throw error;
  };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
