import type { FileFault } from '../../domain/file-rules';

/** Errors that no content of a file causes. */
const NOT_OF_FILE = /\b(Parser|Binder|Catalog|Out of Memory|INTERRUPT|FATAL|INTERNAL) Error|No space left/i;

const AGAIN = 'write the Parquet file again, and upload it';

/** The fault of a file that DuckDB cannot read. @throws the error itself if the file did not cause it */
export function faultOf(error: unknown): FileFault {
  const [message = ''] = (error instanceof Error ? error.message : `${error}`).split('\n');
  if (NOT_OF_FILE.test(message)) throw error;
  return { reason: 'the Parquet file is corrupt', remedy: AGAIN, details: [withoutPaths(message)] };
}

/** Local paths mean nothing to the sender. */
const withoutPaths = (message: string): string =>
  message.replace(/ ?(in|of)? ?(file )?["'][^"']*["']/g, '').trim();

export const NOT_PARQUET: FileFault = {
  reason: 'not a Parquet file: its first four bytes are not PAR1',
  remedy: 'name the file after its format, such as .csv or .ndjson, or write it as Parquet',
};

export const TRUNCATED: FileFault = {
  reason: 'the Parquet file is truncated: it does not end with its footer',
  remedy: 'upload the whole file again',
};

export const ENCRYPTED: FileFault = {
  reason: 'the Parquet file is encrypted',
  remedy: 'write it without encryption; the bucket encrypts it',
};
