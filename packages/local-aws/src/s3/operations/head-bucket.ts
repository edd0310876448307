import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket: Operation = async ({ bucket, context }, { store }) => {
  store.bucket(bucket);
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': context.region, 'x-amz-access-point-alias': 'false' },
  };
};
