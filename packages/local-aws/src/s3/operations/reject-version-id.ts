import { invalidArgument } from '../errors';
import type { S3Request } from '../request';

/** Without versioning, the only version id is `null`. @throws InvalidArgument for another */
export function rejectVersionId({ query }: S3Request): void {
  const id = query.get('versionId');
  if (id !== undefined && id !== 'null') {
    throw invalidArgument('versionId', id, 'Invalid version id specified');
  }
}
