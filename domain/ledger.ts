/**
 * The ledger of files: an item for every upload that the pipeline was told of, kept for good. It answers what became of a
 * file, long after messages, results and executions are gone.
 */

import { z } from 'zod';
import { type BatchFile, batchFileSchema } from './workflow';

/** Receives of a message before it is a dead letter. */
export const MAX_RECEIVES = 5;

/** A file that is still to be dealt with. */
export const OPEN_OUTCOMES = ['waiting', 'running', 'dead_letter'] as const;

/** Where a file ended. */
const PLACED_OUTCOMES = ['archived', 'rejected', 'duplicate'] as const;

/** A message that had nothing to bring in: its file had gone, or a newer upload lay in its place. */
const VOID_OUTCOMES = ['gone', 'replaced'] as const;

/**
 * - `waiting`: its message is in the queue, for a first try or another.
 * - `running`: an execution has it.
 * - `dead_letter`: it was in as many executions that failed as a message has tries; it lies in `input/`.
 * - `archived`: its rows are in the tables.
 * - `rejected`: the file is below `rejected/`, with the reason.
 * - `duplicate`: archived unread, as its rows are in the tables already, from an earlier upload of the same content.
 * - `gone`: nothing lay under the key when its message came.
 * - `replaced`: a newer upload lay there, or came before the file could be moved (its rows are in then, `rows` says so).
 */
export const OUTCOMES = [...OPEN_OUTCOMES, ...PLACED_OUTCOMES, ...VOID_OUTCOMES] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type OpenOutcome = (typeof OPEN_OUTCOMES)[number];
export type FinalOutcome = Exclude<Outcome, OpenOutcome>;

/**
 * Which outcomes a writer of another may replace: none that says more, so that writers who are late, or come twice, change
 * nothing. A file that was placed is placed; that a later message found nothing there does not make it gone.
 */
export function replaceable(outcome: Outcome): readonly Outcome[] {
  return isOneOf(PLACED_OUTCOMES, outcome) ? [...OPEN_OUTCOMES, ...VOID_OUTCOMES] : OPEN_OUTCOMES;
}

function isOneOf(outcomes: readonly Outcome[], outcome: Outcome): boolean {
  return outcomes.includes(outcome);
}

/** The keys of an item. */
export interface LedgerKey {
  /** Of the object, as it lies in the bucket: `input/...`. */
  readonly key: string;
  /** Tells the uploads under a key apart, and sorts them by time: `2025-03-30T12:00:00.250Z/<etag>`. */
  readonly upload: string;
}

/** The same event told twice names the same item. */
export function ledgerKey({
  key,
  uploaded_at,
  etag,
}: Pick<BatchFile, 'key' | 'uploaded_at' | 'etag'>): LedgerKey {
  return { key, upload: `${uploaded_at}/${etag}` };
}

export const ledgerItemSchema = batchFileSchema.omit({ tries: true, duplicate_of: true }).extend({
  upload: z.string(),
  outcome: z.enum(OUTCOMES),
  /** When the pipeline first took its message, ISO 8601 UTC like all times here. */
  received_at: z.string().optional(),
  /** When the item was last written; orders the index. */
  updated_at: z.string(),
  /** The last execution that had it, and all of them. */
  execution: z.string(),
  executions: z.array(z.string()),
  /** Times its message has been received. */
  tries: z.number().int().optional(),
  kind: z.string().optional(),
  /** Good rows, in the tables. */
  rows: z.number().int().optional(),
  /** Bad rows, left out. */
  rows_rejected: z.number().int().optional(),
  /** Why it was rejected; why its last execution failed; what else is to be said. */
  reason: z.string().optional(),
  /** Where the file lies now: below `archive/` or `rejected/`. */
  destination: z.string().optional(),
  /** Where its bad rows lie, if it has any. */
  rejected_rows_key: z.string().optional(),
  /** Of a replay: the time of the upload that was replayed, which its rows carry. */
  replay_of: z.string().optional(),
  /** Of a duplicate: the `upload` whose rows are in the tables. */
  duplicate_of: z.string().optional(),
  /**
   * The version of the kind's staging table in which every row of the file stands as this upload brought it. Only where
   * that is known for certain; what a duplicate is recognized by.
   */
  staged_version: z.number().int().optional(),
});

/** What became of one upload. */
export type LedgerItem = z.infer<typeof ledgerItemSchema>;

/** How long a reason may be. */
export const REASON_LENGTH = 1_000;

/** What settle finds out of a file at the end of an execution. */
export type Finding = Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'> &
  Pick<
    LedgerItem,
    | 'kind'
    | 'rows'
    | 'rows_rejected'
    | 'reason'
    | 'destination'
    | 'rejected_rows_key'
    | 'replay_of'
    | 'duplicate_of'
    | 'staged_version'
  > & {
    readonly outcome: FinalOutcome;
    /** The execution that dealt with the file. */
    readonly execution: string;
  };
