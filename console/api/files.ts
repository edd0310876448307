import type { HeaderMatch } from '../../domain/file-rules';
import type { LedgerItem, Outcome } from '../../domain/ledger';

/** An upload as the ledger has it; or one that lies in `input/` unseen, of which the last five alone are known. */
export type FileEntry = Partial<LedgerItem> &
  Pick<LedgerItem, 'key' | 'etag' | 'size' | 'uploaded_at' | 'outcome'>;

/** GET /api/files?status&q&after: uploads by the time of their outcome, newest first. */
export interface FilePage {
  readonly files: readonly FileEntry[];
  /** To be given as `after` for the next page; null after the last. A page may be short, or empty, and not be the last. */
  readonly next: string | null;
  /** Uploads looked at for this page. */
  readonly searched: number;
}

/** GET /api/files/counts: uploads by outcome. */
export type FileCounts = Readonly<
  Record<Outcome, { readonly count: number /** There are more. */; readonly isMore: boolean }>
>;

/** GET /api/files/uploads?key: every upload of a key, newest first, at most 500. */
export interface KeyUploads {
  readonly uploads: readonly FileEntry[];
}

/** GET /api/files/waiting?key: the file that lies under a key of `input/`; null where none does. */
export interface WaitingFile {
  readonly waiting: { readonly size: number; readonly uploaded_at: string } | null;
}

/** GET /api/files/reason?key&upload: what is written beside a rejected file; null where that is no longer there. */
export interface RejectionAnswer {
  readonly rejection: {
    readonly reason: string;
    /** What to do. */
    readonly remedy: string;
    readonly kind?: string | undefined;
    /** The header is in line 1. */
    readonly line?: number | undefined;
    readonly details: readonly string[];
  } | null;
}

/** GET /api/files/bad-rows?key&upload&from: some bad rows of an upload, in the order of the file. */
export interface BadRowsPage {
  /** How the file's rows are written; null where the file is no longer there. */
  readonly shape: { readonly header: readonly string[]; readonly match: HeaderMatch } | null;
  readonly rows: readonly BadRowEntry[];
  /** To be given as `from` for the next page; null after the last. */
  readonly next: number | null;
}

export interface BadRowEntry {
  /** Of the file, where the row starts. */
  readonly line: number;
  /** The columns at fault; none where the row as a whole is. */
  readonly columns: readonly string[];
  readonly reason: string;
  /** As it stood in the file, at most 10,000 characters. */
  readonly text: string;
  /** In the order of the header; null where the file is no longer there, or the row is too long to be shown whole. */
  readonly cells: readonly string[] | null;
  /** Quotes stand where none may: the cells are a guess. */
  readonly isGuess: boolean;
}

/** POST /api/files/mended: rows of an upload whose every cell is right now; answered with {@link MendedAnswer}. */
export interface MendedRequest {
  readonly key: string;
  readonly upload: string;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

export interface MendedAnswer {
  /** Of the new file. */
  readonly key: string;
  /** Rows in it. */
  readonly rows: number;
}

/**
 * GET /api/files/replays?what: how many archived files a replay would put through again; `what` is an execution, or a key
 * below `archive/`. POST {what} begins it, and is answered with {@link ReplayState}, as is GET /api/files/replays/{id}.
 */
export interface ReplayPlan {
  readonly files: number;
}

export interface ReplayState {
  readonly id: string;
  readonly files: number;
  /** Files dealt with. */
  readonly done: number;
  /** Of these, the keys that were left alone as another upload waits under them; at most 100. */
  readonly left: readonly string[];
  readonly status: 'running' | 'done' | 'failed';
  /** Why it failed; the files done stay done. */
  readonly error: string | null;
}

/** GET /api/files/dead-letters: about how many there are. POST /api/files/redrive moves them back to the queue. */
export interface DeadLetters {
  readonly dead_letters: number;
}

export interface RedriveAnswer extends DeadLetters {
  readonly moved: number;
}
