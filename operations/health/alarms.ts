import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ResourceNames } from '../../domain/names';
import type { AlarmView } from './views';

const STATES: Readonly<Record<string, AlarmView['state']>> = { OK: 'ok', ALARM: 'alarm' };

/** The deployment's alarms in CloudWatch. */
export async function readAlarms(
  client: CloudWatchClient,
  { metricsService }: ResourceNames,
): Promise<AlarmView[]> {
  const { paginateDescribeAlarms } = await import('@aws-sdk/client-cloudwatch');
  const alarms: AlarmView[] = [];
  const prefix = `${metricsService}-`;
  for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: prefix })) {
    for (const { AlarmName = '', AlarmDescription = '', StateValue = '', ...alarm } of page.MetricAlarms ??
      []) {
      alarms.push({
        name: AlarmName.slice(prefix.length),
        ...parseDescription(AlarmDescription),
        state: STATES[StateValue] ?? 'no data',
        since: alarm.StateTransitionedTimestamp?.toISOString() ?? null,
      });
    }
  }
  return alarms;
}

/** Parses the description that infra/alarms.ts writes: the symptom, and the section of the runbook. */
export function parseDescription(text: string): Pick<AlarmView, 'symptom' | 'section'> {
  const found = /^(.*) See docs\/runbook\.md#([a-z-]+)$/.exec(text);
  return { symptom: found?.[1] ?? text, section: found?.[2] ?? null };
}
