import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { type DeploymentCheck, type Finding, failed, ok } from '../check';
import { requires, unlessNamed } from '../permission';

/** A schedule's state; undefined if it does not exist. */
export interface ScheduleState {
  readonly name: string;
  readonly state: string | undefined;
}

/** Do both schedules exist, and are they enabled? */
export const schedules: DeploymentCheck = {
  id: 'schedules',
  title: 'schedules',
  async run({ account: { scheduler, names } }) {
    const states = await Promise.all(
      [names.schedule, names.maintenanceSchedule].map(async (name) => {
        const found = await requires('scheduler:GetSchedule', () =>
          unlessNamed(['ResourceNotFoundException'], scheduler.send(new GetScheduleCommand({ Name: name }))),
        );
        return { name, state: found && (found.State ?? 'unknown') };
      }),
    );
    return judgeSchedules(states);
  },
};

export function judgeSchedules(states: readonly ScheduleState[]): Finding {
  const named = (some: readonly ScheduleState[]) => some.map(({ name }) => name).join(', ');
  const missing = states.filter(({ state }) => state === undefined);
  if (missing.length > 0) return failed(`missing: ${named(missing)}`, 'npx cdk deploy');
  const disabled = states.filter(({ state }) => state !== 'ENABLED');
  if (disabled.length > 0) {
    return failed(
      `not enabled: ${named(disabled)}`,
      'in the AWS console: EventBridge, Schedules, Enable (docs/runbook.md#files-wait)',
    );
  }
  return ok('both are enabled');
}
