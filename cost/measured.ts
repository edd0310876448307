/**
 * What one execution takes, from docs/performance.md (2026-11-21, on 2 cores of an AMD EPYC), and what nobody could measure
 * here, said as such. Another test than the bench's own holds the two together.
 */

/** A task's seconds at a batch of 1,000 orders on ten million, and at a first load of a million orders. */
export const TASK_SECONDS = {
  small: { rows: 4000, validate: 0.39, stage: 0.51, transform: 1.17 },
  large: { rows: 4_201_308, validate: 4.91, stage: 4.36, transform: 2.98 },
} as const;

/** Assumed: one vCPU of Fargate's ARM needs so many times as long as these two cores. */
export const SLOWNESS = 2;

/** Assumed: seconds of a task that are billed before it starts: pulling 110 MB, and starting Node. */
export const BILLED_START_SECONDS = 20;

/** Assumed: seconds from RunTask to the pull, which are not billed. */
export const UNBILLED_START_SECONDS = 50;

/** Assumed: seconds of a task as a function that are billed before it begins: Lambda's start of the image, and Node's. */
export const FUNCTION_START_SECONDS = 3;

/** Of these, what a packed file's bytes may unpack to: CSV packs to about an eighth. */
export const PACKED = 8;

/** Requests of a batch of 1,000 orders in three files on a million. Deleting is free. */
export const S3_REQUESTS = { reads: 72, writes: 88, writesPerFurtherFile: 5 } as const;

/** Bytes a row: as CSV, parsed as Parquet, and in the lake. */
export const ROW_BYTES = { csv: 98, parsed: 18, lake: 31 } as const;

/** Bytes that a batch writes below staging/ and kpis/, above what its rows take: the small files of their size tier. */
export const REWRITTEN_BYTES = 260_000;

/** Assumed: a batch changes the KPIs of so many days, each with so many categories. */
export const CHANGED_DAYS = 3;
export const CATEGORIES = 26;

/** Assumed: bytes of logs of an execution, the state machine's at level ALL among them, and of a look at the queue. */
export const LOG_BYTES = { execution: 100_000, tick: 2000 } as const;

/**
 * Assumed: seconds of a function: a look at the queue waits for a second, by long polling. Moving a group starts a function,
 * and a file in it takes a copy of 100 ms, 32 at a time; they are deleted together.
 */
export const FUNCTION_SECONDS = { tick: 1.3, settle: 0.5, group: 0.5, movedFile: 0.004 } as const;

/** Assumed: GB of images in ECR, three of them; `cdk gc` clears away older ones. */
export const IMAGE_GB = 0.33;

/** GB of orchestrate and settle. */
export const FUNCTION_MEMORY_GB = 0.5;

/** Requests beside those of the tasks: manifest, results, and what settle looks into. */
export const BATCH_REQUESTS = { reads: 8, writes: 6 } as const;

/** Writes into the ledger a file: running, and what became of it; each with its index, from which the second also deletes. */
export const LEDGER_WRITES = 5;

/** Assumed: bytes of an upload's item in the ledger; its index holds as many again. */
export const LEDGER_ITEM_BYTES = 700;

/** Minutes between two lists of input/, for files whose message was lost. */
export const RECONCILE_MINUTES = 15;
