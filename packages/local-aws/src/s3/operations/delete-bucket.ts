import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const deleteBucket: Operation = async ({ bucket }, { store }) => {
  await store.deleteBucket(bucket);
  return { status: 204 };
};
