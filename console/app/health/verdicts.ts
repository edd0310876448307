import { MAINTENANCE_TIME } from '../../../domain/maintenance-time';
import { DAY_MS } from '../../../domain/time';
import type {
  AlarmsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReconciliationHealth,
  ScheduleHealth,
  SchemaChangesHealth,
} from '../../api/health';
import { formatCount, formatDuration } from '../shared/format';
import type { Tone } from '../shared/tone';

/** The health of a part of the pipeline in a word or two, with advice if something is wrong. */
export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  readonly advice?: string;
  /** The anchor of the relevant section in docs/runbook.md. */
  readonly section?: string;
}

/** Threshold for waiting files and running executions, as in the alarms. */
export const LONG_SECONDS = 30 * 60;

const sinceMs = (at: string, now: Date): number => Math.max(0, now.getTime() - Date.parse(at));

export function queueVerdict({ waiting, in_flight, oldest_seconds }: QueueHealth): Verdict {
  if (waiting + in_flight === 0) return { tone: 'good', word: 'Empty' };
  if (waiting > 0 && (oldest_seconds ?? 0) >= LONG_SECONDS) {
    return {
      tone: 'bad',
      word: 'Files waiting too long',
      advice: 'The orchestrator should process them within minutes, or after the running execution.',
      section: 'files-wait',
    };
  }
  return waiting > 0 ? { tone: 'busy', word: 'Files waiting' } : { tone: 'busy', word: 'In progress' };
}

export function deadLettersVerdict({ dead_letters, failed_invocations }: QueueHealth): Verdict {
  if (dead_letters + failed_invocations === 0) return { tone: 'good', word: 'None' };
  return {
    tone: 'bad',
    word: dead_letters > 0 ? 'Action required' : 'Invocations failed',
    advice:
      dead_letters > 0
        ? 'Their executions failed five times. Fix the cause, then move them back to the queue (Files page, or daybook redrive).'
        : 'A schedule, or the rule on executions, could not invoke the orchestrator. The next invocation makes up for it.',
    section: 'dead-letters',
  };
}

/** After this many intervals without an invocation, the schedule counts as stopped. */
const MAX_INTERVALS = 3;
/** The delay of CloudWatch metrics. */
const METRICS_DELAY_MS = 5 * 60_000;

export function scheduleVerdict(
  { source, last_invocation, error, errors, every_seconds }: ScheduleHealth,
  now: Date,
): Verdict {
  if (source === null) {
    return {
      tone: 'quiet',
      word: 'No data',
      advice: 'The schedule is visible only in the console that daybook local serves.',
    };
  }
  if (error !== null) {
    return { tone: 'bad', word: 'Last invocation failed', advice: error, section: 'function-errors' };
  }
  if (every_seconds === 0) {
    return { tone: 'quiet', word: 'Off', advice: 'daybook local was started with --every 0.' };
  }
  const maxAge = every_seconds * 1000 * MAX_INTERVALS + METRICS_DELAY_MS;
  if (last_invocation !== null && sinceMs(last_invocation, now) > maxAge) {
    return {
      tone: 'bad',
      word: 'Not invoked',
      advice: 'The orchestrator is not invoked: its schedule may be disabled, or lack permission.',
      section: 'files-wait',
    };
  }
  if ((errors ?? 0) > 0) {
    return {
      tone: 'warn',
      word: 'Invocations failed',
      advice: `${formatCount(errors ?? 0)} within the last 15 minutes.`,
      section: 'function-errors',
    };
  }
  if (last_invocation === null) {
    return source === 'scheduler'
      ? { tone: 'busy', word: 'Not yet' }
      : {
          tone: 'bad',
          word: 'Not invoked',
          advice: 'CloudWatch shows no invocation of the orchestrator within the last 15 minutes.',
          section: 'files-wait',
        };
  }
  return { tone: 'good', word: 'On time' };
}

