import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeWildcards } from './wildcards';

export interface ObjectGrants {
  /** Prefixes whose objects may be read and listed. */
  readonly read?: readonly string[];
  /** Prefixes whose objects may be listed, but not read. */
  readonly list?: readonly string[];
  readonly write?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Rights to objects below prefixes, and to no others. Listing is bound to the prefixes that may be read; without it S3
 * answers 403 for an object that is not there, where our code counts on 404.
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
  const { read = [], list = [] } = grants;
  if (read.length > 0) allow(['s3:GetObject'], below(read));
  if (read.length + list.length > 0) allow(['s3:ListBucket'], [bucket.bucketArn], [...read, ...list]);
  if (grants.write?.length) allow(['s3:PutObject', 's3:AbortMultipartUpload'], below(grants.write));
  if (grants.remove?.length) allow(['s3:DeleteObject'], below(grants.remove));
  acknowledgeWildcards(
    role,
    below([...new Set([...read, ...(grants.write ?? []), ...(grants.remove ?? [])])]),
    'Objects below a prefix.',
  );
}
