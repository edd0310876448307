import { CfnResource, type Duration, type Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { METRICS_DIMENSION, METRICS_NAMESPACE, type MetricName } from '../domain/metrics';
import type { ResourceNames } from '../domain/names';

type Statistic = 'Sum' | 'Minimum' | 'Maximum' | 'Average';

/** A custom metric that tasks emit. */
export function taskMetric(
  names: ResourceNames,
  name: MetricName,
  statistic: Statistic,
  period: Duration,
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: name,
    dimensionsMap: { [METRICS_DIMENSION]: names.metricsService },
    statistic,
    period,
  });
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export function queueMetric(
  queue: CfnQueue,
  metricName:
    | 'ApproximateAgeOfOldestMessage'
    | 'ApproximateNumberOfMessagesVisible'
    | 'ApproximateNumberOfMessagesNotVisible',
  statistic: Statistic,
  period: Duration,
): Metric {
  const dimensionsMap = { QueueName: queue.attrQueueName };
  return new Metric({ namespace: 'AWS/SQS', metricName, dimensionsMap, statistic, period });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function functionMetric(
  lambda: CfnFunction,
  metricName: 'Errors' | 'Throttles' | 'Duration' | 'IteratorAge',
  statistic: Statistic,
  period: Duration,
): Metric {
  const dimensionsMap = { FunctionName: lambda.ref };
  return new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic, period });
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
export function apiMetric(
  apiId: string,
  metricName: 'Count' | '4xx' | '5xx',
  statistic: Statistic,
  period: Duration,
): Metric {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: apiId },
    statistic,
    period,
  });
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
export function executionMetric(
  stateMachineArn: string,
  metricName:
    | 'ExecutionsStarted'
    | 'ExecutionsSucceeded'
    | 'ExecutionsFailed'
    | 'ExecutionsTimedOut'
    | 'ExecutionsAborted'
    | 'ExecutionTime',
  statistic: Statistic,
  period: Duration,
): Metric {
  const dimensionsMap = { StateMachineArn: stateMachineArn };
  return new Metric({ namespace: 'AWS/States', metricName, dimensionsMap, statistic, period });
}

/** Every resource of a type that any construct of the stack has created so far. */
export function resourcesOf<Resource extends CfnResource>(stack: Stack, type: string): Resource[] {
  return stack.node
    .findAll()
    .filter((node): node is Resource => CfnResource.isCfnResource(node) && node.cfnResourceType === type);
}

/** A resource's path in the stack, such as `Functions-orchestrate`: unique, and the same at every synthesis. */
export function placeOf(resource: CfnResource): string {
  return resource.node.path
    .split('/')
    .slice(1)
    .join('-')
    .replace(/-Resource$/, '');
}
