import { z } from 'zod';
import { METRICS } from '../domain/metrics';
import type { BilledSizes } from '../domain/workflow';
import { countTransitions, type Transitions } from './transitions';

/** The billed resources of a deployment, counted in its template. */
export interface DeploymentCounts {
  readonly sizes: BilledSizes;
  /** A batch of fewer bytes is small. */
  readonly smallBatchBytes: number;
  /** Memory of orchestrate and settle. */
  readonly functionMemoryGb: number;
  /** Scheduled invocations of functions, nearly all of the orchestrator. */
  readonly invocationsPerDay: number;
  /** Scheduled tasks. */
  readonly tasksPerDay: number;
  /** Metrics that alarms watch. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  readonly customMetrics: number;
  readonly keys: number;
  readonly secrets: number;
  readonly natGateways: number;
  readonly transitions: Transitions;
  /** The DynamoDB tables, with the number of their indexes. */
  readonly tables: readonly { readonly name: string; readonly indexes: number }[];
  /** The entry points for events; undefined: there are none. */
  readonly events?: EventCounts | undefined;
}

export interface EventCounts {
  /** Seconds that events are collected for a file. */
  readonly windowSeconds: number;
  /** Batches of the queue at a time. */
  readonly batchesAtOnce: number;
  /** Minutes that files of events wait for others. */
  readonly fileWaitMinutes: number;
  /** Shards of the stream that collect writes to; 0: it writes to the queue. */
  readonly shards: number;
}

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

const taskSchema = z.object({
  Cpu: z.coerce.number(),
  Memory: z.coerce.number(),
  EphemeralStorage: z.object({ SizeInGiB: z.number() }).default({ SizeInGiB: 20 }),
});
const functionSchema = z.object({
  PackageType: z.enum(['Zip', 'Image']).default('Zip'),
  MemorySize: z.number().default(128),
  EphemeralStorage: z.object({ Size: z.number() }).default({ Size: 512 }),
});
const scheduleSchema = z.object({
  ScheduleExpression: z.string(),
  Target: z.object({ EcsParameters: z.unknown().optional() }),
});
const alarmSchema = z.object({
  Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional(),
});
const machineSchema = z.object({
  DefinitionString: z.string(),
  DefinitionSubstitutions: z.record(z.string(), z.unknown()),
});

