import type { Outcome } from '../../../domain/ledger';

/** The link to a key or to one of its uploads, relative to the files page. */
export function fileLink(key: string, upload?: string): string {
  return `?${new URLSearchParams({ key, ...(upload !== undefined && { upload }) })}`;
}

export function listLink(status: Outcome | undefined, q: string): string {
  const search = new URLSearchParams({ ...(status && { status }), ...(q !== '' && { q }) });
  return search.size > 0 ? `?${search}` : '';
}

/** Works from any page. */
export const executionLink = (name: string): string => `~/executions/${encodeURIComponent(name)}`;

/** A key without `input/`, which all keys have. */
export const shownKey = (key: string): string =>
  key.startsWith('input/') ? key.slice('input/'.length) : key;

/** The lists in the order of a file's lifecycle; `gone` is shown only if there are such files. */
export const LISTS = [
  { status: 'waiting', name: 'Waiting' },
  { status: 'running', name: 'Running' },
  { status: 'archived', name: 'Archived' },
  { status: 'rejected', name: 'Rejected' },
  { status: 'duplicate', name: 'Duplicates' },
  { status: 'replaced', name: 'Replaced' },
  { status: 'dead_letter', name: 'Dead letters' },
  { status: 'gone', name: 'Gone' },
] as const satisfies readonly { readonly status: Outcome; readonly name: string }[];

/** Each outcome in one sentence. */
export const MEANINGS: Readonly<Record<Outcome, string>> = {
  waiting: 'In input/, queued for its first try or a retry.',
  running: 'Being processed by an execution.',
  dead_letter: 'In input/ after five failed executions. To retry it, move it back to the queue.',
  archived: 'Processed: its rows are loaded.',
  rejected: 'Moved to rejected/ with the reason. None of its rows are loaded.',
  duplicate: 'Archived without processing: its rows were already loaded.',
  replaced: 'Replaced by a newer upload.',
  gone: 'The file no longer existed when its message was received.',
};

export const outcomeWord = (outcome: Outcome): string => outcome.replace('_', ' ');
