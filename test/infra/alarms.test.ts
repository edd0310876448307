import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { resourceNames } from '../../domain/names';
import { Alarms } from '../../infra/alarms';
import { DEFAULT_RATES_URL } from '../../infra/rates';
import { DEFAULT_SPARK } from '../../infra/spark';
import { emittedLines, identitiesOf } from '../builders/emitted-metrics';
import { ALL_EVENTS } from './all-events';
import { metricsServices } from './metrics-services';
import { synthesize } from './template';

const PREFIX = 'two-';

/** Sections of the runbook that no alarm links to. */
const OTHER_SECTIONS = [
  'first-look',
  'never',
  'kpis-differ',
  'local-pipeline',
  'try-the-alarms',
  'events-are-lost',
  'executions-fail-one-after-the-other',
  'table-log-damaged',
  'dynamodb-throttled',
  'rejected-file',
  'file-gone-or-replaced',
  'change-a-type-a-key-or-a-partition',
  'warehouse-not-loaded',
];

interface MetricStat {
  Metric: { Namespace: string; MetricName: string; Dimensions?: { Name: string; Value: unknown }[] };
  Period: number;
  Stat: string;
}

interface AlarmProperties {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions: unknown[];
  Threshold: number;
  EvaluationPeriods: number;
  TreatMissingData: string;
  Namespace?: string;
  MetricName?: string;
  Dimensions?: { Name: string; Value: unknown }[];
  Period?: number;
  Statistic?: string;
  Metrics?: { Id: string; Expression?: string; ReturnData?: boolean; MetricStat?: MetricStat }[];
}

let template: Template;
let alarms: AlarmProperties[];
beforeAll(() => {
  template = synthesize(PREFIX, {
    events: ALL_EVENTS,
    rates: { url: DEFAULT_RATES_URL },
    spark: DEFAULT_SPARK,
  });
  alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties,
  );
});

const alarm = (name: string): AlarmProperties => {
  const found = alarms.find(({ AlarmName }) => AlarmName === `${PREFIX}Daybook-${name}`);
  if (!found)
    throw new Error(`no alarm ${name} among ${alarms.map(({ AlarmName }) => AlarmName).join(', ')}`);
  return found;
};

/** The metrics of an alarm, including those in its expression. */
function metricsOf({ Metrics, Namespace = '', MetricName = '', Dimensions = [] }: AlarmProperties) {
  const within = (Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []));
  return [...within, ...(MetricName ? [{ Namespace, MetricName, Dimensions }] : [])].map((metric) => ({
    namespace: metric.Namespace,
    name: metric.MetricName,
    dimensions: Object.fromEntries((metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  }));
}

const watches = (name: string, dimensions: object) =>
  alarms.some((one) =>
    metricsOf(one).some(
      (metric) => metric.name === name && JSON.stringify(metric.dimensions) === JSON.stringify(dimensions),
    ),
  );

/** The functions and the queue of events, and the function for currency rates, have alarms of their own. */
const hasItsOwn = ([id]: [string, unknown]) => /^(Events(collect|ingest|Queue)|Ratesrates)/.test(id);

test('every function has an alarm on errors, and one on throttles unless Fargate is its fallback', () => {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function')).filter(
    (one) => !hasItsOwn(one),
  );
  expect(functions.length).toBeGreaterThanOrEqual(5);
  for (const [id, { Properties }] of functions) {
    const watched = (metric: string) => watches(metric, { FunctionName: { Ref: id } });
    const hasFallback = Properties.PackageType === 'Image';
    expect([id, watched('Errors'), watched('Throttles')]).toEqual([id, true, !hasFallback]);
  }
});

