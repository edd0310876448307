import { Duration } from 'aws-cdk-lib';
import { type LifecycleRule, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ARCHIVE, RESULTS } from '../domain/object-keys';

/** Days after which objects change place or go. */
export interface Retention {
  /** Archived files move to Glacier Instant Retrieval. */
  readonly archiveAfterDays: number;
  /** What executions reported and left behind goes. */
  readonly resultsDays: number;
  /** A version that was deleted or replaced goes. */
  readonly oldVersionDays: number;
}

/**
 * Results outlive by far the batch that reads them (hours) and its parsed rows (`fileRetentionDays`): they stay as long
 * as Step Functions shows the execution they explain, 90 days.
 *
 * Old versions are there for a mistake to be mended, and a week is time to see it. More would be dear: a file that was
 * moved from input/ lies in archive/ or rejected/, and what maintenance deletes from the lake has been needed by no
 * version for a week, but all of it remains as old versions.
 */
export const DEFAULT_RETENTION: Retention = { archiveAfterDays: 90, resultsDays: 90, oldVersionDays: 7 };

/** Above the message's 14 days in the queue: a batch that is tried again late still finds what its first try said. */
export const LEAST_RESULTS_DAYS = 15;

/** An upload that did not end in a week never will; its parts are paid for, and nobody sees them. */
const UNFINISHED_UPLOAD = Duration.days(7);

export function lifecycleRules({
  archiveAfterDays,
  resultsDays,
  oldVersionDays,
}: Retention): LifecycleRule[] {
  return [
    {
      id: 'archive-to-glacier',
      prefix: ARCHIVE,
      transitions: [
        {
          storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
          transitionAfter: Duration.days(archiveAfterDays),
        },
      ],
    },
    { id: 'results-expire', prefix: RESULTS, expiration: Duration.days(resultsDays) },
    {
      id: 'old-versions-expire',
      noncurrentVersionExpiration: Duration.days(oldVersionDays),
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: UNFINISHED_UPLOAD,
    },
  ];
}
