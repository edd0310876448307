import type { Operation } from './operation';
import { refuseVersions } from './refuse-versions';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const deleteObjectTagging: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  refuseVersions(request);
  await bucket.tag(request.key, []);
  return { status: 204 };
};
