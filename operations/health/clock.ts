import type { Metrics } from './metrics';
import type { ClockHealth, LocalClock } from './views';

/** The schedule's own pace on AWS: infra/triggers.ts. */
const EVERY_SECONDS = 300;

/** Who calls the orchestrator, and when it was called last. */
export function clockHealth(metrics: Metrics | undefined, local: LocalClock | undefined): ClockHealth {
  if (metrics) {
    return {
      told_by: 'cloudwatch',
      last_call: metrics.lastCall?.toISOString() ?? null,
      error: null,
      errors: metrics.errors,
      every_seconds: EVERY_SECONDS,
    };
  }
  return {
    told_by: local ? 'scheduler' : null,
    last_call: local?.last?.at ?? null,
    error: local?.last?.error ?? null,
    errors: null,
    every_seconds: local?.every_seconds ?? EVERY_SECONDS,
  };
}
