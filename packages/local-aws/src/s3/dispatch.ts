import type { OperationName } from './access';
import { notImplemented, S3Error } from './errors';
import { abortMultipartUpload } from './operations/abort-multipart-upload';
import { completeMultipartUpload } from './operations/complete-multipart-upload';
import { copyObject } from './operations/copy-object';
import { createBucket } from './operations/create-bucket';
import { createMultipartUpload } from './operations/create-multipart-upload';
import { deleteBucket } from './operations/delete-bucket';
import { deleteObject } from './operations/delete-object';
import { deleteObjectTagging } from './operations/delete-object-tagging';
import { deleteObjects } from './operations/delete-objects';
import { getBucketLocation } from './operations/get-bucket-location';
import { getBucketNotificationConfiguration } from './operations/get-bucket-notification-configuration';
import { getBucketVersioning } from './operations/get-bucket-versioning';
import { getObject } from './operations/get-object';
import { getObjectTagging } from './operations/get-object-tagging';
import { headBucket } from './operations/head-bucket';
import { headObject } from './operations/head-object';
import { listBuckets } from './operations/list-buckets';
import { listMultipartUploads } from './operations/list-multipart-uploads';
import { listObjects } from './operations/list-objects';
import { listObjectsV2 } from './operations/list-objects-v2';
import { listParts } from './operations/list-parts';
import type { Operation } from './operations/operation';
import { putBucketNotificationConfiguration } from './operations/put-bucket-notification-configuration';
import { putObject } from './operations/put-object';
import { putObjectTagging } from './operations/put-object-tagging';
import { uploadPart } from './operations/upload-part';
import { uploadPartCopy } from './operations/upload-part-copy';
import { header, type S3Request } from './request';

type Target = 'service' | 'bucket' | 'object';

const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  'GET service': listBuckets,
  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'DELETE bucket': deleteBucket,
  'GET bucket': listObjects,
  'GET bucket?list-type': listObjectsV2,
  'GET bucket?location': getBucketLocation,
  'GET bucket?versioning': getBucketVersioning,
  'GET bucket?notification': getBucketNotificationConfiguration,
  'PUT bucket?notification': putBucketNotificationConfiguration,
  'GET bucket?uploads': listMultipartUploads,
  'POST bucket?delete': deleteObjects,
  'PUT object': putObject,
  'PUT object copy': copyObject,
  'GET object': getObject,
  'HEAD object': headObject,
  'DELETE object': deleteObject,
  'GET object?tagging': getObjectTagging,
  'PUT object?tagging': putObjectTagging,
  'DELETE object?tagging': deleteObjectTagging,
  'POST object?uploads': createMultipartUpload,
  'PUT object?uploadId': uploadPart,
  'PUT object?uploadId copy': uploadPartCopy,
  'POST object?uploadId': completeMultipartUpload,
  'DELETE object?uploadId': abortMultipartUpload,
  'GET object?uploadId': listParts,
};

/**
 * The query parameters that select another operation, with its name after the verb. Includes unsupported ones: otherwise
 * PutObjectAcl would write an object.
 */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  accelerate: 'BucketAccelerateConfiguration',
  acl: 'Acl',
  analytics: 'BucketAnalyticsConfiguration',
  annotation: 'ObjectAnnotation',
  attributes: 'ObjectAttributes',
  cors: 'BucketCors',
  delete: 'Objects',
  encryption: 'BucketEncryption',
  'intelligent-tiering': 'BucketIntelligentTieringConfiguration',
  inventory: 'BucketInventoryConfiguration',
  'legal-hold': 'ObjectLegalHold',
  lifecycle: 'BucketLifecycleConfiguration',
  'list-type': 'ObjectsV2',
  location: 'BucketLocation',
  logging: 'BucketLogging',
  metadataConfiguration: 'BucketMetadataConfiguration',
  metadataTable: 'BucketMetadataTableConfiguration',
  metrics: 'BucketMetricsConfiguration',
  notification: 'BucketNotificationConfiguration',
  'object-lock': 'ObjectLockConfiguration',
  ownershipControls: 'BucketOwnershipControls',
  policy: 'BucketPolicy',
  policyStatus: 'BucketPolicyStatus',
  publicAccessBlock: 'PublicAccessBlock',
  renameObject: 'RenameObject',
  replication: 'BucketReplication',
  requestPayment: 'BucketRequestPayment',
  restore: 'RestoreObject',
  retention: 'ObjectRetention',
  select: 'SelectObjectContent',
  session: 'Session',
  tagging: 'Tagging',
  torrent: 'ObjectTorrent',
  uploadId: 'MultipartUpload',
  uploads: 'MultipartUploads',
  versioning: 'BucketVersioning',
  versions: 'ObjectVersions',
  website: 'BucketWebsite',
};

const VERBS: Readonly<Record<string, string>> = {
  GET: 'Get',
  PUT: 'Put',
  POST: 'Post',
  DELETE: 'Delete',
  HEAD: 'Head',
};

/** @throws NotImplemented that names the operation, or MethodNotAllowed */
export function findOperation(request: S3Request): { name: OperationName; run: Operation } {
  const { method, query } = request;
  const target: Target = request.key !== '' ? 'object' : request.bucket !== '' ? 'bucket' : 'service';
  const subresource = [...query.keys()].find((name) => Object.hasOwn(SUBRESOURCES, name));
  const copy = target === 'object' && method === 'PUT' && header(request, 'x-amz-copy-source') !== undefined;
  const name = `${method} ${target}${subresource === undefined ? '' : `?${subresource}`}${copy ? ' copy' : ''}`;
  if (isServed(name)) return { name, run: OPERATIONS[name] };
  const verb = VERBS[method];
  if (verb === undefined) {
    throw new S3Error(
      'MethodNotAllowed',
      `The specified method is not allowed against this resource: ${method}`,
      405,
    );
  }
  throw notImplemented(`The operation ${operationName(verb, target, subresource)} (${name})`);
}

const isServed = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name);

function operationName(verb: string, target: Target, subresource: string | undefined): string {
  if (subresource === undefined) return `${verb}${target === 'service' ? 'Service' : 'Object'}`;
  const noun = SUBRESOURCES[subresource] ?? subresource;
  if (subresource === 'versions') return `List${noun}`;
  if (/^(?:Restore|Select|Rename)/.test(noun)) return noun;
  const owner = noun === 'Acl' || noun === 'Tagging' ? (target === 'object' ? 'Object' : 'Bucket') : '';
  return `${verb}${owner}${noun}`;
}
