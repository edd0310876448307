import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards } from './wildcards';

export interface ObjectGrants {
  readonly read?: readonly string[];
  /** Prefixes that may be listed, and of whose objects one may learn that they are not there. */
  readonly list?: readonly string[];
  readonly write?: readonly string[];
  /** Prefixes whose objects may be written, large ones in parts: what came of an upload that failed is taken back. */
  readonly upload?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Rights to objects below prefixes, and to no others. Where S3 may not be asked for a list, it answers 403 for an object
 * that is not there, too; where our code counts on 404, listing is granted.
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
