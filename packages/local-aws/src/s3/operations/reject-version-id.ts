import { invalidArgument } from '../errors';
import type { S3Request } from '../request';

/** Buckets are not versioned: the one version there is is called `null`. @throws InvalidArgument for another */
export function rejectVersionId({ query }: S3Request): void {
  const id = query.get('versionId');
  if (id !== undefined && id !== 'null') {
    throw invalidArgument('versionId', id, 'Invalid version id specified');
  }
}
