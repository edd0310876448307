import { readFile } from 'node:fs/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Deployment } from '../../../operations/deployment';
import { listExecutions } from '../../../operations/executions/executions';
import { readAlarms } from '../../../operations/health/alarms';
import { readExecutionsHealth } from '../../../operations/health/executions';
import { evaluateAlarm, readAlarmRules } from '../../../operations/health/local-alarms';
import { readMaintenanceHealth } from '../../../operations/health/maintenance';
import { type Metrics, readMetrics } from '../../../operations/health/metrics';
import { readQueueHealth } from '../../../operations/health/queues';
import { readReconciliationHealth } from '../../../operations/health/reconciliation';
import { scheduleHealth } from '../../../operations/health/schedule';
import { readVersions } from '../../../operations/health/versions';
import type { LocalSchedule } from '../../../operations/health/views';
import type { LakeReader } from '../../../operations/lake/reader';
import { packagePath } from '../../../package-path';
import { s3Bucket } from '../../../storage/s3-bucket';
import type { AlarmsHealth, RunbookSection, Versions } from '../../api/health';
import { remembered } from '../remembered';

interface HealthDeps {
  readonly deployment: Deployment;
  readonly lake: LakeReader;
  readonly clock: (() => LocalSchedule) | undefined;
}

/** What AWS bills by the request, or tells by the minute, is asked for no oftener; in milliseconds. */
const AWS_EVERY = { often: 4000, seldom: 60_000 };
const LOCAL_EVERY = { often: 500, seldom: 500 };

const NO_METRICS: Metrics = { oldestSeconds: null, lastInvocation: null, errors: 0 };

/** Enough to find the failures of an alarm's period. */
const EXECUTIONS = 50;

const sectionSchema = z.object({ section: z.string().regex(/^[a-z-]{1,50}$/) });

/** How the deployment fares, a part a request. */
export function healthRoutes({ deployment, lake, clock }: HealthDeps): Hono {
  const { names, isLocal } = deployment;
  const { often, seldom } = isLocal ? LOCAL_EVERY : AWS_EVERY;
  const bucket = s3Bucket(deployment.s3, deployment.bucket);
  // Of the queue's client, so that both have the same credentials.
  const { region, credentials } = deployment.sqs.config;
  const cloudWatch = isLocal ? undefined : new CloudWatchClient({ region, credentials });

  const metrics = remembered(seldom, async () => cloudWatch && readMetrics(cloudWatch, names, new Date()));
  const executions = remembered(often, () => listExecutions(deployment, EXECUTIONS));
  const queues = remembered(often, async () => {
    // The queue itself is told even where CloudWatch says no; the clock's part tells why it does.
    const told = await metrics().catch(() => NO_METRICS);
    return readQueueHealth(deployment, told, new Date());
  });
  const ofExecutions = remembered(often, async () => readExecutionsHealth(deployment, await executions()));
  const maintenance = remembered(seldom, () => readMaintenanceHealth(bucket, new Date()));
  const reconciliation = remembered(seldom, () => readReconciliationHealth(bucket));
  const alarms = remembered(often, async (): Promise<AlarmsHealth> => {
    if (cloudWatch) return { source: 'cloudwatch', alarms: await readAlarms(cloudWatch, names) };
    const [{ waiting, dead_letters, failed_invocations, oldest_seconds }, listed, { last }] =
      await Promise.all([queues(), executions(), maintenance()]);
    const seen = {
      waiting: {
        [names.queue]: waiting,
        [names.deadLetterQueue]: dead_letters,
        [names.triggerDeadLetterQueue]: failed_invocations,
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
      alarms: readAlarmRules().map((rule) => evaluateAlarm(rule, seen, names.queue)),
    };
  });
  const versions = remembered(
    seldom,
    (): Promise<Versions> => lake.use((open) => readVersions(deployment, open)),
  );

  return new Hono()
    .get('/queues', async (context) => context.json(await queues()))
    .get('/schedule', async (context) => context.json(scheduleHealth(await metrics(), clock?.())))
    .get('/executions', async (context) => context.json(await ofExecutions()))
    .get('/maintenance', async (context) => context.json(await maintenance()))
    .get('/reconciliation', async (context) => context.json(await reconciliation()))
    .get('/alarms', async (context) => context.json(await alarms()))
    .get('/versions', async (context) => context.json(await versions()))
    .get('/runbook/:section', async (context) => {
      const { section } = sectionSchema.parse(context.req.param());
      const found = sectionOf(await readFile(packagePath('docs', 'runbook.md'), 'utf8'), section);
      return found
        ? context.json(found)
        : context.json({ error: `the runbook has no section ${section}` }, 404);
    });
}

/** @param section the anchor that its heading has */
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
