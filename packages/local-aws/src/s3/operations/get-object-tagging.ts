import { xmlReply } from '../reply';
import { element, parent, xmlDocument } from '../xml';
import type { Operation } from './operation';
import { refuseVersions } from './refuse-versions';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const getObjectTagging: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  refuseVersions(request);
  const tags = bucket
    .require(request.key)
    .tags.map(([key, value]) => parent('Tag', element('Key', key), element('Value', value)));
  return xmlReply(xmlDocument('Tagging', parent('TagSet', ...tags)));
};
