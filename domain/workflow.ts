/**
 * The payloads of the workflow: every JSON object that one step writes and another reads. Field names are snake_case, as in
 * the logs and results.
 */

import { z } from 'zod';

/** An object version created by an upload: key, ETag (hex, no quotes), bytes, and time of the upload. */
export const batchFileSchema = z.object({
  key: z.string().min(1),
  etag: z.string().min(1),
  size: z.number().int().nonnegative(),
  /** The S3 event's time, ISO 8601 to the millisecond, UTC. */
  uploaded_at: z.string(),
  /** Times its message has been received; the minimum if there are several messages. */
  tries: z.number().int().optional(),
  /** The earlier upload (in the ledger) with the same content, whose rows are in the tables unchanged. */
  duplicate_of: z.string().optional(),
});
export type BatchFile = z.infer<typeof batchFileSchema>;

export const batchMessageSchema = z.object({ message_id: z.string(), receipt_handle: z.string() });
export type BatchMessage = z.infer<typeof batchMessageSchema>;

/** `results/{execution_id}/batch.json`, written by orchestrate before it starts the execution. */
export const batchManifestSchema = z.object({
  execution_id: z.string(),
  /** One entry per key: the newest upload in the messages. */
  files: z.array(batchFileSchema),
  /** Older uploads of these keys in the messages; their objects have been replaced. */
  replaced: z.array(batchFileSchema).optional(),
  /** Every message of the batch; they are settled together. */
  messages: z.array(batchMessageSchema),
});
export type BatchManifest = z.infer<typeof batchManifestSchema>;

/** A file to move, in the version that was validated. */
export const moveSchema = batchFileSchema
  .pick({ key: true, etag: true, size: true, uploaded_at: true })
  .extend({ destination: z.string().min(1) });
export type Move = z.infer<typeof moveSchema>;

/** Files per invocation of move: it takes seconds, and the cost of the invocation is small in comparison. */
export const MOVE_GROUP_FILES = 1000;

/** `results/{execution_id}/moves/{outcome}-{group}.json`, written by validate, read by move. */
export const moveGroupSchema = z.object({ execution_id: z.string(), moves: z.array(moveSchema) });
export type MoveGroup = z.infer<typeof moveGroupSchema>;

/** Input of move, from a Map state: one group of the routing. */
export const moveInputSchema = z.object({
  execution_id: z.string().min(1),
  outcome: z.enum(['valid', 'invalid']),
  group: z.number().int().nonnegative(),
});
export type MoveInput = z.infer<typeof moveInputSchema>;

/**
 * The result for a group: files moved; files that no longer existed, or had been replaced by a newer upload; files that another
 * execution has taken over.
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

/** The billed usage of a task attempt, as far as the task can measure it. */
export const taskUsageSchema = z.object({
  platform: z.enum(['fargate', 'lambda']),
  /** Milliseconds from the start of billing to the end of the attempt; may be less than Fargate's minimum. */
  billed_ms: z.number().int().nonnegative(),
  /** Requests to S3, except free ones. */
  s3_reads: z.number().int(),
  s3_writes: z.number().int(),
});
export type TaskUsage = z.infer<typeof taskUsageSchema>;

const resultBase = {
  execution_id: z.string(),
  status: z.enum(['succeeded', 'failed']),
  started_at: z.string(),
  duration_ms: z.number(),
  /** On failure: what went wrong, as text for people. */
  cause: z.string().optional(),
  /** The hash of the contracts that the task applied; none in results of earlier releases. */
  contracts: z.string().optional(),
  /** The hash of the marts, in results of tasks that compute them. */
  marts: z.string().optional(),
  usage: taskUsageSchema.optional(),
};

/**
 * The result of validate for one file. `valid` and `invalid` follow the file rules; `gone`: the object no longer exists, so it
 * was processed before; `replaced`: there is a newer upload under the key, with its own message; `duplicate`: not read, as
 * orchestrate found that its rows are already in the tables.
 */
