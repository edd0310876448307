import type { Items, StateRun, StateStatus } from '../../../domain/execution-history';
import { plural } from '../../../domain/plural';
import type { Tone } from '../shared/status';

export const STATUS_TONES: Readonly<Record<StateStatus, Tone>> = {
  running: 'busy',
  succeeded: 'good',
  caught: 'warn',
  failed: 'bad',
  stopped: 'quiet',
};

export const STATUS_WORDS: Readonly<Record<StateStatus, string>> = {
  running: 'running',
  succeeded: 'done',
  caught: 'caught',
  failed: 'failed',
  stopped: 'stopped',
};

/** `3 of 4 items, 1 failed`. */
export function itemsText({ total, done, failed, aborted }: Items): string {
  if (total === 0) return 'no items';
  const others = [failed > 0 ? `${failed} failed` : '', aborted > 0 ? `${aborted} stopped` : ''];
  return [`${done} of ${plural(total, 'item')}`, ...others.filter(Boolean)].join(', ');
}

/** Additional text in a state's box; may be empty. */
export function remarks({ retries, items }: StateRun): string {
  const retried = retries > 0 ? `${retries} ${retries === 1 ? 'retry' : 'retries'}` : '';
  return [items ? itemsText(items) : '', retried].filter(Boolean).join(' · ');
}
