import { contentsElement, listPage, nameEncoding, pageLimit, prefixElement } from '../listing';
import { xmlReply } from '../reply';
import { afterName, afterPrefix, toBytes } from '../store/object-index';
import { element, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export const listObjects: Operation = async (request, { store }) => {
  const { query } = request;
  const { index, settings } = store.bucket(request.bucket);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const marker = query.get('marker') ?? '';
  const limit = pageLimit(request, 'max-keys');
  const encode = nameEncoding(request);

  const page = listPage(index, prefix, delimiter, afterMarker(marker, prefix, delimiter), limit);
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      element('Name', settings.name),
      element('Prefix', encode(prefix)),
      element('Marker', encode(marker)),
      element('NextMarker', page.next && delimiter !== undefined ? encode(page.next.last) : undefined),
      element('MaxKeys', limit),
      element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
      element('EncodingType', query.get('encoding-type')),
      element('IsTruncated', page.next !== undefined),
      ...page.objects.map((version) => contentsElement(version, encode, request.context.account)),
      ...page.commonPrefixes.map((common) => prefixElement(common, encode)),
    ),
  );
};

/** Start of the page after a marker; a common prefix as the marker skips all its keys. */
function afterMarker(marker: string, prefix: string, delimiter: string | undefined): string {
  if (marker === '') return '';
  const bytes = toBytes(marker);
  const isCommonPrefix =
    delimiter !== undefined &&
    marker.startsWith(prefix) &&
    marker.indexOf(delimiter, prefix.length) === marker.length - delimiter.length &&
    marker.length >= prefix.length + delimiter.length;
  return isCommonPrefix ? afterPrefix(bytes) : afterName(bytes);
}
