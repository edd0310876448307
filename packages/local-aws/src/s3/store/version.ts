import type { Checksum } from '../checksums';

/** Stored headers; names in lower case. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The metadata of an upload. */
export interface ObjectContent {
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** System metadata such as Content-Type, and user metadata (`x-amz-meta-*`). */
  readonly headers: HeaderList;
  readonly tags: HeaderList;
  readonly checksum?: Checksum;
  /** Bytes of each part of a multipart upload. */
  readonly parts?: readonly number[];
  /** The id of the multipart upload. */
  readonly uploadId?: string;
}

/** A stored object. A new upload creates a new version. */
export interface ObjectVersion extends ObjectContent {
  readonly key: string;
  /** The file that holds the bytes. */
  readonly id: string;
  /** Milliseconds since 1970, greater than for all earlier versions of the key. */
  readonly lastModified: number;
  /** 16 hexadecimal digits, greater than all earlier sequencers of the service. */
  readonly sequencer: string;
}
