import { S3Error } from './errors';

/** Generous for a chunk size with its signature, or a trailer. */
const MAX_LINE_LENGTH = 8 * 1024;
const MAX_TRAILERS = 32;
const LINE_FEED = 10;

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/**
 * Decodes an `aws-chunked` body as it arrives. Trailers are added to `trailers`, with names in lower case. Signatures are
 * ignored.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @throws IncompleteBody if the body ends before its last chunk, InvalidChunkSizeError, MalformedTrailerError
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let state = 'size' as State;
  let line = '';
  let left = 0;

  const take = (text: string) => {
    if (state === 'size') {
      const size = /^([0-9a-fA-F]{1,13})\s*(?:;.*)?$/.exec(text)?.[1];
      if (size === undefined) throw badChunk(text);
      left = Number.parseInt(size, 16);
      state = left === 0 ? 'trailer' : 'data';
    } else if (state === 'data-end') {
      if (text !== '') throw badChunk(text);
      state = 'size';
    } else if (text === '') {
      state = 'done';
    } else {
      addTrailer(text, trailers);
    }
  };

  for await (const bytes of body) {
    let at = 0;
    while (at < bytes.length && state !== 'done') {
      if (state === 'data') {
        const data = bytes.subarray(at, at + left);
        at += data.length;
        left -= data.length;
        if (left === 0) state = 'data-end';
        yield data;
      } else {
        const feed = bytes.indexOf(LINE_FEED, at);
        line += bytes.toString('latin1', at, feed < 0 ? bytes.length : feed);
        if (line.length > MAX_LINE_LENGTH) throw badChunk(line);
        if (feed < 0) break;
        at = feed + 1;
        take(line.replace(/\r$/, ''));
        line = '';
      }
    }
  }
  // Some clients omit the final empty line or line feed.
  if (state === 'trailer' && line !== '') take(line.replace(/\r$/, ''));
  if (state !== 'trailer' && state !== 'done') {
    throw new S3Error('IncompleteBody', 'The request body terminated before its last chunk.');
  }
}

function addTrailer(text: string, trailers: Map<string, string>): void {
  const colon = text.indexOf(':');
  if (colon < 1 || trailers.size >= MAX_TRAILERS) {
    throw new S3Error(
      'MalformedTrailerError',
      `The request has a trailer that cannot be read: ${text.slice(0, 80)}`,
    );
  }
  trailers.set(text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim());
}

function badChunk(text: string): S3Error {
  return new S3Error(
    'InvalidChunkSizeError',
    `Expected the size of a chunk in hexadecimal, found ${JSON.stringify(text.slice(0, 40))}`,
  );
}
