import type { Checksum } from '../checksums';

/** Names and values of headers, as they came and as they are given back; names in lower case. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** What an upload brings besides its bytes. */
export interface ObjectContent {
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Content-Type and its like, and user metadata (`x-amz-meta-*`). */
  readonly headers: HeaderList;
  readonly tags: HeaderList;
  readonly checksum?: Checksum;
  /** Bytes of each part, where it was uploaded in parts. */
  readonly parts?: readonly number[];
  /** The multipart upload that it comes from. */
  readonly uploadId?: string;
}

/** An object as it lies in a bucket. Never changed: a new upload makes a new one. */
export interface ObjectVersion extends ObjectContent {
  readonly key: string;
  /** The file that holds the bytes. */
  readonly id: string;
  /** Milliseconds since 1970, greater than that of any earlier version of the key. */
  readonly lastModified: number;
  /** 16 hexadecimal digits, greater than any given before in this service. */
  readonly sequencer: string;
}
