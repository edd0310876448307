import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { ATHENA_RESULTS } from '../domain/object-keys';

/** Athena's own minimum. */
export const MIN_SCAN_LIMIT_MB = 10;
/** About 5 cents per query at most. */
export const DEFAULT_SCAN_LIMIT_MB = 10_240;

const BYTES_PER_MB = 1024 * 1024;

/** The workgroup in which the lake is queried. Its settings replace those of clients. */
export function athenaWorkgroup(
  scope: Construct,
  { names, bucket, scanLimitMb }: { names: ResourceNames; bucket: Bucket; scanLimitMb: number },
): CfnWorkGroup {
  return new CfnWorkGroup(scope, 'Workgroup', {
    name: names.workgroup,
    description: 'Daybook: queries of the lake',
    // With the history of its queries.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: scanLimitMb * BYTES_PER_MB,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: `s3://${bucket.bucketName}/${ATHENA_RESULTS}`,
        encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        expectedBucketOwner: bucket.stack.account,
      },
    },
  });
}
