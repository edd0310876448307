import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { decodeAwsChunked } from './aws-chunked';
import { CHECKSUM_BYTES, CHECKSUMS, type ChecksumAlgorithm, checksumHeader, hasher } from './checksums';
import { malformedXml, notImplemented, S3Error } from './errors';
import { header, type S3Request, wholeNumber } from './request';

/** The limit of S3 for one request. */
const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;
/** Fits 1,000 keys of 1,024 escaped bytes. */
const MAX_XML_BYTES = 8 * 1024 * 1024;
/** Time without data after which draining a rejected upload ends. */
const STALLED_MS = 2_000;

/** A complete body that matches all checksums of the request. */
interface ReceivedBody {
  readonly size: number;
  readonly md5: Buffer;
  /** The checksum sent by the client. */
  readonly sent?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  /** Base64, for each requested algorithm. */
  readonly computed: ReadonlyMap<ChecksumAlgorithm, string>;
}

/** A checksum in a header, or one announced for the trailer, without a value. */
interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value?: string;
}

/**
 * Streams a request's body, plain or aws-chunked, to `sink`. On a throw the sink has received part of an invalid body
 * and must discard it.
 * @param also additional checksums to compute
 * @param declared the checksum sent by the client
 * @throws BadDigest, InvalidDigest, IncompleteBody, XAmzContentSHA256Mismatch, EntityTooLarge, MissingContentLength
 */
export async function receiveBody(
  request: S3Request,
  sink: (bytes: Buffer) => Promise<unknown> | unknown,
  also: readonly ChecksumAlgorithm[],
  declared: DeclaredChecksum | undefined,
): Promise<ReceivedBody> {
  const chunked = isChunked(request);
  const expectedSize = expectedLength(request, chunked);
  const trailers = new Map<string, string>();
  const raw = (request.http as Readable).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

  const md5 = createHash('md5');
  const signed = contentSha256(request);
  const sha256 = signed === undefined ? undefined : createHash('sha256');
  const algorithms = new Set([...also, ...(declared ? [declared.algorithm] : [])]);
  const hashers = [...algorithms].map((algorithm) => ({ algorithm, hash: hasher(algorithm) }));

  let size = 0;
  for await (const bytes of chunked ? decodeAwsChunked(raw, trailers) : raw) {
    size += bytes.length;
    if (size > expectedSize) throw incompleteBody(expectedSize);
    md5.update(bytes);
    sha256?.update(bytes);
    for (const { hash } of hashers) hash.update(bytes);
    await sink(bytes);
  }
  if (size !== expectedSize) throw incompleteBody(expectedSize);

  const digest = md5.digest();
  const computed = new Map(
    hashers.map(({ algorithm, hash }) => [algorithm, hash.digest().toString('base64')]),
  );
  checkMd5(request, digest);
  if (sha256 && sha256.digest('hex') !== signed) {
    throw new S3Error(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  if (!declared) return { size, md5: digest, computed };
  const { algorithm } = declared;
  const value = declared.value ?? trailers.get(checksumHeader(algorithm));
  if (value === undefined) {
    throw new S3Error(
      'MalformedTrailerError',
      `The trailer ${checksumHeader(algorithm)} was announced and did not come.`,
    );
  }
  requireChecksumForm(algorithm, value);
  if (computed.get(algorithm) !== value) {
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { size, md5: digest, computed, sent: { algorithm, value } };
}

/**
 * Reads an XML body as text; empty without a body.
 * @param checksumOf `object` if a checksum header refers to the object instead of the body
 * @throws MalformedXML for more than 8 MiB or invalid UTF-8
 */
export async function receiveText(
  request: S3Request,
  checksumOf: 'body' | 'object' = 'body',
): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  const take = (bytes: Buffer) => {
    size += bytes.length;
    if (size > MAX_XML_BYTES) throw malformedXml(`it is over ${MAX_XML_BYTES} bytes`);
    pieces.push(bytes);
  };
  await receiveBody(request, take, [], checksumOf === 'body' ? declaredChecksum(request) : undefined);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw malformedXml('it is not UTF-8');
  }
}

/**
 * Discards the rest of a body, so that a client that is still sending can read the response. Ends at the end of the body,
 * when the connection closes, or when no data arrives.
 */
export function drainBody(request: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed) return resolve();
    const stalled = setTimeout(resolve, STALLED_MS);
    request.on('data', () => stalled.refresh());
    for (const event of ['end', 'close', 'error']) {
      request.once(event, () => {
        clearTimeout(stalled);
        resolve();
      });
    }
    request.resume();
  });
}

export const isChunkedEncoding = (encoding: string): boolean =>
  encoding.trim().toLowerCase() === 'aws-chunked';

/** A Content-Encoding of aws-chunked alone does not make a plain body chunked. */
function isChunked(request: S3Request): boolean {
  const encodings = (header(request, 'content-encoding') ?? '').split(',');
  return (
    (header(request, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-') ||
    (header(request, 'x-amz-decoded-content-length') !== undefined && encodings.some(isChunkedEncoding))
  );
}

function expectedLength(request: S3Request, chunked: boolean): number {
  const name = chunked ? 'x-amz-decoded-content-length' : 'content-length';
  const length = wholeNumber(name, header(request, name));
  if (length === undefined) {
    if (!chunked && header(request, 'transfer-encoding') === undefined) return 0;
    throw new S3Error('MissingContentLength', `You must provide the ${name} HTTP header.`, 411);
  }
  if (length > MAX_UPLOAD_BYTES) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: length,
      MaxSizeAllowed: MAX_UPLOAD_BYTES,
    });
  }
  return length;
}

/** The checksum that a request declares. @throws InvalidRequest for several, NotImplemented for an unknown one */
export function declaredChecksum(request: S3Request): DeclaredChecksum | undefined {
  const inTrailer = (header(request, 'x-amz-trailer') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name.startsWith('x-amz-checksum-'));
  const inHeader = Object.keys(request.http.headers).filter(
    (name) => /^x-amz-checksum-/.test(name) && !/^x-amz-checksum-(mode|algorithm|type)$/.test(name),
  );
  const names = [...inHeader, ...inTrailer];
  if (names.length > 1) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const [name] = names;
  if (name === undefined) return undefined;
  const algorithm = CHECKSUMS.find((one) => checksumHeader(one) === name);
  if (!algorithm) throw notImplemented(`The checksum ${name}`);
  const value = inHeader.length ? header(request, name) : undefined;
  if (value !== undefined) requireChecksumForm(algorithm, value);
  return { algorithm, ...(value !== undefined && { value }) };
}

function requireChecksumForm(algorithm: ChecksumAlgorithm, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== CHECKSUM_BYTES[algorithm] || bytes.toString('base64') !== value) {
    throw new S3Error('InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
}

function checkMd5(request: S3Request, computed: Buffer): void {
  const sent = header(request, 'content-md5');
  if (sent === undefined) return;
  const bytes = Buffer.from(sent, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== sent) {
    throw new S3Error('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (!bytes.equals(computed)) {
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}

/** The signed SHA-256 of the body in hex; undefined if the request has none. */
function contentSha256(request: S3Request): string | undefined {
  const value = header(request, 'x-amz-content-sha256');
  return value !== undefined && /^[0-9a-f]{64}$/i.test(value) ? value.toLowerCase() : undefined;
}

function incompleteBody(expected: number): S3Error {
  return new S3Error(
    'IncompleteBody',
    `The body is not of the number of bytes that the request's headers specify, ${expected}.`,
  );
}
