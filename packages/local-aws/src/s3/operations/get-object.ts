import { checkRead } from '../conditions';
import { identity, objectHeaders } from '../object-headers';
import type { Reply } from '../reply';
import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';
import { requestedPart } from './requested-part';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export const getObject: Operation = async (request, { store }): Promise<Reply> => {
  const bucket = store.bucket(request.bucket);
  rejectVersionId(request);
  const { version, file } = await bucket.open(request.key);
  try {
    checkRead(request, version, identity(version));
    const { status, range, headers } = requestedPart(request, version);
    const described = { ...objectHeaders(request, version, status === 200), ...headers };
    if (range === undefined) {
      await file.close();
      return { status, headers: described };
    }
    return { status, headers: described, body: { file, range } };
  } catch (error) {
    await file.close();
    throw error;
  }
};
