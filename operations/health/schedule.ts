import type { Metrics } from './metrics';
import type { LocalSchedule, ScheduleHealth } from './views';

/** The interval of the schedule on AWS; see infra/triggers.ts. */
const EVERY_SECONDS = 300;

/** The schedule that invokes the orchestrator, and its last invocation. */
export function scheduleHealth(
  metrics: Metrics | undefined,
  local: LocalSchedule | undefined,
): ScheduleHealth {
  if (metrics) {
    return {
      source: 'cloudwatch',
      last_invocation: metrics.lastInvocation?.toISOString() ?? null,
      error: null,
      errors: metrics.errors,
      every_seconds: EVERY_SECONDS,
    };
  }
  return {
    source: local ? 'scheduler' : null,
    last_invocation: local?.last?.at ?? null,
    error: local?.last?.error ?? null,
    errors: null,
    every_seconds: local?.every_seconds ?? EVERY_SECONDS,
  };
}
