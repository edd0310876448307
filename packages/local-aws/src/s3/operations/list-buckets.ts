import { invalidArgument } from '../errors';
import { xmlReply } from '../reply';
import { wholeNumber } from '../request';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';

const MAX_PAGE_SIZE = 10_000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const listBuckets: Operation = async ({ query, context }, { store }) => {
  const prefix = query.get('prefix');
  const after = lastOfToken(query.get('continuation-token'));
  const limit = wholeNumber('max-buckets', query.get('max-buckets')) ?? MAX_PAGE_SIZE;
  if (limit < 1 || limit > MAX_PAGE_SIZE) {
    throw invalidArgument(
      'max-buckets',
      `${limit}`,
      `max-buckets must be an integer from 1 to ${MAX_PAGE_SIZE}`,
    );
  }
  const left = store
    .all()
    .filter(({ settings }) => settings.name.startsWith(prefix ?? '') && settings.name > after);
  const buckets = left.slice(0, limit);
  const last = left.length > limit ? buckets.at(-1)?.settings.name : undefined;
  return xmlReply(
    xmlDocument(
      'ListAllMyBucketsResult',
      parent('Owner', element('ID', context.account), element('DisplayName', 'local')),
      parent(
        'Buckets',
        ...buckets.map(({ settings }) =>
          parent(
            'Bucket',
            element('Name', settings.name),
            element('CreationDate', new Date(settings.createdAt).toISOString()),
          ),
        ),
      ),
      element('Prefix', prefix),
      element('ContinuationToken', last && tokenOf(last)),
    ),
  );
};

/** A token encodes the last bucket name of the page. */
const tokenOf = (name: string): string => Buffer.from(name).toString('base64url');

function lastOfToken(token: string | undefined): string {
  const name = Buffer.from(token ?? '', 'base64url').toString();
  if (token !== undefined && (name === '' || tokenOf(name) !== token)) {
    throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
  }
  return name;
}
