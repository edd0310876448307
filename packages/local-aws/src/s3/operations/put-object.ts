import { declaredChecksum, receiveBody } from '../body';
import { writeCondition } from '../conditions';
import { invalidArgument } from '../errors';
import { checksumHeaders, headerTags, storedHeaders } from '../object-headers';
import { quotedEtag } from '../reply';
import type { ObjectContent } from '../store/version';
import { notifyCreated } from './notify';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export const putObject: Operation = async (request, deps) => {
  const { store } = deps;
  const bucket = store.bucket(request.bucket);
  const part = request.query.get('partNumber');
  if (part !== undefined)
    throw invalidArgument('uploadId', '', 'A part needs the uploadId that it belongs to');
  const condition = writeCondition(request);
  const headers = storedHeaders(request);
  const tags = headerTags(request);

  const { id, result } = await store.scratch.write((write) =>
    receiveBody(request, write, [], declaredChecksum(request)),
  );
  const content: ObjectContent = {
    size: result.size,
    etag: result.md5.toString('hex'),
    headers,
    tags,
    ...(result.sent && { checksum: { ...result.sent, type: 'FULL_OBJECT' } }),
  };
  try {
    const version = await bucket.put(request.key, id, content, condition);
    await notifyCreated(request, deps, 'ObjectCreated:Put', version);
    return { status: 200, headers: { etag: quotedEtag(version.etag), ...checksumHeaders(version) } };
  } finally {
    await store.scratch.discard(id);
  }
};
