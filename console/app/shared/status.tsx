import type { Tone } from './tone';

export type { Tone } from './tone';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', bad: '✕', busy: '●', warn: '!', quiet: '–' };

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={`badge badge-${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {children}
    </span>
  );
}

/** The tone of a Step Functions execution status. */
export function executionTone(status: string): Tone {
  if (status === 'SUCCEEDED') return 'good';
  return status === 'RUNNING' ? 'busy' : 'bad';
}

/** The tone of a ledger outcome. */
export function outcomeTone(outcome: string): Tone {
  if (outcome === 'archived' || outcome === 'duplicate') return 'good';
  if (outcome === 'rejected' || outcome === 'dead_letter') return 'bad';
  return outcome === 'running' ? 'busy' : outcome === 'waiting' ? 'warn' : 'quiet';
}
