import type { Outcome } from '../../../domain/ledger';

/** Where the page of a key, or of one of its uploads, is; from within the files page. */
export function fileLink(key: string, upload?: string): string {
  return `?${new URLSearchParams({ key, ...(upload !== undefined && { upload }) })}`;
}

export function listLink(status: Outcome | undefined, q: string): string {
  const search = new URLSearchParams({ ...(status && { status }), ...(q !== '' && { q }) });
  return search.size > 0 ? `?${search}` : '';
}

/** From within any page. */
export const executionLink = (name: string): string => `~/executions/${encodeURIComponent(name)}`;

/** A key as people know it: every one lies below `input/`. */
export const shownKey = (key: string): string =>
  key.startsWith('input/') ? key.slice('input/'.length) : key;

/** The lists there are, in the order of a file's way; `gone` only where there are such files. */
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

/** What became of files, in a sentence. */
export const MEANINGS: Readonly<Record<Outcome, string>> = {
  waiting: 'In input/, its message in the queue for a first try or another.',
  running: 'In an execution.',
  dead_letter:
    'In input/ after five executions that failed; it is tried again once it is sent back to the queue.',
  archived: 'Its rows are in.',
  rejected: 'Below rejected/, with the reason beside it; none of its rows are in.',
  duplicate: 'Archived unread: its rows were in already.',
  replaced: 'A newer upload took its place.',
  gone: 'Nothing lay there any more when its message came.',
};

export const outcomeWord = (outcome: Outcome): string => outcome.replace('_', ' ');
