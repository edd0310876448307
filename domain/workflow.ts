/**
 * The payloads of the workflow: every JSON object that one step writes and another reads, in one place.
 * Field names are snake_case, as in the logs and in the results that people read.
 */

import { z } from 'zod';

/** A version of an object that an upload made: key, ETag (hex, no quotes), bytes, and the time of the upload. */
export const batchFileSchema = z.object({
  key: z.string().min(1),
  etag: z.string().min(1),
  size: z.number().int().nonnegative(),
  /** The S3 event's time, ISO 8601 to the millisecond, UTC. */
  uploaded_at: z.string(),
  /** Times its message has been received; of several messages, the one with the fewest. */
  tries: z.number().int().optional(),
  /** Its rows are in the tables as they are, from this earlier upload (of the ledger) of the same content. */
  duplicate_of: z.string().optional(),
});
export type BatchFile = z.infer<typeof batchFileSchema>;

export const batchMessageSchema = z.object({ message_id: z.string(), receipt_handle: z.string() });
export type BatchMessage = z.infer<typeof batchMessageSchema>;

/** `results/{execution_id}/batch.json`, written by orchestrate before it starts the execution. */
export const batchManifestSchema = z.object({
  execution_id: z.string(),
  /** One entry per key: the newest upload that a message told of. */
  files: z.array(batchFileSchema),
  /** The older uploads under their keys that messages told of: nothing of them lies there any more. */
  replaced: z.array(batchFileSchema).optional(),
  /** Every message the batch took off the queue, settled together. */
  messages: z.array(batchMessageSchema),
});
export type BatchManifest = z.infer<typeof batchManifestSchema>;

/** A file that is to go to where it belongs, in the version that was judged. */
export const moveSchema = batchFileSchema
  .pick({ key: true, etag: true, size: true, uploaded_at: true })
  .extend({ destination: z.string().min(1) });
export type Move = z.infer<typeof moveSchema>;

/** Files that one call moves: what a function does in seconds, and little beside what the call itself costs. */
export const MOVE_GROUP_FILES = 1000;

/** `results/{execution_id}/moves/{outcome}-{group}.json`, written by validate, read by move. */
export const moveGroupSchema = z.object({ execution_id: z.string(), moves: z.array(moveSchema) });
export type MoveGroup = z.infer<typeof moveGroupSchema>;

/** What a Map state gives to move: one of the groups of the routing. */
export const moveInputSchema = z.object({
  execution_id: z.string().min(1),
  outcome: z.enum(['valid', 'invalid']),
  group: z.number().int().nonnegative(),
});
export type MoveInput = z.infer<typeof moveInputSchema>;

/**
 * What became of a group: files moved; files of which nothing was there, or a newer upload, as before or since; files that
 * another execution has by now.
 */
export interface MoveResult {
  readonly moved: number;
  readonly gone: number;
  readonly replaced: number;
  readonly taken: number;
}

/** `results/{execution_id}.json`, written by validate, read by the state machine itself. */
export const routingSchema = z.object({
  execution_id: z.string(),
  valid_count: z.number().int(),
  invalid_count: z.number().int(),
  duplicate_count: z.number().int(),
  /** Numbers of the groups of files for the archive: the valid ones, whose rows are to be staged, and the duplicates. */
  valid: z.array(z.number().int()),
  /** Numbers of the groups of files to reject. */
  invalid: z.array(z.number().int()),
});
export type Routing = z.infer<typeof routingSchema>;

/** What an attempt at a task used of what is paid for, as far as the task can tell. */
export const taskUsageSchema = z.object({
  platform: z.enum(['fargate', 'lambda']),
  /** Milliseconds from where the platform begins to bill to the attempt's end; less than Fargate's minimum, too. */
  billed_ms: z.number().int().nonnegative(),
  /** Requests to S3, those that are free excepted. */
  s3_reads: z.number().int(),
  s3_writes: z.number().int(),
});
export type TaskUsage = z.infer<typeof taskUsageSchema>;

const resultBase = {
  execution_id: z.string(),
  status: z.enum(['succeeded', 'failed']),
  started_at: z.string(),
  duration_ms: z.number(),
  /** On failure: what went wrong, for a person. */
  cause: z.string().optional(),
  usage: taskUsageSchema.optional(),
};

/**
 * What validate found of one file. `valid` and `invalid` as the file rules say; `gone`: the object is no longer
 * there, so it was handled before; `replaced`: a newer upload lies under the key, whose own message brings it in;
 * `duplicate`: not read, as orchestrate found its rows in the tables already.
 */
export const validatedFileSchema = z.object({
  key: z.string(),
  etag: z.string(),
  uploaded_at: z.string(),
  outcome: z.enum(['valid', 'invalid', 'duplicate', 'gone', 'replaced']),
  kind: z.string().optional(),
  bytes: z.number().int(),
  /** Good rows, staged. */
  rows: z.number().int(),
  bad_rows: z.number().int(),
  /** Columns of the header that no rule knows. */
  extra_columns: z.array(z.string()),
  /** Invalid: why, and what to do. */
  reason: z.string().optional(),
  /** Valid with rows: where the typed rows lie for stage; those of several files may lie in one object. */
  rows_key: z.string().optional(),
  /** Where the bad rows lie, if there are any. */
  rejected_rows_key: z.string().optional(),
  /** Valid, duplicate: below archive/; invalid: below rejected/. */
  destination: z.string().optional(),
  /** Of a replay: the time of the upload that was replayed, which its rows carry. */
  replay_of: z.string().optional(),
  /** Of a duplicate: the earlier upload (of the ledger) that brought its rows. */
  duplicate_of: z.string().optional(),
});
export type ValidatedFile = z.infer<typeof validatedFileSchema>;