test('every queue has an alarm: an input queue on waiting files, a dead-letter queue on its messages', () => {
  const queues = Object.entries(template.findResources('AWS::SQS::Queue')).filter((one) => !hasItsOwn(one));
  const kinds = queues.map(([id, { Properties }]) => {
    const dimensions = { QueueName: { 'Fn::GetAtt': [id, 'QueueName'] } };
    const isWatched = watches('ApproximateNumberOfMessagesVisible', dimensions);
    return [isWatched, watches('ApproximateAgeOfOldestMessage', dimensions), 'RedrivePolicy' in Properties];
  });
  expect(kinds).toContainEqual([true, true, true]);
  expect(kinds).toContainEqual([true, false, false]);
  for (const [isWatched, hasAge, hasRedrive] of kinds)
    expect([isWatched, hasAge]).toEqual([true, hasRedrive]);
});

test('a queue created after the alarms fails the synthesis', () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Late');
  const topic = new Topic(stack, 'Topic');
  new Alarms(stack, 'Alarms', { names: resourceNames(), topic, stateMachineArn: 'arn' });
  new CfnQueue(stack, 'LateQueue');
  expect(() => app.synth()).toThrow('Late/LateQueue has no alarm');
});

test('the custom metrics of the alarms match the emitted ones, including the dimensions', async () => {
  const emitted = (await emittedLines(metricsServices(template))).flatMap(identitiesOf);
  const ours = alarms.flatMap(metricsOf).filter(({ namespace }) => !namespace.startsWith('AWS/'));
  expect(ours.length).toBeGreaterThanOrEqual(4);
  for (const metric of ours) expect(emitted).toContainEqual(metric);
});

test('every alarm notifies the topic, which allows CloudWatch to publish', () => {
  const [topicId = ''] = Object.keys(
    template.findResources('AWS::SNS::Topic', { Properties: { TopicName: `${PREFIX}PipelineAlarms` } }),
  );
  for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topicId }]);
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    Topics: [{ Ref: topicId }],
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Resource: { Ref: topicId },
        }),
      ]),
    },
  });
  // CloudWatch cannot use the key of SNS.
  const [topic] = Object.values(template.findResources('AWS::SNS::Topic')).filter(
    ({ Properties }) => Properties.TopicName === `${PREFIX}PipelineAlarms`,
  );
  expect(topic?.Properties.KmsMasterKeyId).not.toBe('alias/aws/sns');
});

test('a file waits too long if a message is always visible, and not if an execution holds it', () => {
  const { Metrics = [], Threshold, EvaluationPeriods } = alarm('files-wait-Intake-Queue');
  expect(Metrics.find(({ Expression }) => Expression)?.Expression).toBe('IF(waiting > 0, age, 0)');
  const stat = (id: string) => Metrics.find(({ Id }) => Id === id)?.MetricStat;
  expect(stat('waiting')).toMatchObject({
    Metric: { MetricName: 'ApproximateNumberOfMessagesVisible' },
    Stat: 'Minimum',
    Period: 1800,
  });
  expect(stat('age')).toMatchObject({
    Metric: { MetricName: 'ApproximateAgeOfOldestMessage' },
    Stat: 'Maximum',
    Period: 1800,
  });
  expect([Threshold, EvaluationPeriods]).toEqual([1800, 1]);
});

test('a day without an execution is 24 hours in which files waited and none started', () => {
  const { Metrics = [], EvaluationPeriods, Threshold } = alarm('no-execution-for-a-day');
  const [stat] = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
  expect([stat?.Period, EvaluationPeriods, Threshold]).toEqual([3600, 24, 1]);
  expect(metricsOf(alarm('no-execution-for-a-day')).map(({ name }) => name)).toEqual([
    'ApproximateNumberOfMessagesVisible',
    'ExecutionsStarted',
  ]);
});

