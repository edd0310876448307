import { xmlReply } from '../reply';
import { escapeXml, xmlDocument } from '../xml';
import type { Operation } from './operation';

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
 * us-east-1 is an empty element.
 */
export const getBucketLocation: Operation = async ({ bucket, context }, { store }) => {
  store.bucket(bucket);
  const { region } = context;
  return xmlReply(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : escapeXml(region)));
};
