import type { RequestContext } from '../endpoint/service';
import type { Access } from '../iam/access';
import { assertAllowed, type DenialWording } from '../iam/denied';
import { S3Error } from './errors';
import { copySource } from './operations/copy-source';
import { header, type S3Request } from './request';

/** Method and target, with the subresource in the query after `?` and ` copy` for a request with a copy source. */
export type OperationName = keyof typeof ACCESS;

/**
 * The permissions of each operation. CopyObject checks those for tags itself, DeleteObjects those for each key.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACCESS = {
  'GET service': () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  'PUT bucket': onBucket('s3:CreateBucket'),
  'HEAD bucket': onBucket('s3:ListBucket'),
  'DELETE bucket': onBucket('s3:DeleteBucket'),
  'GET bucket': listing,
  'GET bucket?list-type': listing,
  'GET bucket?location': onBucket('s3:GetBucketLocation'),
  'GET bucket?versioning': onBucket('s3:GetBucketVersioning'),
  'GET bucket?notification': onBucket('s3:GetBucketNotification'),
  'PUT bucket?notification': onBucket('s3:PutBucketNotification'),
  'GET bucket?uploads': onBucket('s3:ListBucketMultipartUploads'),
  'POST bucket?delete': () => [],
  'PUT object': writing,
  'PUT object copy': (request) => [...readingSource(request), ...writing(request)],
  'GET object': reading,
  'HEAD object': reading,
  'DELETE object': (request) => [
    onObject(request, versioned(request, 's3:DeleteObject')),
    ...readingIfMatch(request),
  ],
  'GET object?tagging': (request) => [
    onObject(request, namesVersion(request) ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging'),
  ],
  'PUT object?tagging': (request) => [
    onObject(request, namesVersion(request) ? 's3:PutObjectVersionTagging' : 's3:PutObjectTagging'),
  ],
  'DELETE object?tagging': (request) => [
    onObject(request, namesVersion(request) ? 's3:DeleteObjectVersionTagging' : 's3:DeleteObjectTagging'),
  ],
  'POST object?uploads': writing,
  'PUT object?uploadId': (request) => [onObject(request, 's3:PutObject')],
  'PUT object?uploadId copy': (request) => [...readingSource(request), onObject(request, 's3:PutObject')],
  'POST object?uploadId': (request) => [onObject(request, 's3:PutObject'), ...readingIfMatch(request)],
  'DELETE object?uploadId': (request) => [onObject(request, 's3:AbortMultipartUpload')],
  'GET object?uploadId': (request) => [onObject(request, 's3:ListMultipartUploadParts')],
} satisfies Record<string, (request: S3Request) => readonly Access[]>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html */
const S3_DENIAL: DenialWording = { code: 'AccessDenied', status: 403, quotesResource: true };

/** @throws AccessDeniedError; S3Error for an invalid copy source */
export function assertAccess(name: OperationName, request: S3Request): void {
  assertAllowed(request.context.decide, ACCESS[name](request), S3_DENIAL);
}

/**
 * Without s3:ListBucket, a missing object is 403 instead of 404. The check uses the key as the prefix.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @throws AccessDeniedError instead of NoSuchKey
 */
export function hideMissingKey(name: OperationName, request: S3Request, error: unknown): void {
  if (!(error instanceof S3Error) || error.code !== 'NoSuchKey') return;
  const { bucket, key } = name.endsWith(' copy') ? copySource(request) : request;
  const access = { action: 's3:ListBucket', resource: bucketArn(bucket), context: { 's3:prefix': key } };
  assertAllowed(request.context.decide, [access], S3_DENIAL);
}

/** Copying tags needs permission to read and write them. @throws AccessDeniedError */
export function assertTagAccess(request: S3Request): void {
  const source = copySource(request);
  const accesses = [
    { action: 's3:GetObjectTagging', resource: objectArn(source.bucket, source.key) },
    onObject(request, 's3:PutObjectTagging'),
  ];
  assertAllowed(request.context.decide, accesses, S3_DENIAL);
}

/** Checks one key of DeleteObjects. @throws AccessDeniedError */
export function assertDeletion(
  context: RequestContext,
  target: { readonly bucket: string; readonly key: string },
  etag: string | undefined,
): void {
  const resource = objectArn(target.bucket, target.key);
  const actions = ['s3:DeleteObject', ...(etag === undefined || etag === '*' ? [] : ['s3:GetObject'])];
  assertAllowed(
    context.decide,
    actions.map((action) => ({ action, resource })),
    S3_DENIAL,
  );
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const objectArn = (bucket: string, key: string): string => `${bucketArn(bucket)}/${key}`;

function onBucket(action: string): (request: S3Request) => Access[] {
  return ({ bucket }) => [{ action, resource: bucketArn(bucket) }];
}

function onObject({ bucket, key }: S3Request, action: string): Access {
  return { action, resource: objectArn(bucket, key) };
}

/** Only parameters of the request become condition keys. */
function listing({ bucket, query }: S3Request): Access[] {
  const context = Object.fromEntries(
    ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
      const value = query.get(name);
      return value === undefined ? [] : [[`s3:${name}`, value]];
    }),
  );
  return [{ action: 's3:ListBucket', resource: bucketArn(bucket), context }];
}

function reading(request: S3Request): Access[] {
  return [onObject(request, versioned(request, 's3:GetObject'))];
}

function readingSource(request: S3Request): Access[] {
  const { bucket, key } = copySource(request);
  const isVersion = header(request, 'x-amz-copy-source')?.includes('?versionId=');
  return [{ action: isVersion ? 's3:GetObjectVersion' : 's3:GetObject', resource: objectArn(bucket, key) }];
}

function writing(request: S3Request): Access[] {
  const sets = (name: string, action: string) =>
    header(request, name) === undefined ? [] : [onObject(request, action)];
  return [
    onObject(request, 's3:PutObject'),
    ...readingIfMatch(request),
    ...sets('x-amz-tagging', 's3:PutObjectTagging'),
    ...sets('x-amz-acl', 's3:PutObjectAcl'),
  ];
}

/**
 * A condition on an ETag reveals it, and so needs s3:GetObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-delete-enforce.html
 */
function readingIfMatch(request: S3Request): Access[] {
  const etag = header(request, 'if-match');
  return etag === undefined || etag === '*' ? [] : [onObject(request, 's3:GetObject')];
}

const namesVersion = ({ query }: S3Request): boolean => query.has('versionId');

const versioned = (request: S3Request, action: string): string =>
  namesVersion(request) ? `${action}Version` : action;