export const validateResultSchema = z.object({
  ...resultBase,
  task: z.literal('validate'),
  counts: z.object({
    files: z.number().int(),
    valid: z.number().int(),
    invalid: z.number().int(),
    duplicate: z.number().int().default(0),
    gone: z.number().int(),
    replaced: z.number().int(),
    rows: z.number().int(),
    bad_rows: z.number().int(),
  }),
  files: z.array(validatedFileSchema),
});
export type ValidateResult = z.infer<typeof validateResultSchema>;

export const stagedTableSchema = z.object({
  table: z.string(),
  /** Rows that came with the batch, before duplicates of a key. */
  rows: z.number().int(),
  inserted: z.number().int(),
  updated: z.number().int(),
  /** Rows older than, or the same version as, what the table held or the batch itself brought. */
  superseded: z.number().int(),
  /** The table's version after the step; null for a table that does not exist yet. */
  version: z.number().int().nullable(),
  files_added: z.number().int(),
  files_removed: z.number().int(),
});
export type StagedTable = z.infer<typeof stagedTableSchema>;

export const stageResultSchema = z.object({
  ...resultBase,
  task: z.literal('stage'),
  tables: z.array(stagedTableSchema),
});
export type StageResult = z.infer<typeof stageResultSchema>;

export const kpiTableResultSchema = z.object({
  table: z.string(),
  /** KPI rows there are now. */
  rows: z.number().int(),
  /** Items written to and deleted from DynamoDB. */
  written: z.number().int(),
  deleted: z.number().int(),
  version: z.number().int().nullable(),
});
export type KpiTableResult = z.infer<typeof kpiTableResultSchema>;

export const refreshResultSchema = z.object({
  ...resultBase,
  task: z.literal('transform'),
  tables: z.array(kpiTableResultSchema),
});
export type RefreshResult = z.infer<typeof refreshResultSchema>;

/** What the daily maintenance did to one table of the lake. */
export const maintainedTableSchema = z.object({
  table: z.string(),
  /** The table's version afterwards; null for one that does not exist yet. */
  version: z.number().int().nullable(),
  compaction: z.object({
    files_removed: z.number().int(),
    files_added: z.number().int(),
    bytes_added: z.number().int(),
    /** Groups of small files that another writer changed meanwhile; they are left for the next time. */
    given_up: z.number().int(),
  }),
  /** The version of which a checkpoint was written, where one was due. */
  checkpoint: z.number().int().nullable(),
  /** Data files deleted that nothing within the retention needs. */
  files_deleted: z.number().int(),
  bytes_deleted: z.number().int(),
  log_objects_deleted: z.number().int(),
});
export type MaintainedTable = z.infer<typeof maintainedTableSchema>;

/** `results/maintain/{time}.json`: the maintenance belongs to no execution. */
export const maintainResultSchema = z.object({
  task: z.literal('maintain'),
  status: z.enum(['succeeded', 'failed']),
  started_at: z.string(),
  duration_ms: z.number(),
  cause: z.string().optional(),
  usage: taskUsageSchema.optional(),
  tables: z.array(maintainedTableSchema),
  /** Parsed rows of executions, deleted once older than the retention. */
  rows_deleted: z.number().int(),
  /** The time before which none are left. */
  rows_deleted_before: z.string(),
});
export type MaintainResult = z.infer<typeof maintainResultSchema>;

/** `results/orchestrate/reconciled.json`: the last look at input/ that found files whose message was lost. */
export const reconciledSchema = z.object({
  at: z.string(),
  /** Announced anew. */
  files: z.number().int(),
  /** Some of them. */
  keys: z.array(z.string()),
});
export type Reconciled = z.infer<typeof reconciledSchema>;

/** The sizes of the tasks, by which AWS bills their seconds. GB are GiB, as on AWS's price pages. */
export const billedSizesSchema = z.object({
  /** Every Fargate task. */
  task: z.object({ vcpu: z.number(), memory_gb: z.number(), disk_gb: z.number() }),
  /** Whether Fargate tasks have a public IPv4 address. */
  public_address: z.boolean(),
  /** Every task of a small batch. */
  task_function: z.object({ memory_gb: z.number(), disk_gb: z.number() }),
});
export type BilledSizes = z.infer<typeof billedSizesSchema>;

/** What an execution used of what is billed. A reader applies the prices. */
export const executionUsageSchema = z.object({
  /** The last attempt at each task that ran. */
  tasks: z.array(taskUsageSchema.extend({ task: z.string() })),
  files: z.number().int(),
  /** Items written to and deleted from DynamoDB, by KPI table. */
  items: z.record(z.string(), z.number().int()),
  sizes: billedSizesSchema,
});
export type ExecutionUsage = z.infer<typeof executionUsageSchema>;

/** What an execution did, told to the topics and shown by the command line. */
export const executionReportSchema = z.object({
  execution_id: z.string(),
  outcome: z.enum(['succeeded', 'failed']),
  /** Failure: the state that failed, and the cause from the task's own result object where it wrote one. */
  task: z.string().optional(),
  cause: z.string().optional(),
  summary: z.string(),
  counts: z.record(z.string(), z.number()),
  /** Input keys, at most 50 of them; `files_omitted` counts the rest. */
  files: z.array(z.object({ key: z.string(), outcome: z.string(), reason: z.string().optional() })),
  files_omitted: z.number().int(),
  usage: executionUsageSchema.optional(),
});
export type ExecutionReport = z.infer<typeof executionReportSchema>;

export const settleResultSchema = z.object({
  ...resultBase,
  task: z.literal('settle'),
  mode: z.enum(['delete', 'release']),
  messages: z.number().int(),
  report: executionReportSchema,
});
