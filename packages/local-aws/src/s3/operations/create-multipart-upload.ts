import { type ChecksumAlgorithm, type ChecksumType, isChecksumAlgorithm } from '../checksums';
import { invalidArgument, S3Error } from '../errors';
import { headerTags, storedHeaders } from '../object-headers';
import { xmlReply } from '../reply';
import { header, type S3Request } from '../request';
import { element, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  const checksum = wantedChecksum(request);
  const upload = await bucket.uploads.create({
    key: request.key,
    headers: storedHeaders(request),
    tags: headerTags(request),
    ...(checksum && { checksum }),
  });
  return xmlReply(
    xmlDocument(
      'InitiateMultipartUploadResult',
      element('Bucket', request.bucket),
      element('Key', request.key),
      element('UploadId', upload.id),
    ),
    checksum
      ? { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }
      : undefined,
  );
};

/** SHA checksums must be COMPOSITE, CRC-64/NVME must be FULL_OBJECT; the other CRCs support both. */
function wantedChecksum(
  request: S3Request,
): { algorithm: ChecksumAlgorithm; type: ChecksumType } | undefined {
  const algorithm = header(request, 'x-amz-checksum-algorithm')?.toUpperCase();
  const requested = header(request, 'x-amz-checksum-type')?.toUpperCase();
  if (algorithm === undefined) return undefined;
  if (!isChecksumAlgorithm(algorithm)) {
    throw invalidArgument(
      'x-amz-checksum-algorithm',
      algorithm,
      'Checksum algorithm provided is unsupported.',
    );
  }
  const type = requested ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (type !== 'FULL_OBJECT' && type !== 'COMPOSITE') {
    throw invalidArgument('x-amz-checksum-type', type, 'Value for x-amz-checksum-type header is invalid.');
  }
  if (
    (type === 'FULL_OBJECT' && algorithm.startsWith('SHA')) ||
    (type === 'COMPOSITE' && algorithm === 'CRC64NVME')
  ) {
    throw new S3Error(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type };
}
