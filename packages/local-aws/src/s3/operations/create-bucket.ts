import { receiveText } from '../body';
import { parseXml } from '../xml';
import type { Operation } from './operation';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * Succeeds for an existing bucket, like us-east-1 does for its owner.
 */
export const createBucket: Operation = async (request, { store }) => {
  const text = await receiveText(request);
  if (text.trim() !== '') parseXml(text, 'CreateBucketConfiguration');
  await store.createBucket(request.bucket);
  return { status: 200, headers: { location: `/${request.bucket}` } };
};
