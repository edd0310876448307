import { declaredChecksum, receiveBody } from '../body';
import { checksumHeader } from '../checksums';
import { quotedEtag } from '../reply';
import type { Operation } from './operation';
import { partNumber } from './part-number';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export const uploadPart: Operation = async (request, { store }) => {
  const { uploads } = store.bucket(request.bucket);
  const number = partNumber(request);
  const upload = uploads.find(request.query.get('uploadId') ?? '', request.key);
  const algorithm = upload.checksum?.algorithm;

  const { id, result } = await store.scratch.write((write) =>
    receiveBody(request, write, algorithm ? [algorithm] : [], declaredChecksum(request)),
  );
  const computed = algorithm && result.computed.get(algorithm);
  const checksum = algorithm && computed !== undefined ? { algorithm, value: computed } : result.sent;
  try {
    const part = await uploads.putPart(upload, id, {
      number,
      size: result.size,
      etag: result.md5.toString('hex'),
      ...(checksum && { checksum }),
    });
    return {
      status: 200,
      headers: {
        etag: quotedEtag(part.etag),
        ...(result.sent && { [checksumHeader(result.sent.algorithm)]: result.sent.value }),
      },
    };
  } finally {
    await store.scratch.discard(id);
  }
};
