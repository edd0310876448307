import { xmlReply } from '../reply';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const getObjectTagging: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  rejectVersionId(request);
  const tags = bucket
    .require(request.key)
    .tags.map(([key, value]) => parent('Tag', element('Key', key), element('Value', value)));
  return xmlReply(xmlDocument('Tagging', parent('TagSet', ...tags)));
};
