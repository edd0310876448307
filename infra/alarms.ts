import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import {
  executionAlarms,
  functionAlarms,
  maintenanceFailed,
  queueAlarms,
  rejectedRows,
} from './alarm-definitions';
import { eventAlarms } from './events/event-alarms';
import type { Events } from './events/events';
import { resourcesOf } from './metrics';
import { type Rates, ratesFailed } from './rates';
import { type Spark, sparkFailed } from './spark';

interface AlarmsProps {
  readonly names: ResourceNames;
  /** Must allow CloudWatch to publish. */
  readonly topic: ITopic;
  readonly stateMachineArn: string;
  /** The entry points for events, whose functions and queue have alarms of their own. */
  readonly events?: Events | undefined;
  /** The function for currency rates, which has an alarm of its own. */
  readonly rates?: Rates | undefined;
  readonly spark?: Spark | undefined;
}

/**
 * The alarms, each with a link to its section in docs/runbook.md. Every function and every queue of the stack gets alarms, so
 * create this construct after all of them. Synthesis fails for one created later.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { names, topic, stateMachineArn, events, rates, spark } = props;
    const functions = resourcesOf<CfnFunction>(Stack.of(this), 'AWS::Lambda::Function');
    const queues = resourcesOf<CfnQueue>(Stack.of(this), 'AWS::SQS::Queue');
    const own = new Set<unknown>(
      [
        ...(events ? [events.collect, events.ingest, events.queue] : []),
        ...(rates ? [rates.function] : []),
      ].map(({ node }) => node.defaultChild),
    );
    const isCommon = (resource: unknown) => !own.has(resource);
    const action = new SnsAction(topic);
    this.all = [
      ...queues.filter(isCommon).flatMap((queue) => queueAlarms(queue, stateMachineArn)),
      ...functions.filter(isCommon).flatMap(functionAlarms),
      ...(events ? eventAlarms(events) : []),
      ...(rates ? [ratesFailed(rates)] : []),
      ...(spark ? [sparkFailed(spark)] : []),
      ...executionAlarms(stateMachineArn, names),
      rejectedRows(names),
      maintenanceFailed(names),
    ].map(({ name, section, symptom, missing, periods = 1, metric, threshold }) => {
      const alarm = new Alarm(this, name, {
        alarmName: `${names.metricsService}-${name}`,
        alarmDescription: `${symptom} See docs/runbook.md#${section}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: missing,
      });
      alarm.addAlarmAction(action);
      return alarm;
    });
    const watched = new Set<unknown>([...functions, ...queues]);
    this.node.addValidation({
      validate: () =>
        ['AWS::Lambda::Function', 'AWS::SQS::Queue']
          .flatMap((type) => resourcesOf(Stack.of(this), type))
          .filter((resource) => !watched.has(resource))
          .map(({ node }) => `${node.path} has no alarm: create it before the alarms`),
    });
  }
}