const tableSchema = z.object({
  TableName: z.string(),
  GlobalSecondaryIndexes: z.array(z.unknown()).default([]),
});
const mappingSchema = z.object({
  MaximumBatchingWindowInSeconds: z.number(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});
const waitSchema = z.object({
  Environment: z.object({
    Variables: z.object({ EVENT_FILE_WAIT: z.coerce.number().default(0) }),
  }),
});
const streamSchema = z.object({ ShardCount: z.number() });

type Machine = z.infer<typeof machineSchema>;

/** @throws ZodError, or an Error that names what it does not understand */
export function countDeployment(template: unknown): DeploymentCounts {
  const resources = Object.values(templateSchema.parse(template).Resources);
  const ofType = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const tasks = ofType('AWS::ECS::TaskDefinition').map((one) => taskSchema.parse(one));
  const functions = ofType('AWS::Lambda::Function').map((one) => functionSchema.parse(one));
  const zips = functions.filter(({ PackageType }) => PackageType === 'Zip');
  const images = functions.filter(({ PackageType }) => PackageType === 'Image');
  const schedules = ofType('AWS::Scheduler::Schedule').map((one) => scheduleSchema.parse(one));
  const machines = ofType('AWS::StepFunctions::StateMachine').map((one) => machineSchema.parse(one));
  const [pipeline, runTask] = [true, false].map((starts) => {
    const found = machines.find((one) => one.DefinitionString.includes('startExecution') === starts);
    if (!found) throw new Error('expected a state machine, and another that it starts');
    return found;
  }) as [Machine, Machine];
  const callsPerDay = (those: typeof schedules) =>
    those.reduce((sum, { ScheduleExpression }) => sum + perDay(ScheduleExpression), 0);
  return {
    sizes: {
      task: {
        vcpu: Math.max(...tasks.map(({ Cpu }) => Cpu)) / 1024,
        memory_gb: Math.max(...tasks.map(({ Memory }) => Memory)) / 1024,
        disk_gb: Math.max(...tasks.map(({ EphemeralStorage }) => EphemeralStorage.SizeInGiB)),
      },
      public_address: runTask.DefinitionSubstitutions.AssignPublicIp !== 'DISABLED',
      task_function: {
        memory_gb: Math.max(0, ...images.map(({ MemorySize }) => MemorySize)) / 1024,
        disk_gb: Math.max(0, ...images.map(({ EphemeralStorage }) => EphemeralStorage.Size)) / 1024,
      },
    },
    smallBatchBytes: smallBatchBytes(runTask.DefinitionString),
    functionMemoryGb: Math.max(...zips.map(({ MemorySize }) => MemorySize)) / 1024,
    invocationsPerDay: callsPerDay(schedules.filter(({ Target }) => Target.EcsParameters === undefined)),
    tasksPerDay: callsPerDay(schedules.filter(({ Target }) => Target.EcsParameters !== undefined)),
    alarmMetrics: ofType('AWS::CloudWatch::Alarm')
      .map((one) => alarmSchema.parse(one))
      .reduce(
        (sum, { Metrics }) => sum + (Metrics?.filter((one) => one.MetricStat !== undefined).length ?? 1),
        0,
      ),
    dashboards: ofType('AWS::CloudWatch::Dashboard').length,
    customMetrics: Object.keys(METRICS).length,
    keys: ofType('AWS::KMS::Key').length,
    secrets: ofType('AWS::SecretsManager::Secret').length,
    natGateways: ofType('AWS::EC2::NatGateway').length,
    transitions: countTransitions(
      JSON.parse(pipeline.DefinitionString),
      JSON.parse(runTask.DefinitionString),
    ),
    tables: ofType('AWS::DynamoDB::Table')
      .map((one) => tableSchema.parse(one))
      .map(({ TableName, GlobalSecondaryIndexes: { length } }) => ({ name: TableName, indexes: length })),
    events: eventCounts(ofType),
  };
}

function eventCounts(ofType: (type: string) => Record<string, unknown>[]): EventCounts | undefined {
  const queues = ofType('AWS::Lambda::EventSourceMapping').flatMap((one) => {
    const { data } = mappingSchema.safeParse(one);
    return data ? [data] : [];
  });
  const [queue] = queues;
  if (!queue) return undefined;
  const waits = ofType('AWS::Lambda::Function').flatMap((one) => {
    const { data } = waitSchema.safeParse(one);
    return data ? [data.Environment.Variables.EVENT_FILE_WAIT] : [];
  });
  return {
    windowSeconds: queue.MaximumBatchingWindowInSeconds,
    batchesAtOnce: queue.ScalingConfig.MaximumConcurrency,
    fileWaitMinutes: Math.max(0, ...waits) / 60,
    shards: ofType('AWS::Kinesis::Stream').reduce((sum, one) => sum + streamSchema.parse(one).ShardCount, 0),
  };
}

/** The threshold that the state machine compares a batch's bytes with; 0: there is none. */
function smallBatchBytes(definition: string): number {
  let bytes = 0;
  JSON.parse(definition, (_, value) => {
    if (value?.Variable === '$.batch.bytes' && typeof value.NumericLessThan === 'number')
      bytes = value.NumericLessThan;
    return value;
  });
  return bytes;
}

const DAYS = { minute: 1 / 1440, hour: 1 / 24, day: 1 } as const;

/** Invocations a day of a schedule such as `rate(5 minutes)`, or `cron(17 3 * * ? *)` for one time every day. */
function perDay(expression: string): number {
  if (/^cron\(\d+ \d+ \* \* \? \*\)$/.test(expression)) return 1;
  if (/^cron\(\d+ \d+ \? \* MON-FRI \*\)$/.test(expression)) return 5 / 7;
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (!count || !unit)
    throw new Error(`expected rate(...), or cron(...) of every day or working day, found ${expression}`);
  return 1 / (Number(count) * DAYS[unit as keyof typeof DAYS]);
}
