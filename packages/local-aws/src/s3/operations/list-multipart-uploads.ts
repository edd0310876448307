import { notImplemented } from '../errors';
import { nameEncoding, pageLimit } from '../listing';
import { xmlReply } from '../reply';
import { toBytes } from '../store/object-index';
import type { Upload } from '../store/uploads';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html, without delimiter */
export const listMultipartUploads: Operation = async (request, { store }) => {
  const { query, context } = request;
  const { uploads } = store.bucket(request.bucket);
  if (query.get('delimiter')) throw notImplemented('ListMultipartUploads with a delimiter');
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const limit = pageLimit(request, 'max-uploads');
  const encode = nameEncoding(request);

  const all = uploads.all().filter((upload) => upload.key.startsWith(prefix));
  const left = keyMarker === '' ? all : uploadsAfter(all, keyMarker, idMarker);
  const page = left.slice(0, limit);
  const truncated = left.length > page.length;
  const last = truncated ? page.at(-1) : undefined;
  const owner = [element('ID', context.account), element('DisplayName', 'local')];
  return xmlReply(
    xmlDocument(
      'ListMultipartUploadsResult',
      element('Bucket', request.bucket),
      element('KeyMarker', encode(keyMarker)),
      element('UploadIdMarker', idMarker),
      element('NextKeyMarker', last && encode(last.key)),
      element('NextUploadIdMarker', last?.id),
      element('Prefix', encode(prefix)),
      element('MaxUploads', limit),
      element('EncodingType', query.get('encoding-type')),
      element('IsTruncated', truncated),
      ...page.map((upload) =>
        parent(
          'Upload',
          element('Key', encode(upload.key)),
          element('UploadId', upload.id),
          parent('Initiator', ...owner),
          parent('Owner', ...owner),
          element('StorageClass', 'STANDARD'),
          element('Initiated', new Date(upload.initiated).toISOString()),
          element('ChecksumAlgorithm', upload.checksum?.algorithm),
          element('ChecksumType', upload.checksum?.type),
        ),
      ),
    ),
  );
};

/** The uploads after a marker: those of later keys, and those of the same key after the marked upload. */
function uploadsAfter(uploads: readonly Upload[], keyMarker: string, idMarker: string): Upload[] {
  const marker = toBytes(keyMarker);
  const position = uploads.findIndex((upload) => upload.key === keyMarker && upload.id === idMarker);
  return uploads.filter(
    (upload, i) =>
      toBytes(upload.key) > marker || (upload.key === keyMarker && position >= 0 && i > position),
  );
}
