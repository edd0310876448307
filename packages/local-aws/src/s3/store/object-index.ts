import type { ObjectVersion } from './version';

/**
 * The UTF-8 bytes of a string, one per character. Byte strings compare in S3's key order, unlike JavaScript strings, which
 * order U+1F600 before U+FF5E.
 */
export const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
export const fromBytes = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** The first byte string after all that start with a prefix. UTF-8 contains no byte 255. */
export function afterPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** The first byte string after a name. */
export const afterName = (name: string): string => `${name}\0`;

/** The objects of a bucket by key, in byte order. */
export class ObjectIndex {
  private readonly versions = new Map<string, ObjectVersion>();
  private names: string[] = [];

  static of(versions: Iterable<ObjectVersion>): ObjectIndex {
    const index = new ObjectIndex();
    for (const version of versions) index.versions.set(toBytes(version.key), version);
    index.names = [...index.versions.keys()].sort(compare);
    return index;
  }

  get size(): number {
    return this.names.length;
  }

  get(key: string): ObjectVersion | undefined {
    return this.versions.get(toBytes(key));
  }

  set(version: ObjectVersion): void {
    const name = toBytes(version.key);
    if (!this.versions.has(name)) this.names.splice(this.seek(name), 0, name);
    this.versions.set(name, version);
  }

  delete(key: string): void {
    const name = toBytes(key);
    if (this.versions.delete(name)) this.names.splice(this.seek(name), 1);
  }

  /** The first name at or after a byte string, and its object; undefined at the end. */
  next(from: string): { name: string; version: ObjectVersion } | undefined {
    const name = this.names[this.seek(from)];
    const version = name === undefined ? undefined : this.versions.get(name);
    return name === undefined || version === undefined ? undefined : { name, version };
  }

  /** Objects whose keys start with a prefix, in order. The bucket may change during the iteration. */
  *withPrefix(prefix: string): Generator<ObjectVersion> {
    const bytes = toBytes(prefix);
    for (let from = bytes; ; ) {
      const found = this.next(from);
      if (!found?.name.startsWith(bytes)) return;
      yield found.version;
      from = afterName(found.name);
    }
  }

  private seek(from: string): number {
    let low = 0;
    let high = this.names.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.names[middle] as string) < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
