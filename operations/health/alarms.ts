import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ResourceNames } from '../../domain/names';
import type { AlarmView } from './views';

const STATES: Readonly<Record<string, AlarmView['state']>> = { OK: 'ok', ALARM: 'alarm' };

/** The alarms of a deployment, as CloudWatch has them. */
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
        state: STATES[StateValue] ?? 'not told',
        since: alarm.StateTransitionedTimestamp?.toISOString() ?? null,
      });
    }
  }
  return alarms;
}

/** An alarm's description, as infra/alarms.ts writes it: the symptom, and the runbook's section. */
export function parseDescription(text: string): Pick<AlarmView, 'symptom' | 'section'> {
  const found = /^(.*) See docs\/runbook\.md#([a-z-]+)$/.exec(text);
  return { symptom: found?.[1] ?? text, section: found?.[2] ?? null };
}
