import { deleteCondition } from '../conditions';
import { notImplemented } from '../errors';
import { header } from '../request';
import { notifyRemoved } from './notify';
import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject: Operation = async (request, deps) => {
  const bucket = deps.store.bucket(request.bucket);
  rejectVersionId(request);
  const directoryBucketOnly = ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size'];
  const refused = directoryBucketOnly.find((name) => header(request, name) !== undefined);
  if (refused) throw notImplemented(`The condition ${refused}`);
  const condition = deleteCondition(header(request, 'if-match'), request.key);
  if (await bucket.delete(request.key, condition)) await notifyRemoved(request, deps, request.key);
  return { status: 204 };
};
