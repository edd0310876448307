import { invalidArgument } from './errors';
import { quotedEtag } from './reply';
import { type S3Request, wholeNumber } from './request';
import { afterName, afterPrefix, fromBytes, type ObjectIndex, toBytes } from './store/object-index';
import type { ObjectVersion } from './store/version';
import { element, parent } from './xml';

/** The common parts of ListObjects and ListObjectsV2. */

const MAX_PAGE_SIZE = 1000;

interface Page {
  readonly objects: readonly ObjectVersion[];
  readonly commonPrefixes: readonly string[];
  /** Start of the next page as a byte string, and the last entry of this one; undefined for the last page. */
  readonly next?: { readonly from: string; readonly last: string };
}

/**
 * A page of the keys that start with `prefix`, from the byte string `from` on. Keys that contain the delimiter after the
 * prefix are grouped into a common prefix, which counts as one entry.
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

/** The maximum number of entries. @throws InvalidArgument */
export function pageLimit(request: S3Request, parameter: string): number {
  return Math.min(wholeNumber(parameter, request.query.get(parameter)) ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
}

/**
 * Encodes names in the response: unchanged, or percent-encoded, which supports characters that XML does not.
 * @throws InvalidArgument for an encoding other than `url`
 */
export function nameEncoding(request: S3Request): (name: string) => string {
  const type = request.query.get('encoding-type');
  if (type === undefined) return (name) => name;
  if (type !== 'url')
    throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
  return percentEncode;
}

/** Encodes all bytes except unreserved URL characters and slashes. */
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
