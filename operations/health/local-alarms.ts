import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { packagePath } from '../../package-path';
import { parseDescription } from './alarms';
import type { AlarmView } from './views';

/** The properties of a template's alarm that can be evaluated without CloudWatch. */
export interface AlarmRule {
  readonly name: string;
  readonly symptom: string;
  readonly section: string | null;
  readonly threshold: number;
  /** Length of all its evaluation periods. */
  readonly seconds: number;
  /** The queue it monitors, if it monitors a single one. */
  readonly queue: string | undefined;
}

/** The observed state of a local pipeline. */
export interface Observed {
  /** Waiting messages by queue. */
  readonly waiting: Readonly<Record<string, number>>;
  readonly oldestSeconds: number | null;
  /** Newest first. */
  readonly executions: readonly {
    readonly status: string;
    readonly started: Date;
    readonly ended: Date | undefined;
  }[];
  readonly maintenance: 'succeeded' | 'failed' | undefined;
  readonly now: Date;
}

const PERIOD_SECONDS = 300;

const alarmSchema = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Threshold: z.number(),
  Period: z.number().optional(),
  EvaluationPeriods: z.number(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
  Metrics: z.array(z.object({ Period: z.number().optional() }).loose()).default([]),
});
const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const attributeSchema = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) });

/** The alarms of the template that `daybook local` deploys. */
export function readAlarmRules(directory = packagePath('dist', 'template')): AlarmRule[] {
  const template = readFileSync(path.join(directory, 'Daybook.template.json'), 'utf8');
  const { Resources } = templateSchema.parse(JSON.parse(template));
  const service = 'Daybook-';
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => {
      const alarm = alarmSchema.parse(Properties);
      const period = alarm.Period ?? alarm.Metrics.find(({ Period }) => Period)?.Period ?? PERIOD_SECONDS;
      const of = alarm.Dimensions.find(({ Name }) => Name === 'QueueName')?.Value;
      const attribute = attributeSchema.safeParse(of).data?.['Fn::GetAtt'][0];
      const queue = attribute === undefined ? undefined : Resources[attribute]?.Properties.QueueName;
      return {
        name: alarm.AlarmName.replace(service, ''),
        ...parseDescription(alarm.AlarmDescription),
        threshold: alarm.Threshold,
        seconds: period * alarm.EvaluationPeriods,
        queue: typeof queue === 'string' ? queue : undefined,
      };
    });
}

/** Compares the observed state with an alarm's threshold; `no data` for alarms that need a metric. */
export function evaluateAlarm(rule: AlarmRule, observed: Observed, filesQueue: string): AlarmView {
  const value = metricOf(rule, observed, filesQueue);
  const state = value === undefined ? 'no data' : value >= rule.threshold ? 'alarm' : 'ok';
  const { name, symptom, section } = rule;
  return { name, symptom, section, state, since: null };
}

/** The current value of the alarm's metric. */
function metricOf(
  { section, seconds, queue }: AlarmRule,
  observed: Observed,
  filesQueue: string,
): number | undefined {
  const ended = (status: string) =>
    observed.executions.filter(
      (execution) => execution.status === status && ageOf(execution.ended, observed.now) < seconds,
    ).length;
  const waiting = observed.waiting[filesQueue] ?? 0;
  const oldest = waiting > 0 ? (observed.oldestSeconds ?? 0) : 0;
  switch (section) {
    case 'dead-letters':
      return queue === undefined ? undefined : observed.waiting[queue];
    case 'files-wait':
      return oldest;
    case 'no-execution-for-a-day': {
      const newest = observed.executions[0];
      return oldest >= seconds && ageOf(newest?.started, observed.now) >= seconds ? 1 : 0;
    }
    case 'execution-failed':
      return ended('FAILED');
    case 'execution-timed-out':
      return ended('TIMED_OUT');
    case 'execution-runs-long': {
      const running = observed.executions.find(({ status }) => status === 'RUNNING');
      return running ? ageOf(running.started, observed.now) : 0;
    }
    case 'maintenance-failed':
      // A laptop that was off at night is no fault.
      return observed.maintenance === 'failed' ? 1 : 0;
    default:
      return undefined;
  }
}

/** In seconds. */
const ageOf = (time: Date | undefined, now: Date): number =>
  time ? (now.getTime() - time.getTime()) / 1000 : Number.POSITIVE_INFINITY;
