import { Aws, Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { catalog } from '../catalog/catalog';
import type { MetricName } from '../domain/metrics';
import type { ResourceNames } from '../domain/names';
import { ARCHIVE, EVENTS, INPUT, REJECTED, RESULTS } from '../domain/object-keys';
import type { Events } from './events/events';
import { apiMetric, executionMetric, functionMetric, queueMetric, resourcesOf, taskMetric } from './metrics';
import type { WorkflowTask } from './task-rights';

interface DashboardProps {
  readonly names: ResourceNames;
  readonly bucketName: string;
  readonly tasks: readonly WorkflowTask[];
  readonly stateMachineArn: string;
  readonly alarms: readonly Alarm[];
  readonly events?: Events | undefined;
}

const PERIOD = Duration.minutes(5);
const WIDTH = 24;
const THIRD = WIDTH / 3;
const HALF = WIDTH / 2;
const HEIGHT = 6;

/** One page that tells how Daybook does: links to everything that has a name, the alarms, then what went through. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { names, bucketName, tasks, stateMachineArn, alarms, events } = props;
    const stack = Stack.of(this);
    const queues = resourcesOf<CfnQueue>(stack, 'AWS::SQS::Queue');
    const logGroups = resourcesOf<CfnLogGroup>(stack, 'AWS::Logs::LogGroup').map(({ ref }) => ref);

    const task = (name: MetricName, label: string, statistic: 'Sum' | 'Maximum' = 'Sum') =>
      taskMetric(names, name, statistic, PERIOD).with({ label });
    const ended = (name: Parameters<typeof executionMetric>[1], label: string) =>
      executionMetric(stateMachineArn, name, 'Sum', PERIOD).with({ label });
    const ages = queues.filter(
      (queue) => queue.redrivePolicy !== undefined && queue !== events?.queue.node.defaultChild,
    );

    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: names.dashboard,
      defaultInterval: Duration.days(1),
      widgets: [
        [new TextWidget({ markdown: links(names, bucketName, tasks, events), width: WIDTH, height: 5 })],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: WIDTH, height: 4 })],
        [
          graph(THIRD, 'Files', 'files', [
            task('FilesAccepted', 'archived'),
            task('FilesRejected', 'rejected'),
          ]),
          graph(THIRD, 'Rows', 'rows', [task('RowsAccepted', 'accepted'), task('RowsRejected', 'bad')]),
          graph(THIRD, 'Bad rows', '%', [
            new MathExpression({
              expression: '100 * rejected / (accepted + rejected)',
              label: 'bad rows of a batch',
              usingMetrics: {
                accepted: task('RowsAccepted', 'accepted'),
                rejected: task('RowsRejected', 'bad'),
              },
              period: PERIOD,
            }),
          ]),
        ],
        [
          graph(THIRD, 'Executions', 'executions', [
            ended('ExecutionsStarted', 'started'),
            ended('ExecutionsSucceeded', 'succeeded'),
            ended('ExecutionsFailed', 'failed'),
            ended('ExecutionsTimedOut', 'timed out'),
            ended('ExecutionsAborted', 'stopped by hand'),
          ]),
          graph(THIRD, 'Durations', 'milliseconds', [
            executionMetric(stateMachineArn, 'ExecutionTime', 'Maximum', PERIOD).with({ label: 'execution' }),
            task('ValidateDuration', 'validate', 'Maximum'),
            task('StageDuration', 'stage', 'Maximum'),
            task('TransformDuration', 'transform', 'Maximum'),
          ]),
          graph(THIRD, 'KPI writes', 'items', [task('KpiWrites', 'written and deleted')]),
        ],
        [
          graph(HALF, 'Age', 'seconds', [
            ...ages.map((queue) =>
              queueMetric(queue, 'ApproximateAgeOfOldestMessage', 'Maximum', PERIOD).with({
                label: 'oldest message, waiting or in an execution',
              }),
            ),
            task('RunningExecutionAge', 'execution that runs', 'Maximum'),
          ]),
          graph(
            HALF,
            'Messages',
            'messages',
            queues.flatMap((queue) =>
              (['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'] as const).map(
                (metric) => queueMetric(queue, metric, 'Maximum', PERIOD),
              ),
            ),
          ),
        ],
        ...(events ? [eventGraphs(events)] : []),
        [
          log('Last batches', logGroups, [
            'fields @timestamp, execution_id, FilesAccepted, FilesRejected, RowsAccepted, RowsRejected, rows_inserted, rows_updated, rows_superseded, bytes_read, kpis_written, kpis_deleted',
            'filter ispresent(FilesAccepted)',
          ]),
        ],
        [
          log('Last attempts at tasks', logGroups, [
            'fields @timestamp, execution_id, task, status, duration_ms, peak_memory_bytes',
            'filter ispresent(peak_memory_bytes)',
          ]),
        ],
      ],
    });
  }
}

const graph = (width: number, title: string, label: string, left: IMetric[]) =>
  new GraphWidget({ width, title, left, leftYAxis: { min: 0, label, showUnits: false }, height: HEIGHT });

function eventGraphs({ api, queue, stream, ingest }: Events): GraphWidget[] {
  const { apiId } = api.api;
  const ingestFunction = ingest.node.defaultChild as CfnFunction;
  const age = queueMetric(
    queue.node.defaultChild as CfnQueue,
    'ApproximateAgeOfOldestMessage',
    'Maximum',
    PERIOD,
  );
  return [
    graph(THIRD, 'Requests with events', 'requests', [
      apiMetric(apiId, 'Count', 'Sum', PERIOD).with({ label: 'all' }),
      apiMetric(apiId, '4xx', 'Sum', PERIOD).with({ label: 'refused' }),
      apiMetric(apiId, '5xx', 'Sum', PERIOD).with({ label: 'failed' }),
    ]),
    graph(THIRD, 'Age of events', 'seconds', [
      age.with({ label: 'oldest in the queue' }),
      ...(stream
        ? [
            new MathExpression({
              expression: 'age / 1000',
              label: 'oldest read from the stream',
              usingMetrics: { age: functionMetric(ingestFunction, 'IteratorAge', 'Maximum', PERIOD) },
              period: PERIOD,
            }),
          ]
        : []),
    ]),
    graph(THIRD, 'Ingest', 'milliseconds', [
      functionMetric(ingestFunction, 'Duration', 'Maximum', PERIOD).with({ label: 'longest batch' }),
    ]),
  ];
}

/** A table of lines that tasks wrote; what it reads of the log is billed by the GB at every look. */
const log = (title: string, logGroupNames: string[], queryLines: string[]) =>
  new LogQueryWidget({
    title,
    logGroupNames,
    queryLines: [...queryLines, 'sort @timestamp desc', 'limit 20'],
    view: LogQueryVisualizationType.TABLE,
    width: WIDTH,
    height: HEIGHT,
  });

function links(
  names: ResourceNames,
  bucketName: string,
  tasks: readonly WorkflowTask[],
  events: Events | undefined,
): string {
  const console = `https://${Aws.REGION}.console.aws.amazon.com`;
  const page = (service: string, anchor: string) =>
    `${console}/${service}/home?region=${Aws.REGION}#${anchor}`;
  const queue = (name: string) =>
    `[${name}](${page('sqs/v3', `/queues/https%3A%2F%2Fsqs.${Aws.REGION}.${Aws.URL_SUFFIX}%2F${Aws.ACCOUNT_ID}%2F${name}`)})`;
  const lambda = (name: string) => `[${name}](${page('lambda', `/functions/${name}?tab=monitoring`)})`;
  const machine = (name: string) =>
    `[${name}](${page('states', `/statemachines/view/arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${name}`)})`;
  const table = (name: string) => `[${name}](${page('dynamodbv2', `table?name=${name}`)})`;
  const folder = (prefix: string) =>
    `[${prefix}](https://s3.console.aws.amazon.com/s3/buckets/${bucketName}?region=${Aws.REGION}&prefix=${prefix})`;
  return [
    `**Workflow** ${machine(names.stateMachine)} · ${machine(names.runTask)} · tasks [${names.cluster}](${console}/ecs/v2/clusters/${names.cluster}/tasks?region=${Aws.REGION}) · ${lambda(names.orchestrator)} · ${lambda(names.settle)}`,
    `**Tasks of small batches** ${tasks.map((task) => lambda(names.taskFunction(task))).join(' · ')}`,
    `**Queues** ${queue(names.queue)} · ${queue(names.deadLetterQueue)}`,
    ...(events
      ? [
          `**Events** ${lambda(names.collect)} · ${lambda(names.ingest)} · ${queue(names.eventQueue)} · ${queue(names.eventDeadLetterQueue)} · ${folder(EVENTS)}`,
        ]
      : []),
    `**Files** ${[INPUT, ARCHIVE, REJECTED, RESULTS].map(folder).join(' · ')} · ${table(names.ledgerTable)}`,
    `**KPIs** ${catalog.served.map(({ dynamoDb }) => table(names.table(dynamoDb.table))).join(' · ')}`,
    'What to do about an alarm: its description names its section of docs/runbook.md.',
  ].join('\n\n');
}
