import { checksumElement } from '../checksums';
import { pageLimit } from '../listing';
import { quotedEtag, xmlReply } from '../reply';
import { wholeNumber } from '../request';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const listParts: Operation = async (request, { store }) => {
  const { query, context } = request;
  const { uploads } = store.bucket(request.bucket);
  const upload = uploads.find(query.get('uploadId') ?? '', request.key);
  const marker = wholeNumber('part-number-marker', query.get('part-number-marker')) ?? 0;
  const limit = pageLimit(request, 'max-parts');
  const left = uploads.parts(upload.id, upload.key).filter((part) => part.number > marker);
  const page = left.slice(0, limit);
  const truncated = left.length > page.length;
  const owner = [element('ID', context.account), element('DisplayName', 'local')];
  return xmlReply(
    xmlDocument(
      'ListPartsResult',
      element('Bucket', request.bucket),
      element('Key', request.key),
      element('UploadId', upload.id),
      parent('Initiator', ...owner),
      parent('Owner', ...owner),
      element('StorageClass', 'STANDARD'),
      element('PartNumberMarker', marker),
      element('NextPartNumberMarker', truncated ? (page.at(-1)?.number ?? marker) : undefined),
      element('MaxParts', limit),
      element('IsTruncated', truncated),
      element('ChecksumAlgorithm', upload.checksum?.algorithm),
      element('ChecksumType', upload.checksum?.type),
      ...page.map((part) =>
        parent(
          'Part',
          element('PartNumber', part.number),
          element('LastModified', new Date(part.lastModified).toISOString()),
          element('ETag', quotedEtag(part.etag)),
          element('Size', part.size),
          part.checksum ? element(checksumElement(part.checksum.algorithm), part.checksum.value) : '',
        ),
      ),
    ),
  );
};
