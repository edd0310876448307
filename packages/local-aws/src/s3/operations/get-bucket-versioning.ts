import { xmlReply } from '../reply';
import { xmlDocument } from '../xml';
import type { Operation } from './operation';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html: versioning is not supported */
export const getBucketVersioning: Operation = async ({ bucket }, { store }) => {
  store.bucket(bucket);
  return xmlReply(xmlDocument('VersioningConfiguration'));
};
