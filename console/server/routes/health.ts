import { readFile } from 'node:fs/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deployment } from '../../../operations/deployment';
import { explainError } from '../../../operations/errors';
import { listExecutions } from '../../../operations/executions/executions';
import { readAlarms } from '../../../operations/health/alarms';
import { readExecutionsHealth } from '../../../operations/health/executions';
import { type AlarmRule, evaluateAlarm, readAlarmRules } from '../../../operations/health/local-alarms';
import { readMaintenanceHealth } from '../../../operations/health/maintenance';
import { type Metrics, readMetrics } from '../../../operations/health/metrics';
import { readQueueHealth } from '../../../operations/health/queues';
import { readReconciliationHealth } from '../../../operations/health/reconciliation';
import { scheduleHealth } from '../../../operations/health/schedule';
import { readSchemaChanges } from '../../../operations/health/schema-changes';
import { readVersions } from '../../../operations/health/versions';
import type { LocalSchedule } from '../../../operations/health/views';
import type { LakeReader } from '../../../operations/lake/reader';
import { ifThere, messagesIn } from '../../../operations/queue';
import { packagePath } from '../../../package-path';
import { s3Bucket } from '../../../storage/s3-bucket';
import type { AlarmsHealth, HealthAnswer, HealthParts, RunbookSection, Versions } from '../../api/health';
import { cached } from '../cached';
import { healthEventsRoutes } from './health-events';
import { healthWarehouseRoutes } from './health-warehouse';

interface HealthDeps {
  readonly deployment: Deployment;
  readonly lake: LakeReader;
  readonly clock: (() => LocalSchedule) | undefined;
}

/** Cache durations in milliseconds: long for requests that AWS bills, or data that changes by the minute. */
const AWS_CACHE_MS = { short: 4000, long: 60_000 };
const LOCAL_CACHE_MS = { short: 500, long: 500 };

const NO_METRICS: Metrics = {
  oldestSeconds: null,
  lastInvocation: null,
  errors: 0,
  oldestEventSeconds: null,
  iteratorAgeSeconds: null,
};

/** Enough to cover an alarm's period. */
const EXECUTIONS = 50;

const sectionSchema = z.object({ section: z.string().regex(/^[a-z-]{1,50}$/) });

/** The health of the deployment. */
export function healthRoutes({ deployment, lake, clock }: HealthDeps): Hono {
  const { names, isLocal } = deployment;
  const { short, long } = isLocal ? LOCAL_CACHE_MS : AWS_CACHE_MS;
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  // Taken from the queue's client, so that both use the same credentials.
  const { region, credentials } = deployment.sqs.config;
  const cloudWatch = isLocal ? undefined : new CloudWatchClient({ region, credentials });

  let rules: readonly AlarmRule[] | undefined;
  const alarmRules = () => {
    rules ??= readAlarmRules();
    return rules;
  };
  const metrics = cached(long, async () => cloudWatch && readMetrics(cloudWatch, names, new Date()));
  const executions = cached(short, () => listExecutions(deployment, EXECUTIONS));
  const queues = cached(short, async () => {
    // Show the queue even if CloudWatch fails; the schedule's part reports the error.
    const known = await metrics().catch(() => NO_METRICS);
    return readQueueHealth(deployment, known, new Date());
  });
  const ofExecutions = cached(short, async () => readExecutionsHealth(deployment, await executions()));
  const maintenance = cached(long, () => readMaintenanceHealth(bucket, new Date()));
  const reconciliation = cached(long, () => readReconciliationHealth(bucket));
  const schemaChanges = cached(long, () => readSchemaChanges(bucket));
  const alarms = cached(short, async (): Promise<AlarmsHealth> => {
    if (cloudWatch) return { source: 'cloudwatch', alarms: await readAlarms(cloudWatch, names) };
    const [{ waiting, dead_letters, failed_invocations, oldest_seconds }, listed, { last }] =
      await Promise.all([queues(), executions(), maintenance()]);
    const events = await ifThere(messagesIn(deployment, names.eventDeadLetterQueue));
    const observed = {
      waiting: {
        [names.queue]: waiting,
        [names.deadLetterQueue]: dead_letters,
        [names.triggerDeadLetterQueue]: failed_invocations,
        ...(events && { [names.eventDeadLetterQueue]: events.waiting }),
      },
      oldestSeconds: oldest_seconds,
      executions: listed.map(({ status = '', startDate = new Date(0), stopDate }) => ({
        status,
        started: startDate,
        ended: stopDate,
      })),
      maintenance: last?.status,
      now: new Date(),
    };
    return {
      source: 'here',
      alarms: alarmRules().map((rule) => evaluateAlarm(rule, observed, names.queue)),
    };
  });
  const versions = cached(long, (): Promise<Versions> => lake.use((open) => readVersions(deployment, open)));

  const parts: { readonly [Name in keyof HealthParts]: () => Promise<HealthParts[Name]> } = {
    queues,
    schedule: async () => scheduleHealth(await metrics(), clock?.()),
    executions: ofExecutions,
    maintenance,
    reconciliation,
    schema_changes: schemaChanges,
    alarms,
  };

  return new Hono()
    .get('/', async (context) => {
      const answers = Object.entries(parts).map(
        async ([name, read]) => [name, await answerOf<unknown>(read)] as const,
      );
      return context.json(Object.fromEntries(await Promise.all(answers)) as HealthAnswer);
    })
    .get('/versions', async (context) => context.json(await versions()))
    .route('/events', healthEventsRoutes({ deployment, lake, metrics }))
    .route('/warehouse', healthWarehouseRoutes(deployment, lake))
    .get('/runbook/:section', async (context) => {
      const { section } = sectionSchema.parse(context.req.param());
      const found = sectionOf(await readFile(packagePath('docs', 'runbook.md'), 'utf8'), section);
      return found
        ? context.json(found)
        : context.json({ error: `the runbook has no section ${section}` }, 404);
    });
}

const answerOf = <Part>(read: () => Promise<Part>) =>
  read().then(
    (value) => ({ value }),
    (error: unknown) => ({ error: explainError(error) }),
  );

/** @param section the anchor of its heading */
function sectionOf(runbook: string, section: string): RunbookSection | undefined {
  for (const part of runbook.split(/^## /m).slice(1)) {
    const [title = '', ...lines] = part.split('\n');
    if (
      title
        .toLowerCase()
        .replaceAll(/[^a-z ]/g, '')
        .replaceAll(' ', '-') === section
    ) {
      return { title, text: lines.join('\n').trim() };
    }
  }
  return undefined;
}
