import { createReadStream } from 'node:fs';
import { checksumElement, hasher } from '../checksums';
import { checkCopySource } from '../conditions';
import { parseCopyRange } from '../ranges';
import { quotedEtag, xmlReply } from '../reply';
import { header } from '../request';
import { element, xmlDocument } from '../xml';
import { copySource } from './copy-source';
import type { Operation } from './operation';
import { partNumber } from './part-number';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export const uploadPartCopy: Operation = async (request, { store }) => {
  const { uploads } = store.bucket(request.bucket);
  const number = partNumber(request);
  const upload = uploads.find(request.query.get('uploadId') ?? '', request.key);
  const algorithm = upload.checksum?.algorithm;
  const source = copySource(request);

  const { version, id: whole } = await store.bucket(source.bucket).linkToScratch(source.key);
  let copy: string | undefined;
  try {
    checkCopySource(request, version);
    const rangeHeader = header(request, 'x-amz-copy-source-range');
    const range = rangeHeader === undefined ? {} : parseCopyRange(rangeHeader, version.size);
    const md5 = hasher('MD5');
    const hash = algorithm && hasher(algorithm);
    const { id, result: size } = await store.scratch.write(async (write) => {
      let copied = 0;
      for await (const bytes of createReadStream(store.scratch.path(whole), {
        ...range,
        highWaterMark: 1024 * 1024,
      })) {
        copied += bytes.length;
        md5.update(bytes);
        hash?.update(bytes);
        await write(bytes);
      }
      return copied;
    });
    copy = id;
    const checksum = algorithm && hash ? { algorithm, value: hash.digest().toString('base64') } : undefined;
    const etag = md5.digest().toString('hex');
    const part = await uploads.putPart(upload, id, { number, size, etag, ...(checksum && { checksum }) });
    return xmlReply(
      xmlDocument(
        'CopyPartResult',
        element('LastModified', new Date(part.lastModified).toISOString()),
        element('ETag', quotedEtag(part.etag)),
        checksum ? element(checksumElement(checksum.algorithm), checksum.value) : '',
      ),
    );
  } finally {
    await store.scratch.discard(whole);
    if (copy) await store.scratch.discard(copy);
  }
};
