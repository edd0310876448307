import { AwsError } from '../../endpoint/service';
import { assertDeletion } from '../access';
import { receiveText } from '../body';
import { deleteCondition } from '../conditions';
import { invalidArgument, malformedXml, notImplemented } from '../errors';
import { xmlReply } from '../reply';
import { element, parent, parseXml, type XmlElement, xmlDocument } from '../xml';
import { notifyRemoved } from './notify';
import type { Operation } from './operation';

const MAX_KEYS = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects: Operation = async (request, deps) => {
  const bucket = deps.store.bucket(request.bucket);
  const root = parseXml(await receiveText(request), 'Delete');
  const objects = root.all('Object');
  if (objects.length === 0 || objects.length > MAX_KEYS) {
    throw malformedXml(`expected 1 to ${MAX_KEYS} of Object, found ${objects.length}`);
  }
  const quiet = root.textOf('Quiet')?.trim().toLowerCase() === 'true';

  const deleteOne = async (object: XmlElement): Promise<string> => {
    const key = object.requiredTextOf('Key');
    try {
      const version = object.textOf('VersionId');
      if (version !== undefined && version !== 'null') {
        throw invalidArgument('VersionId', version, 'Invalid version id specified');
      }
      const refused = ['LastModifiedTime', 'Size'].find((name) => object.textOf(name) !== undefined);
      if (refused) throw notImplemented(`The condition ${refused}`);
      const etag = object.textOf('ETag');
      assertDeletion(request.context, { bucket: request.bucket, key }, etag);
      const removed = await bucket.delete(key, deleteCondition(etag, key));
      if (removed) await notifyRemoved(request, deps, key);
      return quiet ? '' : parent('Deleted', element('Key', key));
    } catch (error) {
      const { code, message } =
        error instanceof AwsError
          ? error
          : { code: 'InternalError', message: 'We encountered an internal error.' };
      return parent('Error', element('Key', key), element('Code', code), element('Message', message));
    }
  };

  for (const object of objects) object.requiredTextOf('Key');
  return xmlReply(xmlDocument('DeleteResult', ...(await Promise.all(objects.map(deleteOne)))));
};
