import type { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import {
  ARCHIVE,
  INPUT,
  LOGS_OF_STAGING,
  MOVES_OF_EXECUTIONS,
  REJECTED,
  RESULTS,
  STAGING,
} from '../domain/object-keys';
import type { BilledSizes } from '../domain/workflow';
import { grantObjects, type ObjectGrants } from './grants';
import type { Intake } from './intake';
import { lambdaFunction } from './lambda-function';
import {
  LEASE,
  MOVE_TIMEOUT,
  ORCHESTRATOR_TIMEOUT,
  RECEIVED_VISIBILITY,
  RECONCILE_AFTER,
  SETTLE_TIMEOUT,
  visibilityTimeout,
} from './timeouts';

interface FunctionsProps {
  readonly names: ResourceNames;
  readonly intake: Intake;
  /**
   * Whether Lambda itself keeps orchestrators from running two at a time. Lambda leaves at least 100 executions of an account
   * unreserved, so an account with fewer than 101 cannot reserve one: there they hold each other off by a lease.
   */
  readonly reserveConcurrency: boolean;
  /** Files that one execution takes at most; the orchestrator's own default where not given. */
  readonly maxBatchFiles: number | undefined;
  readonly maxBatchBytes: number | undefined;
  /** Minutes that files of events wait for others; they do not where not given. */
  readonly eventFileWait?: number | undefined;
  /** Settle records them in an execution's usage. */
  readonly billedSizes: BilledSizes;
  readonly hasSpark: boolean;
}

/** The Lambdas around the tasks: orchestrate starts an execution, move puts its files where they belong, settle ends its batch. */
export class Functions extends Construct {
  readonly orchestrator: LambdaFunction;
  readonly move: LambdaFunction;
  readonly settle: LambdaFunction;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { names, intake } = props;

    const define = (
      name: 'orchestrate' | 'move' | 'settle',
      functionName: string,
      timeout: Duration,
      options: {
        readonly reservedConcurrentExecutions?: number;
        readonly environment?: Record<string, string>;
        readonly objects: ObjectGrants;
      },
    ): LambdaFunction => {
      const created = lambdaFunction(this, name, {
        reservedConcurrentExecutions: options.reservedConcurrentExecutions,
        functionName,
        timeout,
        environment: {
          BUCKET_NAME: intake.bucket.bucketName,
          METRICS_SERVICE: names.metricsService,
          ...options.environment,
        },
      });
      if (created.role) grantObjects(intake.bucket, created.role, options.objects);
      return created;
    };

    // One at a time: two orchestrators could each see no execution running and start one.
    this.orchestrator = define('orchestrate', names.orchestrator, ORCHESTRATOR_TIMEOUT, {
      ...(props.reserveConcurrency && { reservedConcurrentExecutions: 1 }),
      objects: { read: [RESULTS, LOGS_OF_STAGING], list: [RESULTS, INPUT, STAGING], write: [RESULTS] },
      environment: {
        QUEUE_URL: intake.queue.queueUrl,
        RECEIVED_VISIBILITY: String(RECEIVED_VISIBILITY.toSeconds()),
        HELD_VISIBILITY: String(visibilityTimeout(props.hasSpark).toSeconds()),
        RECONCILE_AFTER: String(RECONCILE_AFTER.toSeconds()),
        ...(props.maxBatchFiles !== undefined && { MAX_BATCH_FILES: String(props.maxBatchFiles) }),
        ...(props.maxBatchBytes !== undefined && { MAX_BATCH_BYTES: String(props.maxBatchBytes) }),
        ...(props.eventFileWait && { EVENT_FILE_WAIT: String(60 * props.eventFileWait) }),
        ...(!props.reserveConcurrency && { LEASE_SECONDS: String(LEASE.toSeconds()) }),
      },
    });
    this.settle = define('settle', names.settle, SETTLE_TIMEOUT, {
      // It puts a file back that was moved as an earlier upload.
      objects: {
        read: [RESULTS, ARCHIVE, REJECTED],
        list: [RESULTS, ARCHIVE, REJECTED],
        write: [RESULTS],
        upload: [INPUT],
      },
      environment: { QUEUE_URL: intake.queue.queueUrl, BILLED_SIZES: JSON.stringify(props.billedSizes) },
    });
    this.move = define('move', names.move, MOVE_TIMEOUT, {
      objects: {
        read: [INPUT, MOVES_OF_EXECUTIONS],
        list: [INPUT, ARCHIVE, REJECTED],
        upload: [ARCHIVE, REJECTED],
        // From the places, the copies of executions that died before they deleted the file itself.
        remove: [INPUT, ARCHIVE, REJECTED],
      },
    });
    // A file that was uploaded with tags keeps them; S3 refuses to copy it for anyone who may not.
    const allow = (to: LambdaFunction, action: string, prefixes: readonly string[]) =>
      to.addToRolePolicy(
        new PolicyStatement({
          actions: [action],
          resources: prefixes.map((prefix) => intake.bucket.arnForObjects(`${prefix}*`)),
        }),
      );
    allow(this.move, 's3:GetObjectTagging', [INPUT]);
    allow(this.move, 's3:PutObjectTagging', [ARCHIVE, REJECTED]);
    allow(this.settle, 's3:GetObjectTagging', [ARCHIVE, REJECTED]);
    allow(this.settle, 's3:PutObjectTagging', [INPUT]);

    intake.queue.grant(
      this.orchestrator,
      'sqs:SendMessage',
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
    );
    intake.queue.grant(this.settle, 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility');
  }
}
