import type { Declaration } from '../../domain/declare';
import type { HeaderMatch } from '../../domain/header-match';
import type { LedgerItem, Outcome } from '../../domain/ledger';

/** A ledger item; or a file in `input/` without one, which has only the fields below. */
export type FileEntry = Partial<LedgerItem> &
  Pick<LedgerItem, 'key' | 'etag' | 'size' | 'uploaded_at' | 'outcome'>;

/** GET /api/files?status&q&after: uploads by time of outcome, newest first. */
export interface FilePage {
  readonly files: readonly FileEntry[];
  /** `after` of the next page; null after the last. A page can be short or empty without being the last. */
  readonly next: string | null;
  /** Number of uploads searched. */
  readonly searched: number;
}

/** GET /api/files/latest: the eight uploads with the newest outcomes, without the files that entry points for events write. */
export interface LatestFiles {
  readonly files: readonly FileEntry[];
  /** True if there are files of entry points for events. */
  readonly has_events: boolean;
}

/** GET /api/files/counts: uploads by outcome. */
export type FileCounts = Readonly<
  Record<Outcome, { readonly count: number /** True if there are more. */; readonly isMore: boolean }>
>;

/** GET /api/files/uploads?key: all uploads of a key, newest first, at most 500. */
export interface KeyUploads {
  readonly uploads: readonly FileEntry[];
}

/** GET /api/files/waiting?key: the file under a key in `input/`; null if there is none. */
export interface WaitingFile {
  readonly waiting: { readonly size: number; readonly uploaded_at: string } | null;
}

/** GET /api/files/reason?key&upload: why a file was rejected; null if that is no longer stored. */
export interface RejectionAnswer {
  readonly rejection: {
    readonly reason: string;
    /** How to fix it. */
    readonly remedy: string;
    readonly kind?: string | undefined;
    /** The header is line 1. */
    readonly line?: number | undefined;
    readonly details: readonly string[];
    /** The lines to add to contracts; empty for rejections by earlier releases. */
    readonly declarations: readonly Declaration[];
    /** No contract describes its columns. */
    readonly is_unknown: boolean;
  } | null;
}

/** GET /api/files/bad-rows?key&upload&from: bad rows of an upload, in file order. */
export interface BadRowsPage {
  /** The file's header; null if the file no longer exists. */
  readonly shape: { readonly header: readonly string[]; readonly match: HeaderMatch } | null;
  readonly rows: readonly BadRowEntry[];
  /** `from` of the next page; null after the last. */
  readonly next: number | null;
}

export interface BadRowEntry {
  /** The line of the file in which the row starts. */
  readonly line: number;
  /** The columns with faults; empty if the fault concerns the whole row. */
  readonly columns: readonly string[];
  readonly reason: string;
  /** The original text, at most 10,000 characters. */
  readonly text: string;
  /** In the order of the header; null if the file no longer exists, or the row is too long to show. */
  readonly cells: readonly string[] | null;
  /** True if quotes are misplaced, so that the cells may be wrong. */
  readonly isGuess: boolean;
}

/** POST /api/files/fixed-rows: fixed rows of an upload; returns {@link FixedRowsAnswer}. */
export interface FixedRowsRequest {
  readonly key: string;
  readonly upload: string;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

export interface FixedRowsAnswer {
  /** The key of the new file. */
  readonly key: string;
  /** Number of rows in the new file. */
  readonly rows: number;
}

/**
 * GET /api/files/replays/plan?what: how many archived files a replay would reprocess; `what` is an execution or a key below
 * `archive/`. POST /api/files/replays {what} starts it. That and GET /api/files/replays/{id} return {@link ReplayState}.
 */
export interface ReplayPlan {
  readonly files: number;
}

export interface ReplayState {
  readonly id: string;
  readonly files: number;
  /** Files processed so far. */
  readonly done: number;
  /** Skipped keys, because another upload is waiting under them; at most 100. */
  readonly left: readonly string[];
  readonly status: 'running' | 'done' | 'failed';
  /** Why it failed; files already copied are not affected. */
  readonly error: string | null;
}

/** GET /api/files/dead-letters: the approximate number. POST /api/files/redrive moves them back to the queue. */
export interface DeadLetters {
  readonly dead_letters: number;
}

export interface RedriveAnswer extends DeadLetters {
  readonly moved: number;
}
