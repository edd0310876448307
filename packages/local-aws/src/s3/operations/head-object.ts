import { checkRead } from '../conditions';
import { identity, objectHeaders } from '../object-headers';
import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';
import { requestedPart } from './requested-part';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export const headObject: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  rejectVersionId(request);
  const version = bucket.require(request.key);
  checkRead(request, version, identity(version));
  const { status, headers } = requestedPart(request, version);
  return { status, headers: { ...objectHeaders(request, version, status === 200), ...headers } };
};
