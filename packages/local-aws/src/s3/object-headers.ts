import { isChunkedEncoding } from './body';
import { checksumHeader } from './checksums';
import { invalidArgument, S3Error } from './errors';
import { quotedEtag } from './reply';
import { header, parseForm, type S3Request } from './request';
import type { HeaderList, ObjectVersion } from './store/version';

/** Request headers stored unchanged with an object. */
const STORED_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
] as const;

/** Limit on the total size of names and values, as S3 counts. */
const MAX_METADATA_BYTES = 2 * 1024;
const MAX_TAGS = 10;
const META = 'x-amz-meta-';

/** Query parameters of GET that override response headers. */
const OVERRIDES: Readonly<Record<string, string>> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
};

/** The headers of an upload that are stored with the object. @throws MetadataTooLarge */
export function storedHeaders(request: S3Request): HeaderList {
  const kept: [string, string][] = [
    ['content-type', header(request, 'content-type') ?? 'binary/octet-stream'],
  ];
  const encoding = (header(request, 'content-encoding') ?? '')
    .split(',')
    .filter((one) => one.trim() !== '' && !isChunkedEncoding(one))
    .join(',')
    .trim();
  if (encoding !== '') kept.push(['content-encoding', encoding]);
  for (const name of STORED_HEADERS) {
    const value = header(request, name);
    if (value !== undefined) kept.push([name, value]);
  }
  const metadata = Object.keys(request.http.headers)
    .filter((name) => name.startsWith(META))
    .map((name): [string, string] => [name, header(request, name) ?? '']);
  const size = metadata.reduce((sum, [name, value]) => sum + name.length - META.length + value.length, 0);
  if (size > MAX_METADATA_BYTES) {
    throw new S3Error(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
      {
        Size: size,
        MaxSizeAllowed: MAX_METADATA_BYTES,
      },
    );
  }
  return [...kept, ...metadata];
}

/** The tags in `x-amz-tagging`. @throws InvalidArgument, InvalidTag */
export function headerTags(request: S3Request): HeaderList {
  const text = header(request, 'x-amz-tagging') ?? '';
  try {
    return checkTags(parseForm(text));
  } catch (error) {
    if (error instanceof S3Error && error.code === 'InvalidURI') {
      throw invalidArgument('x-amz-tagging', text, 'The header x-amz-tagging shall be encoded as UTF-8');
    }
    throw error;
  }
}

/** @throws InvalidTag, BadRequest */
export function checkTags(tags: HeaderList): HeaderList {
  if (tags.length > MAX_TAGS) {
    throw new S3Error('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}`);
  }
  const names = new Set(tags.map(([name]) => name));
  const bad = tags.find(([name, value]) => name === '' || name.length > 128 || value.length > 256);
  if (names.size < tags.length || bad) {
    throw new S3Error(
      'InvalidTag',
      'Expected tags with keys of 1 to 128 characters, each once, and values of at most 256',
    );
  }
  return tags;
}

/**
 * The response headers of GET and HEAD.
 * @param whole false for a range, which does not match the checksum of the whole object
 */
export function objectHeaders(
  request: S3Request,
  version: ObjectVersion,
  whole: boolean,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...Object.fromEntries(version.headers),
    ...identity(version),
    'accept-ranges': 'bytes',
  };
  if (version.tags.length > 0) headers['x-amz-tagging-count'] = String(version.tags.length);
  const requested = header(request, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  if (requested && whole && version.checksum) Object.assign(headers, checksumHeaders(version));
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = request.query.get(parameter);
    if (value === undefined) continue;
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw invalidArgument(parameter, value, `${parameter}: a header cannot hold this value`);
    }
    headers[name] = value;
  }
  return headers;
}

/** ETag and Last-Modified, which has a resolution of one second. */
export function identity(version: ObjectVersion): Record<string, string> {
  return {
    etag: quotedEtag(version.etag),
    'last-modified': new Date(version.lastModified).toUTCString(),
  };
}

export function checksumHeaders(version: Pick<ObjectVersion, 'checksum'>): Record<string, string> {
  if (!version.checksum) return {};
  const { algorithm, value, type } = version.checksum;
  return { [checksumHeader(algorithm)]: value, 'x-amz-checksum-type': type };
}
