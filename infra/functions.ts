import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { RESULTS } from '../domain/object-keys';
import { packagePath } from '../package-path';
import { grantObjects } from './grants';
import type { Intake } from './intake';
import { ORCHESTRATOR_TIMEOUT, RECEIVED_VISIBILITY, SETTLE_TIMEOUT, VISIBILITY_TIMEOUT } from './timeouts';

/** The Lambdas at both ends of an execution: orchestrate starts it, settle ends its batch. */
export class Functions extends Construct {
  readonly orchestrator: LambdaFunction;
  readonly settle: LambdaFunction;

  constructor(scope: Construct, id: string, props: { names: ResourceNames; intake: Intake }) {
    super(scope, id);
    const { names, intake } = props;

    const define = (
      name: 'orchestrate' | 'settle',
      functionName: string,
      timeout: Duration,
      options: { reservedConcurrentExecutions?: number; environment?: Record<string, string> },
    ): LambdaFunction =>
      new LambdaFunction(this, name, {
        reservedConcurrentExecutions: options.reservedConcurrentExecutions,
        functionName,
        timeout,
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        memorySize: 512,
        handler: 'index.handler',
        code: Code.fromAsset(packagePath('dist', 'lambda', name), { exclude: ['*.map'] }),
        environment: {
          BUCKET_NAME: intake.bucket.bucketName,
          QUEUE_URL: intake.queue.queueUrl,
          METRICS_SERVICE: names.metricsService,
          ...options.environment,
        },
        logGroup: new LogGroup(this, `${name}-log`, {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      });

    // One at a time: two orchestrators could each see no execution running and start one.
    this.orchestrator = define('orchestrate', names.orchestrator, ORCHESTRATOR_TIMEOUT, {
      reservedConcurrentExecutions: 1,
      environment: {
        RECEIVED_VISIBILITY: String(RECEIVED_VISIBILITY.toSeconds()),
        HELD_VISIBILITY: String(VISIBILITY_TIMEOUT.toSeconds()),
      },
    });
    this.settle = define('settle', names.settle, SETTLE_TIMEOUT, {});

    intake.queue.grant(
      this.orchestrator,
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
    );
    intake.queue.grant(this.settle, 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility');
    grantObjects(intake.bucket, this.orchestrator, { read: [RESULTS], write: [RESULTS] });
    grantObjects(intake.bucket, this.settle, { read: [RESULTS], write: [RESULTS] });
  }
}