test.each([
  // name, statistic, seconds, periods, threshold, missing data
  ['dead-letters-Intake-DeadLetters', 'Maximum', 300, 1, 1, 'ignore'],
  ['dead-letters-Triggers-DeadLetters', 'Maximum', 300, 1, 1, 'ignore'],
  ['dead-letters-Events-DeadLetters', 'Maximum', 300, 1, 1, 'ignore'],
  ['events-wait-queue', 'Maximum', 300, 1, 1800, 'notBreaching'],
  ['events-wait-stream', 'Maximum', 300, 1, 1_800_000, 'notBreaching'],
  ['events-not-stored', 'Sum', 300, 1, 1, 'notBreaching'],
  ['execution-failed', 'Sum', 300, 1, 1, 'notBreaching'],
  ['spark-failed', 'Sum', 300, 1, 1, 'notBreaching'],
  ['execution-timed-out', 'Sum', 300, 1, 1, 'notBreaching'],
  ['execution-runs-long', 'Maximum', 600, 1, 1800, 'notBreaching'],
  ['errors-Functions-orchestrate', 'Sum', 300, 1, 1, 'notBreaching'],
  ['throttles-Functions-settle', 'Sum', 300, 3, 1, 'notBreaching'],
])('%s fires: %s in %i s, %i times, at least %i', (name, statistic, period, periods, threshold, missing) => {
  expect(alarm(name)).toMatchObject({
    Statistic: statistic,
    Period: period,
    EvaluationPeriods: periods,
    Threshold: threshold,
    TreatMissingData: missing,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
});

test('maintenance fires after two days and two hours without a success, whatever the reason', () => {
  const { Metrics = [], ...rest } = alarm('maintenance-failed');
  expect(Metrics[0]?.Expression).toBe('IF(FILL(successes, 0) < 1, 1, 0)');
  expect(Metrics[1]?.MetricStat).toMatchObject({
    Metric: { MetricName: 'MaintenanceSuccesses' },
    Stat: 'Sum',
    Period: 3600,
  });
  expect(rest).toMatchObject({ Threshold: 1, EvaluationPeriods: 50, TreatMissingData: 'breaching' });
});

test('no alarm looks further back than CloudWatch evaluates', () => {
  const secondsOf = ({ Period, Metrics = [] }: AlarmProperties) =>
    Period ?? Math.max(...Metrics.map(({ MetricStat }) => MetricStat?.Period ?? 0));
  for (const properties of alarms) {
    const period = secondsOf(properties);
    const days = period < 3600 ? 1 : 7;
    expect(period * properties.EvaluationPeriods).toBeLessThanOrEqual(days * 86_400);
  }
});

test('the share of bad rows counts from 100 rows', () => {
  const { Metrics = [], Threshold } = alarm('rejected-rows');
  expect(Metrics[0]?.Expression).toMatch(/^IF\(accepted \+ rejected >= 100, 100 \* rejected/);
  expect(Threshold).toBe(5);
});

test('the share of refused requests counts from 100 requests, without a metric that costs', () => {
  const { Metrics = [], Threshold } = alarm('events-refused');
  expect(Metrics[0]?.Expression).toBe('IF(requests >= 100, 100 * refused / requests, 0)');
  expect(metricsOf(alarm('events-refused')).map(({ namespace, name }) => [namespace, name])).toEqual([
    ['AWS/ApiGateway', 'Count'],
    ['AWS/ApiGateway', '4xx'],
  ]);
  expect(Threshold).toBe(5);
});

describe('docs/runbook.md', () => {
  const text = readFileSync(path.join(__dirname, '../../docs/runbook.md'), 'utf8');
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [anchorOf(section.split('\n')[0] ?? ''), section]),
  );
  const anchors = () =>
    new Set(
      alarms.map(
        ({ AlarmDescription }) => /^.+\. See docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1],
      ),
    );

  test('every alarm has a symptom and links to an existing section', () => {
    for (const anchor of anchors()) expect([...sections.keys()]).toContain(anchor);
  });

  test('every section belongs to an alarm, or is listed as an exception', () => {
    expect([...sections.keys()].sort()).toEqual([...anchors(), ...OTHER_SECTIONS].sort());
  });

  test('the section of an alarm has every part', () => {
    for (const anchor of anchors()) {
      const words = [...(sections.get(anchor ?? '') ?? '').matchAll(/^\*\*(.+?)\.\*\*/gm)].map(
        ([, word]) => word,
      );
      expect([anchor, words]).toEqual([
        anchor,
        ['Symptom', 'Check', 'Cause and fix', 'Resolved when', 'Never'],
      ]);
    }
  });
});

/** The anchor that GitHub creates for a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
