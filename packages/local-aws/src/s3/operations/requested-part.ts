import { S3Error } from '../errors';
import { type ByteRange, parseRange } from '../ranges';
import { header, type S3Request, wholeNumber } from '../request';
import type { ObjectVersion } from '../store/version';

interface RequestedPart {
  readonly status: 200 | 206;
  /** undefined for an empty object. */
  readonly range?: ByteRange;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The bytes of an object that a GET or HEAD requests: all, a range, or an uploaded part.
 * @throws InvalidRange, InvalidPartNumber, InvalidRequest
 */
export function requestedPart(request: S3Request, version: ObjectVersion): RequestedPart {
  const rangeHeader = header(request, 'range');
  const number = wholeNumber('partNumber', request.query.get('partNumber'));
  if (number !== undefined && rangeHeader !== undefined) {
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  }
  const { size } = version;
  const requested = number === undefined ? parseRange(rangeHeader, size) : partRange(version, number);
  const parts: Record<string, string> =
    number !== undefined && version.parts ? { 'x-amz-mp-parts-count': String(version.parts.length) } : {};
  const range = requested ?? { start: 0, end: size - 1 };
  const length = range.end - range.start + 1;
  const headers: Record<string, string> = { 'content-length': String(length), ...parts };
  if (requested && length > 0) headers['content-range'] = `bytes ${range.start}-${range.end}/${size}`;
  return { status: requested && length > 0 ? 206 : 200, headers, ...(length > 0 && { range }) };
}

function partRange(version: ObjectVersion, number: number): ByteRange {
  const parts = version.parts ?? [version.size];
  const length = parts[number - 1];
  if (length === undefined) {
    throw new S3Error('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416, {
      PartNumberRequested: number,
      ActualPartCount: parts.length,
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
  return { start, end: start + length - 1 };
}
