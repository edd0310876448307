import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '../endpoint/service';
import { invalidArgument, S3Error } from './errors';

/** A parsed request. */
export interface S3Request {
  readonly http: IncomingMessage;
  readonly method: string;
  /** Empty for a request to the service. */
  readonly bucket: string;
  /** Decoded; empty for a request to a bucket. */
  readonly key: string;
  /** Decoded; a parameter without a value is an empty string. */
  readonly query: ReadonlyMap<string, string>;
  /** The decoded path, used in errors. */
  readonly resource: string;
  readonly context: RequestContext;
}

const MAX_KEY_BYTES = 1024;

/** `bucket.localhost`, `bucket.s3.localhost`, `bucket.s3.us-east-1.localhost`, with an optional port. */
const VIRTUAL_HOST = /^(.+?)(?:\.s3(?:\.[a-z0-9-]+)?)?\.localhost(?::\d+)?$/i;

/**
 * Reads bucket and key from the host (virtual-hosted style) or the path (path style). Paths are not normalized: `..` and
 * `//` are part of a key.
 * @throws InvalidURI for an escape that is not UTF-8; KeyTooLongError
 */
export function parseRequest(http: IncomingMessage, context: RequestContext): S3Request {
  const url = (http.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = url.indexOf('?');
  const path = (mark < 0 ? url : url.slice(0, mark)).replace(/^\//, '');
  const host = http.headers.host ?? '';
  const virtual = /^s3[.:]/i.test(host) ? undefined : VIRTUAL_HOST.exec(host)?.[1];
  const slash = virtual === undefined ? path.indexOf('/') : -1;
  const bucket = virtual ?? decode(slash < 0 ? path : path.slice(0, slash));
  const key = decode(virtual !== undefined ? path : slash < 0 ? '' : path.slice(slash + 1));
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new S3Error('KeyTooLongError', 'Your key is too long', 400, {
      Size: Buffer.byteLength(key),
      MaxSizeAllowed: MAX_KEY_BYTES,
    });
  }
  return {
    http,
    method: http.method ?? 'GET',
    bucket,
    key,
    query: parseQuery(mark < 0 ? '' : url.slice(mark + 1)),
    resource: key === '' ? `/${bucket}` : `/${bucket}/${key}`,
    context,
  };
}

/** A header's value by lower-case name. */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.http.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/**
 * A non-negative integer from a header or query parameter; undefined if absent.
 * @throws InvalidArgument for other values
 */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw invalidArgument(name, text, `${name}: expected a whole number, not ${text}`);
  return Number(text);
}

/**
 * Parses form-encoded pairs of a query or of x-amz-tagging: `+` is a space.
 * @throws InvalidURI for an escape that is not UTF-8
 */
export function parseForm(text: string): [name: string, value: string][] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const part = (raw: string) => decode(raw.replaceAll('+', ' '));
      return equals < 0 ? [part(pair), ''] : [part(pair.slice(0, equals)), part(pair.slice(equals + 1))];
    });
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  return new Map(parseForm(text));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI: an escape in it is not UTF-8.");
  }
}
