import { invalidArgument } from './errors';
import { quotedEtag } from './reply';
import { type S3Request, wholeNumber } from './request';
import { afterName, afterPrefix, fromBytes, type ObjectIndex, toBytes } from './store/object-index';
import type { ObjectVersion } from './store/version';
import { element, parent } from './xml';

/** What both ways of listing a bucket share. */

const MAX_PAGE_SIZE = 1000;

export interface Page {
  readonly objects: readonly ObjectVersion[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins, as a byte string, and what this one ended with; undefined: that was all. */
  readonly next?: { readonly from: string; readonly last: string };
}

/**
 * One page of the keys that begin with `prefix`, those at or behind `from` (a byte string), in order. Keys that go
 * on to a delimiter after the prefix are one common prefix, which counts as one entry.
 */
export function listPage(
  index: ObjectIndex,
  prefix: string,
  delimiter: string | undefined,
  from: string,
  limit: number,
): Page {
  const prefixBytes = toBytes(prefix);
  const delimiterBytes = toBytes(delimiter ?? '');
  const objects: ObjectVersion[] = [];
  const commonPrefixes: string[] = [];
  let position = from > prefixBytes ? from : prefixBytes;
  let last = '';
  for (;;) {
    const found = index.next(position);
    if (!found?.name.startsWith(prefixBytes)) return { objects, commonPrefixes };
    if (objects.length + commonPrefixes.length >= limit) {
      return { objects, commonPrefixes, ...(limit > 0 && { next: { from: position, last } }) };
    }
    const at = delimiterBytes === '' ? -1 : found.name.indexOf(delimiterBytes, prefixBytes.length);
    if (at < 0) {
      objects.push(found.version);
      last = found.version.key;
      position = afterName(found.name);
    } else {
      const group = found.name.slice(0, at + delimiterBytes.length);
      last = fromBytes(group);
      commonPrefixes.push(last);
      position = afterPrefix(group);
    }
  }
}

/** How many entries a page may have. @throws InvalidArgument */
export function pageLimit(request: S3Request, parameter: string): number {
  return Math.min(wholeNumber(parameter, request.query.get(parameter)) ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
}

/**
 * How names are written in the answer: as they are, or percent-encoded, which also holds what XML cannot.
 * @throws InvalidArgument for an encoding other than `url`
 */
export function nameEncoding(request: S3Request): (name: string) => string {
  const type = request.query.get('encoding-type');
  if (type === undefined) return (name) => name;
  if (type !== 'url')
    throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
  return percentEncode;
}

/** Every byte of a key that is not unreserved in a URL, slashes kept. */
export function percentEncode(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}

/** `<Contents>` */
export function contentsElement(
  version: ObjectVersion,
  encode: (name: string) => string,
  owner: string | undefined,
): string {
  return parent(
    'Contents',
    element('Key', encode(version.key)),
    element('LastModified', new Date(version.lastModified).toISOString()),
    element('ETag', quotedEtag(version.etag)),
    element('ChecksumAlgorithm', version.checksum?.algorithm),
    element('ChecksumType', version.checksum?.type),
    element('Size', version.size),
    owner === undefined ? '' : parent('Owner', element('ID', owner), element('DisplayName', 'local')),
    element('StorageClass', 'STANDARD'),
  );
}

/** `<CommonPrefixes>` */
export function prefixElement(prefix: string, encode: (name: string) => string): string {
  return parent('CommonPrefixes', element('Prefix', encode(prefix)));
}
