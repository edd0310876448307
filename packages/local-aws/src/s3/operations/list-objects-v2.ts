import { invalidArgument } from '../errors';
import { contentsElement, listPage, nameEncoding, pageLimit, prefixElement } from '../listing';
import { xmlReply } from '../reply';
import { afterName, toBytes } from '../store/object-index';
import { element, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const listObjectsV2: Operation = async (request, { store }) => {
  const { query } = request;
  const { index, settings } = store.bucket(request.bucket);
  if (query.get('list-type') !== '2') {
    throw invalidArgument(
      'list-type',
      query.get('list-type') ?? '',
      'Invalid List Type specified in Request',
    );
  }
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const startAfter = query.get('start-after');
  const token = query.get('continuation-token');
  const limit = pageLimit(request, 'max-keys');
  const encode = nameEncoding(request);
  const owner = query.get('fetch-owner') === 'true' ? request.context.account : undefined;

  const from = token === undefined ? (startAfter ? afterName(toBytes(startAfter)) : '') : decodeToken(token);
  const page = listPage(index, prefix, delimiter, from, limit);
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      element('Name', settings.name),
      element('Prefix', encode(prefix)),
      element('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
      element('ContinuationToken', token),
      element('NextContinuationToken', page.next && encodeToken(page.next.from)),
      element('KeyCount', page.objects.length + page.commonPrefixes.length),
      element('MaxKeys', limit),
      element('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
      element('EncodingType', query.get('encoding-type')),
      element('IsTruncated', page.next !== undefined),
      ...page.objects.map((version) => contentsElement(version, encode, owner)),
      ...page.commonPrefixes.map((common) => prefixElement(common, encode)),
    ),
  );
};

/** A token encodes the byte string at which the next page starts. */
function encodeToken(from: string): string {
  return `1${Buffer.from(from, 'latin1').toString('base64url')}`;
}

function decodeToken(token: string): string {
  const bytes = Buffer.from(token.slice(1), 'base64url').toString('latin1');
  if (bytes === '' || encodeToken(bytes) !== token) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return bytes;
}
