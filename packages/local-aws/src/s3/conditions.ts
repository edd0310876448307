/**
 * Conditional requests.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
 */

import { noSuchKey, notImplemented, notModified, preconditionFailed } from './errors';
import { header, type S3Request } from './request';
import type { Condition } from './store/bucket-store';
import type { ObjectVersion } from './store/version';

interface ReadConditions {
  readonly match?: string | undefined;
  readonly noneMatch?: string | undefined;
  readonly modifiedSince?: string | undefined;
  readonly unmodifiedSince?: string | undefined;
}

type ReadCondition = 'If-Match' | 'If-Unmodified-Since' | 'If-None-Match' | 'If-Modified-Since';

/** Matches an ETag against `*` or a list of entity tags, with or without quotes. */
function etagMatches(list: string, etag: string): boolean {
  return list
    .split(',')
    .map((one) =>
      one
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .some((one) => one === '*' || one === etag);
}

/** Checks GET and HEAD. @throws PreconditionFailed, or NotModified with the headers */
export function checkRead(
  request: S3Request,
  version: ObjectVersion,
  headers: Readonly<Record<string, string>>,
): void {
  const failed = failedCondition(version, {
    match: header(request, 'if-match'),
    noneMatch: header(request, 'if-none-match'),
    modifiedSince: header(request, 'if-modified-since'),
    unmodifiedSince: header(request, 'if-unmodified-since'),
  });
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') throw notModified(headers);
  if (failed) throw preconditionFailed(failed);
}

/** Checks the source of a copy. @throws PreconditionFailed */
export function checkCopySource(request: S3Request, version: ObjectVersion): void {
  const failed = failedCondition(version, {
    match: header(request, 'x-amz-copy-source-if-match'),
    noneMatch: header(request, 'x-amz-copy-source-if-none-match'),
    modifiedSince: header(request, 'x-amz-copy-source-if-modified-since'),
    unmodifiedSince: header(request, 'x-amz-copy-source-if-unmodified-since'),
  });
  if (failed) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

/**
 * The condition of a write: `If-None-Match: *` requires that no object exists, `If-Match` an object with the ETag.
 * @throws NotImplemented for If-None-Match with an ETag, like S3
 */
export function writeCondition(request: S3Request): Condition {
  const noneMatch = header(request, 'if-none-match');
  const match = header(request, 'if-match');
  if (noneMatch !== undefined && noneMatch.trim() !== '*') {
    throw notImplemented('If-None-Match with anything but * on a write');
  }
  return (current) => {
    if (noneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
    if (match !== undefined) requireMatch(match, current, request.key);
  };
}

/**
 * The condition of a delete. If-Match without an object is NoSuchKey, as S3 answers, although its reference does not
 * document it.
 */
export function deleteCondition(match: string | undefined, key: string): Condition {
  return (current) => {
    if (match !== undefined) requireMatch(match, current, key);
  };
}

function requireMatch(match: string, current: ObjectVersion | undefined, key: string): void {
  if (!current) throw noSuchKey(key);
  if (!etagMatches(match, current.etag)) throw preconditionFailed('If-Match');
}

/** Entity tags take precedence: with one, the date condition of the same kind is ignored. */
function failedCondition(version: ObjectVersion, conditions: ReadConditions): ReadCondition | undefined {
  const { match, noneMatch } = conditions;
  const modifiedSince = seconds(conditions.modifiedSince);
  const unmodifiedSince = seconds(conditions.unmodifiedSince);
  const modified = Math.floor(version.lastModified / 1000);
  if (match !== undefined) {
    if (!etagMatches(match, version.etag)) return 'If-Match';
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    return 'If-Unmodified-Since';
  }
  if (noneMatch !== undefined) {
    if (etagMatches(noneMatch, version.etag)) return 'If-None-Match';
  } else if (modifiedSince !== undefined && modified <= modifiedSince) {
    return 'If-Modified-Since';
  }
  return undefined;
}

/** Invalid dates are ignored. */
function seconds(date: string | undefined): number | undefined {
  const milliseconds = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
