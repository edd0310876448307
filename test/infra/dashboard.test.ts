import type { Template } from 'aws-cdk-lib/assertions';
import { emittedLines, identitiesOf } from '../builders/emitted-metrics';
import { ALL_EVENTS } from './all-events';
import { metricsServices } from './metrics-services';
import { synthesize } from './template';

interface Widget {
  type: string;
  x: number;
  width: number;
  properties: {
    title?: string;
    markdown?: string;
    alarms?: string[];
    query?: string;
    metrics?: (string | object)[][];
  };
}

let template: Template;
let widgets: Widget[];
beforeAll(() => {
  template = synthesize('two-', { events: ALL_EVENTS });
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  expect(dashboard?.Properties.DashboardName).toBe('two-Daybook');
  widgets = JSON.parse(textOf(dashboard?.Properties.DashboardBody)).widgets;
});

/** A text with its references in braces, as `{Queue.QueueName}`. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(textOf).join('');
  return `{${[argument].flat().join('.')}}`;
}

const titled = (title: string): Widget => {
  const found = widgets.find(({ properties }) => properties.title === title);
  if (!found) throw new Error(`no widget ${title}`);
  return found;
};

/** The metrics of a widget as written: namespace, name, then dimension names and values. */
function metricsOf({ properties }: Widget) {
  return (properties.metrics ?? [])
    .map((row) => row.filter((cell): cell is string => typeof cell === 'string'))
    .filter(([namespace]) => namespace)
    .map(([namespace = '', name = '', ...pairs]) => ({
      namespace,
      name,
      dimensions: Object.fromEntries(
        pairs.flatMap((cell, i) => (i % 2 === 0 ? [[cell, pairs[i + 1] ?? '']] : [])),
      ),
    }));
}

test.each([
  ['Files', ['FilesAccepted', 'FilesRejected']],
  ['Rows', ['RowsAccepted', 'RowsRejected']],
  ['Bad rows', ['RowsAccepted', 'RowsRejected']],
  ['KPI writes', ['KpiWrites']],
  ['Durations', ['ExecutionTime', 'ValidateDuration', 'StageDuration', 'TransformDuration']],
  ['Requests with events', ['Count', '4xx', '5xx']],
  ['Age of events', ['ApproximateAgeOfOldestMessage', 'IteratorAge']],
  ['Ingest', ['Duration']],
  ['Age', ['ApproximateAgeOfOldestMessage', 'RunningExecutionAge']],
])('%s shows %j', (title, names) => {
  expect(metricsOf(titled(title)).map(({ name }) => name)).toEqual(names);
});

test('our own metrics on it are those that tasks emit, to the dimension, and every one of them but one is shown', async () => {
  const emitted = (await emittedLines(metricsServices(template))).flatMap(identitiesOf);
  const shown = widgets.flatMap(metricsOf).filter(({ namespace }) => !namespace.startsWith('AWS/'));
  for (const metric of shown) expect(emitted).toContainEqual(metric);
  const names = new Set(shown.map(({ name }) => name));
  // It is 1 on most days; its alarm is shown.
  expect(emitted.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([
    'MaintenanceSuccesses',
  ]);
});

test('the other metrics are of resources of this stack', () => {
  const own = Object.keys(template.toJSON().Resources);
  const others = widgets.flatMap(metricsOf).filter(({ namespace }) => namespace.startsWith('AWS/'));
  expect(others.length).toBeGreaterThan(8);
  for (const { dimensions } of others) {
    const [resource] = Object.values(dimensions).map((value) => /^\{([^.}]+)/.exec(value)?.[1]);
    expect(own).toContain(resource);
  }
});

test('every queue is shown with what waits in it', () => {
  const shown = metricsOf(titled('Messages')).map(({ dimensions }) => dimensions.QueueName);
  const queues = Object.keys(template.findResources('AWS::SQS::Queue'));
  expect(new Set(shown)).toEqual(new Set(queues.map((id) => `{${id}.QueueName}`)));
});

test('all alarms are on it', () => {
  const shown = titled('Alarms').properties.alarms ?? [];
  expect(shown).toHaveLength(Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length);
});

test('whatever has a name is a link to its page', () => {
  const [text = ''] = widgets.flatMap(({ properties }) => properties.markdown ?? []);
  const links = new Map(
    [...text.matchAll(/\[([^\]]+)\]\((https:[^)]+)\)/g)].map(([, name, url]) => [name, url]),
  );
  for (const name of [
    'two-ECommerce-Pipeline-Orchestrator',
    'two-Daybook',
    'two-Pipeline-Orchestrator',
    'two-Pipeline-Settle',
    'two-file-processing-queue',
    'two-file-processing-queue-dlq',
    'two-Pipeline-Collect',
    'two-Pipeline-Ingest',
    'two-analytics-events-queue',
    'two-analytics-events-dlq',
    'input/events/',
    'two-OrderKPIs',
    'two-CategoryKPIs',
    'two-FileLedger',
    'two-Pipeline-Task-stage',
    'input/',
    'rejected/',
  ]) {
    expect([...links.keys()]).toContain(name);
  }
  expect(links.get('two-file-processing-queue')).toBe(
    'https://{AWS::Region}.console.aws.amazon.com/sqs/v3/home?region={AWS::Region}#/queues/https%3A%2F%2Fsqs.{AWS::Region}.{AWS::URLSuffix}%2F{AWS::AccountId}%2Ftwo-file-processing-queue',
  );
});

test('it stays within the 50 metrics that cost nothing, and within its width', () => {
  expect(widgets.flatMap(metricsOf).length).toBeLessThanOrEqual(50);
  for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
});

test.each(['Last batches', 'Last attempts at tasks'])(
  'the fields of "%s" are of one line that a task writes',
  async (title) => {
    const query = titled(title).properties.query ?? '';
    const [, fields = ''] = /fields ([^|]+)/.exec(query) ?? [];
    const [, present = ''] = /ispresent\((\w+)\)/.exec(query) ?? [];
    const lines = await emittedLines(metricsServices(template));
    const line = lines.find((one) => present in one);
    const wanted = fields.trim().split(/,\s*/);
    expect(wanted.length).toBeGreaterThan(5);
    expect(Object.keys(line ?? {})).toEqual(
      expect.arrayContaining(wanted.filter((name) => name !== '@timestamp')),
    );
  },
);
