import { plural } from '../../../domain/plural';
import { readAlarms } from '../../health/alarms';
import type { AlarmView } from '../../health/views';
import { type DeploymentCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';

/** Is an alarm of the deployment active? */
export const alarms: DeploymentCheck = {
  id: 'alarms',
  title: 'alarms',
  async run({ account: { cloudWatch, names } }) {
    return judgeAlarms(await requires('cloudwatch:DescribeAlarms', () => readAlarms(cloudWatch, names)));
  },
};

export function judgeAlarms(alarms: readonly Pick<AlarmView, 'name' | 'section' | 'state'>[]): Finding {
  if (alarms.length === 0) return failed('the deployment has no alarms', 'npx cdk deploy');
  const active = alarms.filter(({ state }) => state === 'alarm');
  if (active.length === 0) return ok(`none of ${plural(alarms.length, 'alarm')} is active`);
  const sections = new Set(
    active.map(({ section }) => `docs/runbook.md${section === null ? '' : `#${section}`}`),
  );
  return failed(
    `${active.length} of ${plural(alarms.length, 'alarm')} active: ${active.map(({ name }) => name).join(', ')}`,
    [...sections].join(', '),
  );
}
