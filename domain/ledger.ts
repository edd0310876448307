/**
 * The ledger of files: one item per upload, kept permanently except for files of events. It records the outcome of a file long after messages, results
 * and executions have been deleted.
 */

import { z } from 'zod';
import { EVENTS } from './object-keys';
import { DAY_MS } from './time';
import { type BatchFile, batchFileSchema } from './workflow';

/** Times a message is received before it becomes a dead letter. */
export const MAX_RECEIVES = 5;

/**
 * From so many files on, the ledger is written in transactions, a request for many files: it takes less time, and each of its writes
 * counts twice.
 */
export const LEDGER_TRANSACTION_FILES = 50;

/** Outcomes of a file that is not finished. */
export const OPEN_OUTCOMES = ['waiting', 'running', 'dead_letter'] as const;

/** Final outcomes of a file that was moved. */
const PLACED_OUTCOMES = ['archived', 'rejected', 'duplicate'] as const;

/** Final outcomes of a message without a file to process: it no longer existed, or a newer upload had replaced it. */
const VOID_OUTCOMES = ['gone', 'replaced'] as const;

/**
 * - `waiting`: its message is in the queue, for the first attempt or a retry.
 * - `running`: an execution is processing it.
 * - `dead_letter`: as many executions failed with it as a message has attempts; the file is in `input/`.
 * - `archived`: its rows are in the tables.
 * - `rejected`: the file is in `rejected/`, with the reason.
 * - `duplicate`: archived without processing, as an earlier upload of the same content already loaded its rows.
 * - `gone`: the object no longer existed when its message was received.
 * - `replaced`: a newer upload replaced it, possibly after its rows were loaded (then `rows` is set).
 */
export const OUTCOMES = [...OPEN_OUTCOMES, ...PLACED_OUTCOMES, ...VOID_OUTCOMES] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type OpenOutcome = (typeof OPEN_OUTCOMES)[number];
export type FinalOutcome = Exclude<Outcome, OpenOutcome>;

/**
 * The outcomes that `outcome` may replace. A more informative outcome is never replaced, so late or repeated writes change
 * nothing: a file that was moved does not become `gone` when a later message finds no object.
 */
export function replaceable(outcome: Outcome): readonly Outcome[] {
  return isOneOf(PLACED_OUTCOMES, outcome) ? [...OPEN_OUTCOMES, ...VOID_OUTCOMES] : OPEN_OUTCOMES;
}

function isOneOf(outcomes: readonly Outcome[], outcome: Outcome): boolean {
  return outcomes.includes(outcome);
}

/** The keys of an item. */
export interface LedgerKey {
  /** The object key: `input/...`. */
  readonly key: string;
  /** Identifies an upload of the key, and sorts uploads by time: `2025-03-30T12:00:00.250Z/<etag>`. */
  readonly upload: string;
}

/** A repeated event has the same ledger key. */
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
  /** When its message was first received, ISO 8601 UTC like all times here. */
  received_at: z.string().optional(),
  /** When the item was last written; sort key of the index. */
  updated_at: z.string(),
  /** The last execution that processed it, and all of them. */
  execution: z.string(),
  executions: z.array(z.string()),
  /** Times its message has been received. */
  tries: z.number().int().optional(),
  kind: z.string().optional(),
  /** Good rows, loaded into the tables. */
  rows: z.number().int().optional(),
  /** Of a file of events: its good events. `rows` also counts the rows of their items. */
  events: z.number().int().optional(),
  /** Bad rows, not loaded. */
  rows_rejected: z.number().int().optional(),
  /** Rows that the contract leaves out; absent if there are none. */
  rows_left_out: z.number().int().optional(),
  /** Those of `rows` that delete their key; absent if there are none. */
  rows_deleted: z.number().int().optional(),
  /** Why it was rejected or its last execution failed, or another note. */
  reason: z.string().optional(),
  /** The file's current key, in `archive/` or `rejected/`. */
  destination: z.string().optional(),
  /** The key of its bad rows, if it has any. */
  rejected_rows_key: z.string().optional(),
  /** For a replay: the time of the original upload, which its rows carry. */
  replay_of: z.string().optional(),
  /** For a duplicate: the `upload` that loaded the rows. */
  duplicate_of: z.string().optional(),
  /**
   * The version of the kind's staging table that contains every row of this upload unchanged. Set only if that is certain; used
   * to recognize duplicates.
   */
  staged_version: z.number().int().optional(),
  /** The hash of the contracts by which it was validated. */
  contracts: z.string().optional(),
  /** When DynamoDB may delete the item, in seconds since 1970; see {@link expiresAt}. */
  expires_at: z.number().int().optional(),
});

/** Files of events come by the thousand every month, and nobody looks for one by its name. */
const EVENT_FILE_DAYS = 90;

/**
 * When the item of a file with a final outcome expires, in seconds since 1970; undefined: never. Items of files that are not
 * finished have no such time.
 */
export const expiresAt = (key: string, at: Date): number | undefined =>
  key.startsWith(EVENTS) ? Math.floor((at.getTime() + EVENT_FILE_DAYS * DAY_MS) / 1000) : undefined;

/** The outcome of one upload. */
export type LedgerItem = z.infer<typeof ledgerItemSchema>;

/** How long a reason may be. */
export const REASON_LENGTH = 1_000;

/** What settle finds out of a file at the end of an execution. */
export type Finding = Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'> &
  Pick<
    LedgerItem,
    | 'kind'
    | 'rows'
    | 'events'
    | 'rows_rejected'
    | 'rows_left_out'
    | 'rows_deleted'
    | 'reason'
    | 'destination'
    | 'rejected_rows_key'
    | 'replay_of'
    | 'duplicate_of'
    | 'staged_version'
    | 'contracts'
  > & {
    readonly outcome: FinalOutcome;
    /** The execution that dealt with the file. */
    readonly execution: string;
  };
