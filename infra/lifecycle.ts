import { Duration } from 'aws-cdk-lib';
import { type LifecycleRule, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ARCHIVE, ATHENA_RESULTS, COPIED_ROWS, RESULTS } from '../domain/object-keys';

/** Days after which objects move to another storage class or expire. */
export interface Retention {
  /** Archived files move to Glacier Instant Retrieval. */
  readonly archiveAfterDays: number;
  /** Results and temporary objects of executions expire. */
  readonly resultsDays: number;
  /** Deleted or replaced object versions expire. */
  readonly oldVersionDays: number;
}

/**
 * Results are kept for 90 days, as long as Step Functions shows their execution. The batch needs them only for hours, and its
 * parsed rows expire earlier (`fileRetentionDays`). Old versions allow a mistake to be corrected within a week. A longer time would be expensive: every file moved from input/
 * and every file that maintenance deletes from the lake remains as an old version.
 */
export const DEFAULT_RETENTION: Retention = { archiveAfterDays: 90, resultsDays: 90, oldVersionDays: 7 };

/** More than the 14 days that a message stays in the queue: a late retry of a batch still finds the results of its first try. */
export const MIN_RESULTS_DAYS = 15;

/** Athena reuses a result for at most a week. https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html */
const ATHENA_RESULTS_DAYS = 7;

/** A load deletes its rows; those that one leaves behind are of no use to another. */
const COPIED_ROWS_DAYS = 1;

/** An upload that takes longer than a week was abandoned; its invisible parts cost money. */
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
      id: 'athena-results-expire',
      prefix: ATHENA_RESULTS,
      expiration: Duration.days(ATHENA_RESULTS_DAYS),
    },
    { id: 'copied-rows-expire', prefix: COPIED_ROWS, expiration: Duration.days(COPIED_ROWS_DAYS) },
    {
      id: 'old-versions-expire',
      noncurrentVersionExpiration: Duration.days(oldVersionDays),
      expiredObjectDeleteMarker: true,
      abortIncompleteMultipartUploadAfter: UNFINISHED_UPLOAD,
    },
  ];
}
