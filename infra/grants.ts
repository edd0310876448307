import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards } from './wildcards';

export interface ObjectGrants {
  readonly read?: readonly string[];
  /** Prefixes that can be listed. A read of a missing object below them returns 404 instead of 403. */
  readonly list?: readonly string[];
  readonly write?: readonly string[];
  /** Prefixes below which objects can be written, large ones in parts. A failed upload can be aborted. */
  readonly upload?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Grants permissions for objects below the given prefixes only. Without the permission to list, S3 returns 403 for a missing
 * object; code that expects 404 needs `list`.
 */
export function grantObjects(bucket: Bucket, role: IRole, grants: ObjectGrants): void {
  const below = (prefixes: readonly string[]) => prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const allow = (actions: string[], resources: string[], prefixes?: readonly string[]) =>
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions,
        resources,
        ...(prefixes && {
          conditions: { StringLike: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
        }),
      }),
    );
  const { read = [], list = [], write = [], upload = [], remove = [] } = grants;
  const written = [...upload, ...write];
  if (read.length > 0) allow(['s3:GetObject'], below(read));
  if (list.length > 0) allow(['s3:ListBucket'], [bucket.bucketArn], list);
  if (written.length > 0) allow(['s3:PutObject'], below(written));
  if (upload.length > 0) allow(['s3:AbortMultipartUpload'], below(upload));
  if (remove.length > 0) allow(['s3:DeleteObject'], below(remove));
  acknowledgeWildcards(
    role,
    below([...new Set([...read, ...written, ...remove])]),
    'Objects below a prefix.',
  );
}
