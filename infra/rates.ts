import { Duration } from 'aws-cdk-lib';
import { type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import { CURRENCY_RATES, RATES_RESULTS } from '../domain/object-keys';
import type { AlarmDefinition } from './alarm-definitions';
import { grantObjects } from './grants';
import { lambdaFunction } from './lambda-function';
import { functionMetric } from './metrics';
import { awaitRights, serviceRole } from './service-role';
import { RATES_TIMEOUT } from './timeouts';

/** All rates that the ECB has published since 1999, a row for each day. It has those of a working day from about 16:00 CET on. */
export const DEFAULT_RATES_URL = 'https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip';

/** Working days, in UTC: at least an hour after the publication, in summer and in winter. */
const AFTER_PUBLICATION = 'cron(15 16 ? * MON-FRI *)';

/** Lambda calls a function that failed twice more, and each call counts as an error. */
const ATTEMPTS = 3;

export interface RatesOptions {
  /** The address of the published rates. */
  readonly url: string;
}

interface RatesProps {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly options: RatesOptions;
  /** Receives the invocations that could not be made. */
  readonly deadLetterQueue: Queue;
}

/** The function that downloads currency rates into `input/`, and its schedule. */
export class Rates extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { names, bucket, options, deadLetterQueue }: RatesProps) {
    super(scope, id);
    this.function = lambdaFunction(this, 'rates', {
      functionName: names.rates,
      timeout: RATES_TIMEOUT,
      environment: { BUCKET_NAME: bucket.bucketName, RATES_URL: options.url },
    });
    if (this.function.role) {
      grantObjects(bucket, this.function.role, {
        read: [RATES_RESULTS],
        list: [RATES_RESULTS],
        write: [RATES_RESULTS, CURRENCY_RATES],
      });
    }
    const role = serviceRole(this, 'ScheduleRole', 'scheduler');
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
    deadLetterQueue.grant(role, 'sqs:SendMessage');
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: names.ratesSchedule,
      scheduleExpression: AFTER_PUBLICATION,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.function.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // A run writes the rates of all days since the last one.
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
      },
    });
    awaitRights(schedule, role);
  }
}

/** The one alarm of the function: all attempts of a run failed. */
export function ratesFailed({ function: rates }: Rates): AlarmDefinition {
  const errors: IMetric = functionMetric(
    rates.node.defaultChild as CfnFunction,
    'Errors',
    'Sum',
    Duration.hours(1),
  );
  return {
    name: 'rates-failed',
    section: 'rates-failed',
    symptom: 'The currency rates could not be downloaded.',
    metric: errors,
    threshold: ATTEMPTS,
    // It runs once a day.
    missing: TreatMissingData.NOT_BREACHING,
  };
}
