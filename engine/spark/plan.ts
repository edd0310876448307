/**
 * What the Spark job (job.py) is asked to do, and what it answers: two JSON objects. The plan is complete: the job knows no kind
 * and no mart, and reads no log.
 */

import { z } from 'zod';

const columnSchema = z.object({
  name: z.string(),
  /** As in a table's log. */
  type: z.string(),
});

const partitionValuesSchema = z.record(z.string(), z.string().nullable());

const dataFileSchema = z.object({
  /** The key, relative to the table. */
  path: z.string(),
  partition_values: partitionValuesSchema,
  /** Bytes. */
  size: z.number(),
});

const liveFileSchema = dataFileSchema.extend({
  /** The values of columns that all rows of the file have instead of those in it, as text (lake/confirmation); null for none. */
  origin: z.record(z.string(), z.string().nullable()).nullable().default(null),
});

/** A table as it is read, in the views `stored_<name>`, of all its rows, and `live_<name>`, of those that are not deleted. */
const tableSchema = z.object({
  name: z.string(),
  /** The table's prefix in the bucket, without a trailing slash. */
  location: z.string(),
  columns: z.array(columnSchema),
  partition_columns: z.array(z.string()),
  deleted_column: z.string().nullable(),
  files: z.array(liveFileSchema),
});
export type SparkTable = z.infer<typeof tableSchema>;

/** Rows that validate wrote, in a view with `file_row_number`, from 0. A column that a file lacks is null. */
const rowFilesSchema = z.object({
  view: z.string(),
  columns: z.array(columnSchema),
  keys: z.array(z.string()),
});
export type SparkRowFiles = z.infer<typeof rowFilesSchema>;

const mergeSchema = z.object({
  /** One of the tables; afterwards its views show the merged rows. */
  table: z.string(),
  key: z.array(z.string()),
  version_order: z.array(z.string()),
  /** Columns that follow from others, as SQL. */
  derived: z.array(z.object({ name: z.string(), sql: z.string() })),
  /** Created before the rows are read. */
  views: z.array(z.object({ name: z.string(), sql: z.string() })),
  /** A query that gives the columns of the table, except for the derived ones. */
  rows: z.string(),
  /** The rows are all that the table is to have: other keys are deleted. */
  is_complete: z.boolean(),
  /** The table's files are replaced, as its partitions change. */
  replaces: z.boolean(),
  /** Names of earlier merges whose tables it reads. */
  reads: z.array(z.string()),
  /** The size that data files grow to, and that of a row, in bytes. */
  target_bytes: z.number(),
  row_bytes: z.number(),
});
export type SparkMerge = z.infer<typeof mergeSchema>;

export const sparkPlanSchema = z.object({
  /** The beginning of the name of the directory, below a table, of the files that are written. */
  directory: z.string(),
  /** The key of the manifest. */
  manifest: z.string(),
  tables: z.array(tableSchema),
  row_files: z.array(rowFilesSchema),
  /** In order. */
  merges: z.array(mergeSchema),
  /** The version of each table that was read; null for a table that did not exist. */
  versions: z.record(z.string(), z.number().nullable()),
});
export type SparkPlan = z.infer<typeof sparkPlanSchema>;

/** Bounds as DuckDB writes them into the footers of its files; null for none. */
const statisticsSchema = z.object({
  min: z.string().nullable(),
  max: z.string().nullable(),
  nulls: z.number(),
  has_nan: z.boolean(),
});

const writtenFileSchema = dataFileSchema.extend({
  rows: z.number(),
  /** By column of the file. */
  columns: z.record(z.string(), statisticsSchema),
});
export type SparkFile = z.infer<typeof writtenFileSchema>;

const mergedSchema = z.object({
  table: z.string(),
  /** Live files that leave the table, by their keys relative to it. */
  removes: z.array(z.string()),
  adds: z.array(writtenFileSchema),
  /** Rows; as in the log. */
  counts: z.object({
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    /** Rows of the batch that are written. */
    written: z.number(),
    superseded: z.number(),
  }),
});
export type SparkMerged = z.infer<typeof mergedSchema>;

export const sparkManifestSchema = z.object({
  /** The key of the plan. */
  plan: z.string(),
  /** The version of Spark. */
  spark: z.string(),
  merges: z.array(mergedSchema),
  /** Merges whose SQL Spark does not know. Those that read their tables are in neither list. */
  left_out: z.array(z.object({ table: z.string(), why: z.string() })),
});
export type SparkManifest = z.infer<typeof sparkManifestSchema>;

/** What a job was asked to do, and what it answered. */
export interface SparkComputed {
  readonly plan: SparkPlan;
  readonly manifest: SparkManifest;
}
