import { invalidArgument } from '../errors';
import { header, type S3Request } from '../request';

/**
 * Bucket and key in `x-amz-copy-source`: URL-encoded, with an optional leading slash.
 * @throws InvalidArgument
 */
export function copySource(request: S3Request): { bucket: string; key: string } {
  const text = header(request, 'x-amz-copy-source') ?? '';
  const refuse = (message: string) => invalidArgument('x-amz-copy-source', text, message);
  const [path = '', versionId] = text.split('?versionId=');
  if (versionId !== undefined && versionId !== 'null') throw refuse('Invalid version id specified');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, '');
  } catch {
    throw refuse('Invalid copy source encoding.');
  }
  const slash = decoded.indexOf('/');
  const [bucket, key] = [decoded.slice(0, slash), decoded.slice(slash + 1)];
  if (slash < 1 || key === '') {
    throw refuse('Invalid copy source object key: expected a bucket, a slash and a key, URL-encoded');
  }
  return { bucket, key };
}

/** The value of a directive header; COPY by default. @throws InvalidArgument */
export function directive(request: S3Request, name: string): 'COPY' | 'REPLACE' {
  const value = header(request, name) ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') {
    throw invalidArgument(name, value, `Unknown ${name}: expected COPY or REPLACE`);
  }
  return value;
}
