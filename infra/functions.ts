import type { Duration } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { BilledSizes } from '../cost/task-usage';
import type { ResourceNames } from '../domain/names';
import { ARCHIVE, INPUT, LOGS_OF_STAGING, REJECTED, RESULTS, STAGING } from '../domain/object-keys';
import { packagePath } from '../package-path';
import { functionRole } from './function-role';
import { grantObjects } from './grants';
import type { Intake } from './intake';
import {
  LEASE,
  ORCHESTRATOR_TIMEOUT,
  RECEIVED_VISIBILITY,
  RECONCILE_AFTER,
  SETTLE_TIMEOUT,
  VISIBILITY_TIMEOUT,
} from './timeouts';

interface FunctionsProps {
  readonly names: ResourceNames;
  readonly intake: Intake;
  /**
   * Whether Lambda itself keeps orchestrators from running two at a time. An account whose quota of concurrent executions is
   * 10, as a new one's can be, cannot reserve any: there they hold each other off by a lease.
   */
  readonly reserveConcurrency: boolean;
  /** By which settle reckons what an execution cost. */
  readonly billedSizes: BilledSizes;
}

/** The Lambdas at both ends of an execution: orchestrate starts it, settle ends its batch. */
export class Functions extends Construct {
  readonly orchestrator: LambdaFunction;
  readonly settle: LambdaFunction;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { names, intake } = props;

    const define = (
      name: 'orchestrate' | 'settle',
      functionName: string,
      timeout: Duration,
      options: {
        readonly reservedConcurrentExecutions?: number;
        readonly environment?: Record<string, string>;
        /** Prefixes that it may read, and list, besides results. */
        readonly read?: readonly string[];
        readonly list: readonly string[];
      },
    ): LambdaFunction => {
      const { role, logGroup } = functionRole(this, name);
      grantObjects(intake.bucket, role, {
        read: [RESULTS, ...(options.read ?? [])],
        list: [RESULTS, ...options.list],
        write: [RESULTS],
      });
      return new LambdaFunction(this, name, {
        reservedConcurrentExecutions: options.reservedConcurrentExecutions,
        functionName,
        timeout,
        role,
        logGroup,
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        memorySize: 512,
        tracing: Tracing.ACTIVE,
        handler: 'index.handler',
        code: Code.fromAsset(packagePath('dist', 'lambda', name), { exclude: ['*.map'] }),
        environment: {
          BUCKET_NAME: intake.bucket.bucketName,
          QUEUE_URL: intake.queue.queueUrl,
          METRICS_SERVICE: names.metricsService,
          ...options.environment,
        },
      });
    };

    // One at a time: two orchestrators could each see no execution running and start one.
    this.orchestrator = define('orchestrate', names.orchestrator, ORCHESTRATOR_TIMEOUT, {
      ...(props.reserveConcurrency && { reservedConcurrentExecutions: 1 }),
      read: [LOGS_OF_STAGING],
      list: [INPUT, STAGING],
      environment: {
        RECEIVED_VISIBILITY: String(RECEIVED_VISIBILITY.toSeconds()),
        HELD_VISIBILITY: String(VISIBILITY_TIMEOUT.toSeconds()),
        RECONCILE_AFTER: String(RECONCILE_AFTER.toSeconds()),
        ...(!props.reserveConcurrency && { LEASE_SECONDS: String(LEASE.toSeconds()) }),
      },
    });
    this.settle = define('settle', names.settle, SETTLE_TIMEOUT, {
      list: [ARCHIVE, REJECTED],
      environment: { BILLED_SIZES: JSON.stringify(props.billedSizes) },
    });

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
