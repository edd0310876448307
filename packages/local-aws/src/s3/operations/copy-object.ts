import { createReadStream } from 'node:fs';
import { assertTagAccess } from '../access';
import { type ChecksumAlgorithm, type Hasher, hasher, isChecksumAlgorithm } from '../checksums';
import { checkCopySource, writeCondition } from '../conditions';
import { invalidArgument, S3Error } from '../errors';
import { checksumHeaders, headerTags, storedHeaders } from '../object-headers';
import { quotedEtag, xmlReply } from '../reply';
import { header, type S3Request } from '../request';
import type { ObjectContent, ObjectVersion } from '../store/version';
import { element, xmlDocument } from '../xml';
import { checksumElements } from './checksum-elements';
import { copySource, directive } from './copy-source';
import { notifyCreated } from './notify';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const copyObject: Operation = async (request, deps) => {
  const { store } = deps;
  const bucket = store.bucket(request.bucket);
  const source = copySource(request);
  const replaceHeaders = directive(request, 'x-amz-metadata-directive') === 'REPLACE';
  const replaceTags = directive(request, 'x-amz-tagging-directive') === 'REPLACE';
  if (source.bucket === request.bucket && source.key === request.key && !replaceHeaders) {
    throw new S3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const condition = writeCondition(request);
  const headers = replaceHeaders ? storedHeaders(request) : undefined;
  const tags = replaceTags ? headerTags(request) : undefined;
  const algorithm = wantedChecksum(request);

  const { version: original, id } = await store.bucket(source.bucket).linkToScratch(source.key);
  try {
    checkCopySource(request, original);
    if (!tags && Object.keys(original.tags).length > 0) assertTagAccess(request);
    const content: ObjectContent = {
      size: original.size,
      ...(await digests(original, store.scratch.path(id), algorithm)),
      headers: headers ?? original.headers,
      tags: tags ?? original.tags,
    };
    const version = await bucket.put(request.key, id, content, condition);
    await notifyCreated(request, deps, 'ObjectCreated:Copy', version);
    return xmlReply(
      xmlDocument(
        'CopyObjectResult',
        element('LastModified', new Date(version.lastModified).toISOString()),
        element('ETag', quotedEtag(version.etag)),
        ...checksumElements(version.checksum),
      ),
      checksumHeaders(version),
    );
  } finally {
    await store.scratch.discard(id);
  }
};

function wantedChecksum(request: S3Request): ChecksumAlgorithm | undefined {
  const name = header(request, 'x-amz-checksum-algorithm')?.toUpperCase();
  if (name === undefined || isChecksumAlgorithm(name)) return name;
  throw invalidArgument('x-amz-checksum-algorithm', name, 'Checksum algorithm provided is unsupported.');
}

/**
 * ETag and checksum of the copy. The ETag of a copy is the MD5 of its bytes, even if the original is a multipart upload.
 * The bytes are read only in that case or for another checksum.
 */
async function digests(
  original: ObjectVersion,
  path: string,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Pick<ObjectContent, 'etag' | 'checksum'>> {
  const kept = original.checksum?.type === 'FULL_OBJECT' ? original.checksum : undefined;
  const md5: Hasher | undefined = original.etag.includes('-') ? hasher('MD5') : undefined;
  const requested = algorithm && algorithm !== kept?.algorithm ? algorithm : undefined;
  const checksum = requested && hasher(requested);
  if (md5 || checksum) {
    for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      md5?.update(bytes);
      checksum?.update(bytes);
    }
  }
  const etag = md5 ? md5.digest().toString('hex') : original.etag;
  if (!requested || !checksum) return { etag, ...(kept && { checksum: kept }) };
  const value = checksum.digest().toString('base64');
  return { etag, checksum: { algorithm: requested, value, type: 'FULL_OBJECT' } };
}
