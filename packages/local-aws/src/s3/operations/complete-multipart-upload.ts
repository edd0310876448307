import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { receiveText } from '../body';
import { type Checksum, checksumElement, checksumHeader, compositeChecksum, hasher } from '../checksums';
import { writeCondition } from '../conditions';
import { malformedXml, S3Error } from '../errors';
import { quotedEtag, type Reply, xmlReply } from '../reply';
import { header, type S3Request, wholeNumber } from '../request';
import type { Part, Upload } from '../store/uploads';
import type { ObjectVersion } from '../store/version';
import { element, parseXml, type XmlElement, xmlDocument } from '../xml';
import { checksumElements } from './checksum-elements';
import { notifyCreated } from './notify';
import type { Operation } from './operation';

/** Minimum size of all parts except the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 * If completion or its notification fails, the upload remains; completing it again creates a new version of the object.
 * Completing a completed upload again returns the same response while its object exists, because the first response may
 * have been lost.
 */
export const completeMultipartUpload: Operation = async (request, deps) => {
  const { store } = deps;
  const bucket = store.bucket(request.bucket);
  const { uploads } = bucket;
  const id = request.query.get('uploadId') ?? '';
  const current = bucket.index.get(request.key);
  if (current?.uploadId === id && !uploads.has(id)) {
    await receiveText(request, 'object');
    return completed(request, current);
  }
  const upload = uploads.find(id, request.key);
  const condition = writeCondition(request);
  const listed = parseXml(await receiveText(request, 'object'), 'CompleteMultipartUpload').all('Part');

  const version = await uploads.exclusively(upload, async () => {
    const parts = chooseParts(uploads.parts(upload.id, upload.key), listed);
    condition(bucket.index.get(request.key));
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    checkSize(request, size);

    const full = upload.checksum?.type === 'FULL_OBJECT' ? hasher(upload.checksum.algorithm) : undefined;
    const { id } = await store.scratch.write(async (write) => {
      for (const part of parts) {
        for await (const bytes of createReadStream(uploads.partPath(upload, part), {
          highWaterMark: 1024 * 1024,
        })) {
          full?.update(bytes);
          await write(bytes);
        }
      }
    });
    try {
      const checksum = objectChecksum(upload, parts, full?.digest().toString('base64'));
      checkChecksum(request, checksum);
      const content = {
        size,
        etag: combinedEtag(parts),
        headers: upload.headers,
        tags: upload.tags,
        parts: parts.map((part) => part.size),
        uploadId: upload.id,
        ...(checksum && { checksum }),
      };
      const written = await bucket.put(request.key, id, content, condition);
      await notifyCreated(request, deps, 'ObjectCreated:CompleteMultipartUpload', written);
      await uploads.remove(upload);
      return written;
    } finally {
      await store.scratch.discard(id);
    }
  });

  return completed(request, version);
};

function completed(request: S3Request, version: ObjectVersion): Reply {
  return xmlReply(
    xmlDocument(
      'CompleteMultipartUploadResult',
      element('Location', `${request.context.endpoint}/${request.bucket}/${encodeURIComponent(request.key)}`),
      element('Bucket', request.bucket),
      element('Key', request.key),
      element('ETag', quotedEtag(version.etag)),
      ...checksumElements(version.checksum),
    ),
  );
}

/** The uploaded parts that the client lists. @throws MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function chooseParts(uploaded: readonly Part[], listed: readonly XmlElement[]): Part[] {
  if (listed.length === 0) throw malformedXml('expected at least one Part');
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const chosen = listed.map((one) => {
    const number = Number(one.requiredTextOf('PartNumber'));
    const etag = one
      .requiredTextOf('ETag')
      .trim()
      .replace(/^"(.*)"$/, '$1');
    const part = byNumber.get(number);
    const given = part?.checksum && one.textOf(checksumElement(part.checksum.algorithm));
    if (!part || part.etag !== etag || (given !== undefined && given !== part.checksum?.value)) {
      throw new S3Error(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { PartNumber: one.requiredTextOf('PartNumber'), ETag: etag },
      );
    }
    return part;
  });
  if (chosen.some((part, i) => part.number <= (chosen[i - 1]?.number ?? 0))) {
    throw new S3Error(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
    );
  }
  const small = chosen.slice(0, -1).find((part) => part.size < MIN_PART_BYTES);
  if (small) {
    throw new S3Error(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      {
        PartNumber: small.number,
        ProposedSize: small.size,
        MinSizeAllowed: MIN_PART_BYTES,
        ETag: small.etag,
      },
    );
  }
  return chosen;
}

/** The MD5 of the parts' MD5s, and the number of parts. */
function combinedEtag(parts: readonly Part[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/** undefined if the upload was created without a checksum. */
function objectChecksum(
  { checksum }: Upload,
  parts: readonly Part[],
  full: string | undefined,
): Checksum | undefined {
  if (!checksum) return undefined;
  if (full !== undefined) return { ...checksum, value: full };
  const values = parts.map((part) => part.checksum?.value ?? '');
  return { ...checksum, value: compositeChecksum(checksum.algorithm, values) };
}

function checkSize(request: S3Request, size: number): void {
  const expected = wholeNumber('x-amz-mp-object-size', header(request, 'x-amz-mp-object-size'));
  if (expected !== undefined && expected !== size) {
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
    );
  }
}

/** Verifies the client's checksum; a composite one may omit the number of parts. */
function checkChecksum(request: S3Request, checksum: Checksum | undefined): void {
  const expected = checksum && header(request, checksumHeader(checksum.algorithm));
  if (expected === undefined || expected === checksum?.value || expected === checksum?.value.split('-')[0])
    return;
  throw new S3Error(
    'BadDigest',
    `The ${checksum?.algorithm} you specified did not match the calculated checksum.`,
  );
}
