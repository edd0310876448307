import { xmlReply } from '../reply';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html, always in one page */
export const listBuckets: Operation = async ({ query, context }, { store }) => {
  const prefix = query.get('prefix');
  const buckets = store.all().filter(({ settings }) => settings.name.startsWith(prefix ?? ''));
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
    ),
  );
};
