/**
 * Quantities of one execution, from docs/performance.md (2026-12-01, on 2 cores of an AMD EPYC). Values that could not be
 * measured are marked as assumed. A test compares the measured ones with the published results.
 */

import { LEDGER_TRANSACTION_FILES } from '../domain/ledger';

/** Seconds of each task, for a batch of 1,000 orders on ten million and for a first load of a million orders. */
export const TASK_SECONDS = {
  small: { rows: 4000, validate: 0.38, stage: 0.43, transform: 0.95 },
  large: { rows: 4_201_308, validate: 3.52, stage: 3.46, transform: 3.1 },
} as const;

/** Assumed: one ARM vCPU of Fargate takes this many times as long as the two cores above. */
export const SLOWNESS = 2;

/** Assumed: billed seconds of a task before it starts: pulling 110 MB and starting Node. */
export const BILLED_START_SECONDS = 20;

/** Assumed: seconds from RunTask to the pull, which are not billed. */
export const UNBILLED_START_SECONDS = 50;

/** Assumed: billed seconds of a task function before the task starts: Lambda starts the image, then Node. */
export const FUNCTION_START_SECONDS = 3;

/** Bytes of CSV for each compressed byte: CSV compresses to about an eighth. */
export const COMPRESSION = 8;

/** Requests of a batch of 1,000 orders in three files on a million. Deletes are free. */
export const S3_REQUESTS = { reads: 72, writes: 88, writesPerFurtherFile: 5, readsPerFile: 3 } as const;

/** Bytes per row: as CSV, parsed as Parquet, and in the lake. */
export const ROW_BYTES = { csv: 98, parsed: 18, lake: 31 } as const;

/** Bytes that a batch writes below staging/ and kpis/ beyond its own rows: the small files of their size tier. */
export const REWRITTEN_BYTES = 260_000;

/** Assumed: days whose KPIs a batch changes, and categories of each. */
export const CHANGED_DAYS = 3;
export const CATEGORIES = 26;

/** Assumed: products that a shop sells. A batch changes the sales of each of its items' products and days once. */
export const PRODUCTS = 1000;

/** Assumed: orders of a customer in a year. */
export const CUSTOMER_ORDERS = 3;

/** Rows of an order in a batch: the order and its items. */
export const ORDER_ROWS = { order: 1, items: 3 } as const;

/** Assumed: bytes of logs of an execution, including the state machine's at level ALL, and of a check of the queue. */
export const LOG_BYTES = { execution: 100_000, check: 2000 } as const;

/**
 * Assumed: seconds of a function. A check of the queue waits for a second, by long polling. Moving a group starts a function;
 * each file in it takes a copy of 100 ms, 32 at a time, and they are deleted together.
 */
export const FUNCTION_SECONDS = { check: 1.3, settle: 0.5, group: 0.5, movedFile: 0.004 } as const;

/** Assumed: GB of three images in ECR; `cdk gc` deletes older ones. */
export const IMAGE_GB = 0.33;

/** Memory of orchestrate, move and settle. */
export const FUNCTION_MEMORY_GB = 0.5;

/** Requests in addition to those of the tasks: manifest, record of the start and the end, results, and the reads of settle. */
export const BATCH_REQUESTS = { reads: 9, writes: 8 } as const;

/** Ledger writes for a file: `running` and its outcome, each with its index; the second also deletes from the index. */
export const LEDGER_WRITES = 5;

/** The same, by how many files are processed together: in transactions both writes count twice, though not their index. */
export const ledgerWritesPerFile = (files: number): number =>
  files < LEDGER_TRANSACTION_FILES ? LEDGER_WRITES : LEDGER_WRITES + 2;

/** Assumed: bytes of an item of a mart. */
export const ITEM_BYTES = 200;

/** Assumed: bytes of an upload's item in the ledger. Its index holds as many again. */
export const LEDGER_ITEM_BYTES = 700;

/** Minutes between two listings of input/ for files with a lost message. */
export const RECONCILE_MINUTES = 15;

/**
 * Assumed, for events: a page sends what happened since its last request together. Seconds of collect for a request, of ingest for a
 * batch. Reads of the API keys: one every five minutes by one environment of collect. Bytes of an event as received, compressed, and
 * in the lake, with its items.
 */
export const EVENTS = {
  perRequest: 4,
  collectSeconds: 0.02,
  ingestSeconds: 0.5,
  keyReadsPerMonth: 12 * 24 * 30,
  rawBytes: 150,
  lakeBytes: 120,
  batchLogBytes: 1000,
} as const;

/**
 * Assumed: rows of the marts over events that an execution changes, by the end of the names of their tables: those of the channels, and
 * of their sources and media, of the day. Those of the day before change after midnight and by late events only.
 */
export const EVENT_ROWS: Readonly<Record<string, number>> = { FunnelKpis: 8, TrafficKpis: 40 };

/** Writes to S3 for a file of events: ingest's, two files of parsed rows, the copy to the archive, and the rest of `S3_REQUESTS`. */
export const EVENT_FILE_WRITES = 7;
