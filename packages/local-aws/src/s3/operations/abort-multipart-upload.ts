import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload: Operation = async (request, { store }) => {
  const { uploads } = store.bucket(request.bucket);
  const find = () => uploads.find(request.query.get('uploadId') ?? '', request.key);
  await uploads.exclusively(find(), () => uploads.remove(find()));
  return { status: 204 };
};
