import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const deleteObjectTagging: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  rejectVersionId(request);
  await bucket.tag(request.key, []);
  return { status: 204 };
};
