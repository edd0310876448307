/**
 * The interface through which the lake and the tasks use S3. Every method can be retried safely; none caches.
 */

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** The user metadata (`x-amz-meta-*`, without the prefix); not in a list. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  /** undefined: the object does not exist. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** undefined: the object does not exist. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** `length` bytes from `start`, fewer at the object's end. undefined: the object does not exist. */
  getRange(key: string, start: number, length: number): Promise<Uint8Array | undefined>;
  /** Objects in the order of their keys' UTF-8 bytes, after the key `startAfter`. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>;
  put(key: string, body: string | Uint8Array, contentType?: string): Promise<void>;
  /**
   * Writes only if the key does not exist (`If-None-Match: *`). `exists`: an object is there (412). A retried request may
   * find what its own first attempt wrote: a caller that needs to know reads the object. A conflict (409) is an error, as it
   * says neither.
   */
  putIfAbsent(key: string, body: string | Uint8Array, contentType?: string): Promise<'created' | 'exists'>;
  /**
   * Downloads an object to a file. undefined: it does not exist, or its ETag is not `ifMatch`.
   * @param size the object's size in bytes, if known: a large one is downloaded in parallel parts
   */
  download(key: string, path: string, ifMatch?: string, size?: number): Promise<ObjectInfo | undefined>;
  /**
   * Uploads a file of any size, a large one in parts; replaces an existing object.
   * @param metadata as in {@link ObjectInfo}; none by default
   */
  upload(key: string, path: string, metadata?: Readonly<Record<string, string>>): Promise<void>;
  /** Deleting a key that does not exist succeeds. */
  delete(key: string): Promise<void>;
}