export const validatedFileSchema = z.object({
  key: z.string(),
  etag: z.string(),
  uploaded_at: z.string(),
  outcome: z.enum(['valid', 'invalid', 'duplicate', 'gone', 'replaced']),
  kind: z.string().optional(),
  bytes: z.number().int(),
  /** Good rows, staged. With `bad_rows` and `left_out_rows` these are all rows of a file whose rows are not mapped by SQL. */
  rows: z.number().int(),
  bad_rows: z.number().int(),
  /** Rows that the contract leaves out; absent if there are none. */
  left_out_rows: z.number().int().optional(),
  /** Those of `rows` that delete their key; absent if there are none. */
  deleted_rows: z.number().int().optional(),
  /** Columns of the header that are not in the contract. */
  extra_columns: z.array(z.string()),
  /** Optional columns of the contract that the header does not have; absent if there are none. */
  missing_columns: z.array(z.string()).optional(),
  /** Columns that it has under an alias. */
  renamed_columns: z.array(z.string()).optional(),
  /** True if its columns are in another order than in the contract. */
  reordered_columns: z.boolean().optional(),
  /** For invalid files: why, and what to do. */
  reason: z.string().optional(),
  /** For valid files with rows: the key of the typed rows for stage; several files may share an object. */
  rows_key: z.string().optional(),
  /** For valid files of a source, whose name is then `kind`: the good rows of each kind, of which `rows` is the sum. */
  mapped: z
    .array(z.object({ kind: z.string(), rows: z.number().int(), rows_key: z.string().optional() }))
    .optional(),
  /** The key of the bad rows, if there are any. */
  rejected_rows_key: z.string().optional(),
  /** Valid, duplicate: in archive/; invalid: in rejected/. */
  destination: z.string().optional(),
  /** For a replay: the time of the original upload, which its rows carry. */
  replay_of: z.string().optional(),
  /** For a duplicate: the earlier upload (in the ledger) that loaded its rows. */
  duplicate_of: z.string().optional(),
});
export type ValidatedFile = z.infer<typeof validatedFileSchema>;

/** Good rows of one kind, and the key of the object that holds them. */
export interface RowsOfKind {
  readonly kind: string;
  readonly rows: number;
  readonly rows_key?: string | undefined;
}

/** The good rows of a valid file, by kind. */
export function rowsByKind({ kind, rows, rows_key, mapped }: ValidatedFile): readonly RowsOfKind[] {
  if (mapped) return mapped;
  return kind === undefined ? [] : [{ kind, rows, rows_key }];
}

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
    left_out_rows: z.number().int().default(0),
    deleted_rows: z.number().int().default(0),
  }),
  files: z.array(validatedFileSchema),
});
export type ValidateResult = z.infer<typeof validateResultSchema>;

