import { DAY_MS } from '../../../domain/time';
import type {
  AlarmsHealth,
  ExecutionsHealth,
  MaintenanceHealth,
  QueueHealth,
  ReconciliationHealth,
  ScheduleHealth,
} from '../../api/health';
import { formatCount, formatDuration } from '../shared/format';
import type { Tone } from '../shared/tone';

/** Whether a part of the pipeline is well, in a word; where it is not, what to do. */
export interface Verdict {
  readonly tone: Tone;
  readonly word: string;
  readonly advice?: string;
  /** The anchor of the section of docs/runbook.md that tells more. */
  readonly section?: string;
}

/** As the alarms have them, in seconds: a file that waits, an execution that runs. */
const LONG = 30 * 60;

const sinceMs = (at: string, now: Date): number => Math.max(0, now.getTime() - Date.parse(at));

export function queueVerdict({ waiting, in_flight, oldest_seconds }: QueueHealth): Verdict {
  if (waiting + in_flight === 0) return { tone: 'good', word: 'Nothing waits' };
  if (waiting > 0 && (oldest_seconds ?? 0) >= LONG) {
    return {
      tone: 'bad',
      word: 'Files wait too long',
      advice: 'The orchestrator should take them within minutes, or at the end of the execution that runs.',
      section: 'files-wait',
    };
  }
  return waiting > 0 ? { tone: 'busy', word: 'Files wait' } : { tone: 'busy', word: 'In an execution' };
}

export function deadLettersVerdict({ dead_letters, failed_invocations }: QueueHealth): Verdict {
  if (dead_letters + failed_invocations === 0) return { tone: 'good', word: 'None' };
  return {
    tone: 'bad',
    word: dead_letters > 0 ? 'Files wait for a person' : 'Calls could not be made',
    advice:
      dead_letters > 0
        ? 'Their executions failed five times. Find out why, mend it, then send them back (Files page, or daybook redrive).'
        : 'A schedule, or the rule on executions, could not call the orchestrator; the next call makes up for it.',
    section: 'dead-letters',
  };
}

/** A call that is late by more than two is missing. */
const CALLS_LATE = 3;
/** Metrics come so much later. */
const METRICS_LATE_MS = 5 * 60_000;

export function clockVerdict(
  { source, last_invocation, error, errors, every_seconds }: ScheduleHealth,
  now: Date,
): Verdict {
  if (source === null) {
    return {
      tone: 'quiet',
      word: 'Not told here',
      advice: 'Only the console that daybook local serves itself knows its clock.',
    };
  }
  if (error !== null) {
    return { tone: 'bad', word: 'The last call failed', advice: error, section: 'function-errors' };
  }
  if (every_seconds === 0) {
    return { tone: 'quiet', word: 'Off', advice: 'daybook local was started with --every 0.' };
  }
  const patience = every_seconds * 1000 * CALLS_LATE + METRICS_LATE_MS;
  if (last_invocation !== null && sinceMs(last_invocation, now) > patience) {
    return {
      tone: 'bad',
      word: 'Not called',
      advice: 'Nobody calls the orchestrator: its schedule may be disabled, or may not call it.',
      section: 'files-wait',
    };
  }
  if ((errors ?? 0) > 0) {
    return {
      tone: 'warn',
      word: 'Calls failed',
      advice: `${formatCount(errors ?? 0)} within a quarter of an hour.`,
      section: 'function-errors',
    };
  }
  if (last_invocation === null) {
    return source === 'scheduler'
      ? { tone: 'busy', word: 'Not yet' }
      : {
          tone: 'bad',
          word: 'Not called',
          advice: 'CloudWatch has no call of the orchestrator within a quarter of an hour.',
          section: 'files-wait',
        };
  }
  return { tone: 'good', word: 'Ticks' };
}

export function executionsVerdict({ running, last }: ExecutionsHealth, now: Date): Verdict {
  if (running && sinceMs(running.started_at, now) >= LONG * 1000) {
    return {
      tone: 'warn',
      word: 'Runs long',
      advice: `It has been running for ${formatDuration(sinceMs(running.started_at, now))}; files that came since wait for it.`,
      section: 'execution-runs-long',
    };
  }
  switch (last?.status) {
    case undefined:
      return running ? { tone: 'busy', word: 'The first one runs' } : { tone: 'quiet', word: 'None yet' };
    case 'SUCCEEDED':
      return { tone: 'good', word: 'Ended well' };
    case 'TIMED_OUT':
      return {
        tone: 'bad',
        word: 'Cut off',
        advice: 'It came to its time limit; its files go again.',
        section: 'execution-timed-out',
      };
    case 'ABORTED':
      return {
        tone: 'warn',
        word: 'Stopped',
        advice: 'Somebody stopped it, or the pipeline; its files go again.',
      };
    default:
      return {
        tone: 'bad',
        word: 'Failed',
        advice: 'Its files go again in smaller batches, and are dead letters after the fifth time.',
        section: 'execution-failed',
      };
  }
}

/** @param isLocal a laptop sleeps: there a day without maintenance is no fault */
export function maintenanceVerdict(
  { last, every_seconds }: MaintenanceHealth,
  now: Date,
  isLocal: boolean,
): Verdict {
  const byHand = 'It runs once a day while daybook local does; npx daybook maintain runs it now.';
  if (!last) {
    return isLocal
      ? { tone: 'quiet', word: 'Not yet', advice: byHand }
      : { tone: 'quiet', word: 'Not yet', advice: 'It comes a day after the deployment, then daily.' };
  }
  if (last.status === 'failed') {
    return {
      tone: 'bad',
      word: 'Failed',
      advice: 'The tables keep more small and old files than they should.',
      section: 'maintenance-failed',
    };
  }
  const late = sinceMs(last.started_at, now) - every_seconds * 1000;
  if (late <= DAY_MS / 8) return { tone: 'good', word: 'Done' };
  return isLocal
    ? { tone: 'quiet', word: 'A while ago', advice: byHand }
    : {
        tone: 'warn',
        word: 'Late',
        advice: 'It should have run once a day: it could not be started, or was killed.',
        section: 'maintenance-failed',
      };
}

export function reconciliationVerdict({ last }: ReconciliationHealth, now: Date): Verdict {
  if (!last) return { tone: 'good', word: 'Nothing was ever lost' };
  if (sinceMs(last.at, now) > DAY_MS) return { tone: 'good', word: 'Nothing lost lately' };
  return {
    tone: 'warn',
    word: 'Messages were lost',
    advice:
      'The files were announced anew and need nobody; if it happens again, events do not reach the queue.',
    section: 'files-wait',
  };
}

export function alarmsVerdict({ alarms }: AlarmsHealth): Verdict {
  const on = alarms.filter(({ state }) => state === 'alarm').length;
  if (on > 0) return { tone: 'bad', word: on === 1 ? '1 alarm is on' : `${formatCount(on)} alarms are on` };
  if (alarms.length === 0) {
    return { tone: 'warn', word: 'No alarms', advice: 'The deployment has none of its own names.' };
  }
  return { tone: 'good', word: 'All quiet' };
}
