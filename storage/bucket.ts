/**
 * The one object through which the lake and the tasks reach S3. Every method can be retried safely; none caches.
 */

export interface ObjectInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  /** What the uploader wrote beside it (`x-amz-meta-*`, without the prefix), where a read or head told; a list does not. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Bucket {
  readonly name: string;
  /** undefined: there is no such object. */
  head(key: string): Promise<ObjectInfo | undefined>;
  /** undefined: there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** `length` bytes from `start`, fewer at the object's end. undefined: there is no such object. */
  getRange(key: string, start: number, length: number): Promise<Uint8Array | undefined>;
  /** In the order of the keys' UTF-8 bytes; `startAfter` is a whole key, left out itself. */
  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo>;
  put(key: string, body: string | Uint8Array, contentType?: string): Promise<void>;
  /**
   * Writes only where nothing lies yet (`If-None-Match: *`). `exists` on 412 and 409 alone; note that a retried
   * request can meet its own first attempt, so a caller who needs to know reads what lies there.
   */
  putIfAbsent(key: string, body: string | Uint8Array, contentType?: string): Promise<'created' | 'exists'>;
  /**
   * Whole object into a file. undefined: it is gone, or its ETag is not `ifMatch`.
   * @param size what is known of the object's size, in bytes, so that a large one comes in several parts at a time
   */
  download(key: string, path: string, ifMatch?: string, size?: number): Promise<ObjectInfo | undefined>;
  /** A file of any size, in parts where it is large; replaces what lies there. */
  upload(key: string, path: string): Promise<void>;
  /** Deleting what is not there succeeds. */
  delete(key: string): Promise<void>;
}