export const stagedTableSchema = z.object({
  table: z.string(),
  /** Rows of the batch, before removing duplicate keys. */
  rows: z.number().int(),
  inserted: z.number().int(),
  updated: z.number().int(),
  /** Rows that were in the table, and that the batch marks as deleted. */
  deleted: z.number().int().default(0),
  /** Rows that were not newer than the row in the table, or another row in the batch. */
  superseded: z.number().int(),
  /** If the contract keeps a history: the versions of rows that it did not have. */
  versions_added: z.number().int().optional(),
  /** The table's version afterwards; null if the table does not exist yet. */
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

export const martResultSchema = z.object({
  table: z.string(),
  /** Current number of rows. */
  rows: z.number().int(),
  /** Items written to and deleted from DynamoDB; 0 for a mart that it does not serve. */
  written: z.number().int(),
  deleted: z.number().int(),
  version: z.number().int().nullable(),
});
export type MartResult = z.infer<typeof martResultSchema>;

export const refreshResultSchema = z.object({
  ...resultBase,
  task: z.literal('transform'),
  tables: z.array(martResultSchema),
});
export type RefreshResult = z.infer<typeof refreshResultSchema>;

export const loadResultSchema = z.object({
  ...resultBase,
  task: z.literal('load'),
  /** Numbers of the migrations of the warehouse that it applied. */
  migrations: z.array(z.number().int()),
  /** Rows of the warehouse that it inserted, updated or deleted, by table. */
  changed: z.record(z.string(), z.number().int()),
  /** The version of each table below staging/ that is loaded now; null for one that does not exist. */
  versions: z.record(z.string(), z.number().int().nullable()),
});
export type LoadResult = z.infer<typeof loadResultSchema>;

/** What a run of the function for currency rates did. */
export const ratesOutcomeSchema = z.object({
  /** The address of the published rates. */
  url: z.string(),
  /** The file in input/; null if there was no new rate. */
  key: z.string().nullable(),
  /** Rates in it. */
  rates: z.number().int(),
  /** The last day with a published rate, as `2025-03-31`. */
  through: z.string(),
});
export type RatesOutcome = z.infer<typeof ratesOutcomeSchema>;

/** The result of the daily maintenance for one table of the lake. */
export const maintainedTableSchema = z.object({
  table: z.string(),
  /** The table's version afterwards; null if it does not exist yet. */
  version: z.number().int().nullable(),
  compaction: z.object({
    files_removed: z.number().int(),
    files_added: z.number().int(),
    bytes_added: z.number().int(),
    /** Groups of small files that another writer changed meanwhile; they are left for the next run. */
    given_up: z.number().int(),
  }),
  /** The version of a new checkpoint, if one was due. */
  checkpoint: z.number().int().nullable(),
  /** Deleted data files that no version within the retention needs. */
  files_deleted: z.number().int(),
  bytes_deleted: z.number().int(),
  log_objects_deleted: z.number().int(),
});
export type MaintainedTable = z.infer<typeof maintainedTableSchema>;

/** `results/maintain/{time}.json`; maintenance is not part of an execution. */
export const maintainResultSchema = z.object({
  task: z.literal('maintain'),
  status: z.enum(['succeeded', 'failed']),
  started_at: z.string(),
  duration_ms: z.number(),
  cause: z.string().optional(),
  contracts: z.string().optional(),
  /** The hash of the marts, in results of tasks that compute them. */
  marts: z.string().optional(),
  usage: taskUsageSchema.optional(),
  tables: z.array(maintainedTableSchema),
  /** Deleted objects with parsed rows of executions, past their retention. */
  rows_deleted: z.number().int(),
  /** All objects before this time have been deleted. */
  rows_deleted_before: z.string(),
});
export type MaintainResult = z.infer<typeof maintainResultSchema>;

/** `results/orchestrate/reconciled.json`: the last reconciliation of input/ that found files without a message. */
export const reconciledSchema = z.object({
  at: z.string(),
  /** Files re-queued. */
  files: z.number().int(),
  /** Some of them. */
  keys: z.array(z.string()),
});
export type Reconciled = z.infer<typeof reconciledSchema>;

/** The sizes of the tasks, which AWS bills by the second. GB are GiB, as on AWS's price pages. */
export const billedSizesSchema = z.object({
  /** Every Fargate task. */
  task: z.object({ vcpu: z.number(), memory_gb: z.number(), disk_gb: z.number() }),
  /** True if Fargate tasks have a public IPv4 address. */
  public_address: z.boolean(),
  /** Every task of a small batch. */
  task_function: z.object({ memory_gb: z.number(), disk_gb: z.number() }),
  /** True if tasks of large batches run on Spark. */
  spark: z.boolean().optional(),
});
export type BilledSizes = z.infer<typeof billedSizesSchema>;

/** What a job on Spark is billed for, in hours. */
export const sparkJobSchema = z.object({
  task: z.string(),
  vcpu: z.number(),
  memory_gb: z.number(),
  /** Above the 20 GB that every worker includes. */
  disk_gb: z.number(),
});
export type SparkJob = z.infer<typeof sparkJobSchema>;

/** The billed usage of an execution; the reader applies the prices. */
export const executionUsageSchema = z.object({
  /** The last attempt of each task that ran. */
  tasks: z.array(taskUsageSchema.extend({ task: z.string() })),
  /** The jobs on Spark that succeeded; absent if there are none. */
  spark_jobs: z.array(sparkJobSchema).optional(),
  files: z.number().int(),
  /** Items written to and deleted from DynamoDB, by KPI table. */
  items: z.record(z.string(), z.number().int()),
  sizes: billedSizesSchema,
});
export type ExecutionUsage = z.infer<typeof executionUsageSchema>;

/** The report of an execution, published to the topics and shown by the command line. */
export const executionReportSchema = z.object({
  execution_id: z.string(),
  outcome: z.enum(['succeeded', 'failed']),
  /** On failure: the failed state, and the cause, from the task's result object if it wrote one. */
  task: z.string().optional(),
  cause: z.string().optional(),
  summary: z.string(),
  counts: z.record(z.string(), z.number()),
  /** Input keys, at most 50 of them; `files_omitted` counts the rest. */
  files: z.array(z.object({ key: z.string(), outcome: z.string(), reason: z.string().optional() })),
  files_omitted: z.number().int(),
  /** Columns of its files that no execution reported before, one sentence per kind. */
  schema_changes: z.string().optional(),
  /** The hash of the contracts by which its files were validated. */
  contracts: z.string().optional(),
  /** The hash of the marts that it computed; none if it failed before. */
  marts: z.string().optional(),
  /** How the load of the warehouse ended, if it left a result; the execution succeeds without it. */
  warehouse: z.object({ status: z.enum(['succeeded', 'failed']), cause: z.string().optional() }).optional(),
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
