import { countDeployment } from '../../cost/deployment-counts';
import { countTransitions } from '../../cost/transitions';
import pipeline from '../../state-machine/pipeline.asl.json';
import runTask from '../../state-machine/run-task.asl.json';
import { builtTemplate } from '../builders/changed-template';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

let template: { Resources: Resources };
beforeAll(() => {
  template = builtTemplate() as typeof template;
});

const ofType = (resources: Resources, type: string) =>
  Object.values(resources).filter(({ Type }) => Type === type);

test('billed resources are counted in the template', () => {
  const counts = countDeployment(template);
  expect(counts).toMatchObject({
    sizes: {
      task: { vcpu: 1, memory_gb: 4, disk_gb: 50 },
      public_address: true,
      task_function: { memory_gb: 2, disk_gb: 4 },
    },
    functionMemoryGb: 0.5,
    smallBatchBytes: 100_000_000,
    invocationsPerDay: 288,
    tasksPerDay: 1,
    dashboards: 1,
    natGateways: 0,
    keys: 0,
    secrets: 1,
  });
  const alarms = ofType(template.Resources, 'AWS::CloudWatch::Alarm').length;
  expect(counts.alarmMetrics).toBeGreaterThanOrEqual(alarms);
  expect(counts.transitions).toEqual(countTransitions(pipeline, runTask));
});

test('an alarm on a sum counts each metric, and resources billed by the month are counted', () => {
  const stat = (id: string) => ({ Id: id, MetricStat: {} });
  const more = {
    Sum: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Metrics: [stat('a'), stat('b'), { Expression: 'a+b' }] },
    },
    Key: { Type: 'AWS::KMS::Key', Properties: {} },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} },
    Nat: { Type: 'AWS::EC2::NatGateway', Properties: {} },
  };
  const [before, after] = [template, { Resources: { ...template.Resources, ...more } }].map(countDeployment);
  expect(Number(after?.alarmMetrics) - Number(before?.alarmMetrics)).toBe(2);
  expect(after).toMatchObject({ keys: 1, secrets: 2, natGateways: 1 });
});

test('a function that runs on working days counts five times a week', () => {
  const schedule = {
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ScheduleExpression: 'cron(15 16 ? * MON-FRI *)', Target: {} },
  };
  const more = countDeployment({ Resources: { ...template.Resources, Schedule: schedule } });
  expect(more.invocationsPerDay).toBeCloseTo(288 + 5 / 7, 9);
});

test('a schedule that is neither a rate nor of every day or working day is an error', () => {
  const copy = structuredClone(template);
  for (const { Properties } of ofType(copy.Resources, 'AWS::Scheduler::Schedule'))
    Properties.ScheduleExpression = 'cron(0 3 ? * MON *)';
  expect(() => countDeployment(copy)).toThrow(
    'expected rate(...), or cron(...) of every day or working day, found cron(0 3 ? * MON *)',
  );
});

test('transitions are counted for each state, the start, nested executions, and a Map item for each group of files', () => {
  const item = { StartAt: 'C', States: { C: { Type: 'Task', Next: 'D' }, D: { Type: 'Succeed' } } };
  const definition = {
    StartAt: 'A',
    States: {
      A: { Type: 'Task', Next: 'Any', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] },
      Any: { Type: 'Choice', Choices: [{ Next: 'Each' }], Default: 'End' },
      Each: { Type: 'Map', ItemProcessor: item, Next: 'End' },
      End: { Type: 'Succeed' },
      Failed: { Type: 'Fail' },
    },
  };
  expect(countTransitions(definition)).toEqual({ perExecution: 5, perGroup: 3 });
  const outer = {
    StartAt: 'Run',
    States: { Run: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', End: true } },
  };
  expect(countTransitions(outer, definition)).toEqual({ perExecution: 7, perGroup: 0 });
});

test('a definition with a loop is an error', () => {
  const definition = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } };
  expect(() => countTransitions(definition)).toThrow('loops at A');
});
