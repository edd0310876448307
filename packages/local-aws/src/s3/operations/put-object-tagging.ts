import { receiveText } from '../body';
import { malformedXml } from '../errors';
import { checkTags } from '../object-headers';
import { parseXml } from '../xml';
import type { Operation } from './operation';
import { rejectVersionId } from './reject-version-id';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const putObjectTagging: Operation = async (request, { store }) => {
  const bucket = store.bucket(request.bucket);
  rejectVersionId(request);
  const set = parseXml(await receiveText(request), 'Tagging').first('TagSet');
  if (!set) throw malformedXml('Tagging has no TagSet');
  const tags = set.all('Tag').map((tag) => [tag.requiredTextOf('Key'), tag.requiredTextOf('Value')] as const);
  await bucket.tag(request.key, checkTags(tags));
  return { status: 200 };
};