export function executionsVerdict({ running, last }: ExecutionsHealth, now: Date): Verdict {
  if (running && sinceMs(running.started_at, now) >= LONG_SECONDS * 1000) {
    return {
      tone: 'warn',
      word: 'Running long',
      advice: `It has been running for ${formatDuration(sinceMs(running.started_at, now))}, longer than expected. Newer files are waiting for it.`,
      section: 'execution-runs-long',
    };
  }
  switch (last?.status) {
    case undefined:
      return running ? { tone: 'busy', word: 'First one running' } : { tone: 'quiet', word: 'None yet' };
    case 'SUCCEEDED':
      return { tone: 'good', word: 'Succeeded' };
    case 'TIMED_OUT':
      return {
        tone: 'bad',
        word: 'Timed out',
        advice: 'It timed out. Its files will be retried.',
        section: 'execution-timed-out',
      };
    case 'ABORTED':
      return {
        tone: 'warn',
        word: 'Stopped',
        advice: 'It was stopped. Its files will be retried.',
      };
    default:
      return {
        tone: 'bad',
        word: 'Failed',
        advice: 'Its files will be retried in smaller batches. After five failures they become dead letters.',
        section: 'execution-failed',
      };
  }
}

/** @param isLocal a laptop may be off, so a missed day of maintenance is not a fault */
export function maintenanceVerdict(
  { last, every_seconds }: MaintenanceHealth,
  now: Date,
  isLocal: boolean,
): Verdict {
  const manual = `It runs at ${MAINTENANCE_TIME} UTC while daybook local is running. To run it now, use npx daybook maintain.`;
  if (!last) {
    return isLocal
      ? { tone: 'quiet', word: 'Not yet', advice: manual }
      : {
          tone: 'quiet',
          word: 'Not yet',
          advice: `The first run is at ${MAINTENANCE_TIME} UTC. Until it succeeds, its alarm is active.`,
          section: 'maintenance-failed',
        };
  }
  if (last.status === 'failed') {
    return {
      tone: 'bad',
      word: 'Failed',
      advice: 'Small and old files accumulate in the tables.',
      section: 'maintenance-failed',
    };
  }
  const late = sinceMs(last.started_at, now) - every_seconds * 1000;
  if (late <= DAY_MS / 8) return { tone: 'good', word: 'Done' };
  return isLocal
    ? { tone: 'quiet', word: 'Not recently', advice: manual }
    : {
        tone: 'warn',
        word: 'Late',
        advice: 'It should run once a day: it could not start, or was killed.',
        section: 'maintenance-failed',
      };
}

export function schemaChangesVerdict({ changes: [newest] }: SchemaChangesHealth, now: Date): Verdict {
  if (!newest) return { tone: 'good', word: 'None' };
  if (sinceMs(newest.at, now) > DAY_MS) return { tone: 'good', word: 'None within a day' };
  return {
    tone: 'warn',
    word: 'Columns changed',
    advice: 'Their files are loaded. Check that the contract still reads what you need.',
  };
}

export function reconciliationVerdict({ last }: ReconciliationHealth, now: Date): Verdict {
  if (!last) return { tone: 'good', word: 'None' };
  if (sinceMs(last.at, now) > DAY_MS) return { tone: 'good', word: 'None recently' };
  return {
    tone: 'warn',
    word: 'Messages were lost',
    advice:
      'The files were re-queued; no action is required. If this happens again, S3 events do not reach the queue.',
    section: 'files-wait',
  };
}

export function alarmsVerdict({ alarms }: AlarmsHealth): Verdict {
  const on = alarms.filter(({ state }) => state === 'alarm').length;
  if (on > 0) return { tone: 'bad', word: on === 1 ? '1 active alarm' : `${formatCount(on)} active alarms` };
  if (alarms.length === 0) {
    return { tone: 'warn', word: 'No alarms', advice: "No alarm has the deployment's name prefix." };
  }
  return { tone: 'good', word: 'No active alarms' };
}
