/**
 * The actions of the log. What is read is checked; unknown actions and fields are ignored, as the protocol requires.
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
 */

import { z } from 'zod';

/** Checkpoints write missing values as null; here both are undefined. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();

const stringMap = z.record(z.string(), z.string().nullable());

const addSchema = z.object({
  /** A URI reference; `uriToPath` gives the key relative to the table. */
  path: z.string(),
  /** By partition column; null (or empty, from other writers) if the rows have no value. */
  partitionValues: stringMap,
  /** Bytes. */
  size: z.number(),
  /** Milliseconds since 1970. */
  modificationTime: z.number(),
  dataChange: z.boolean(),
  /** JSON text, see stats.ts. */
  stats: optional(z.string()),
  tags: optional(stringMap),
  deletionVector: optional(z.unknown()),
});
export type AddFile = z.output<typeof addSchema>;

const removeSchema = z.object({
  path: z.string(),
  /** Milliseconds since 1970. */
  deletionTimestamp: optional(z.number()),
  dataChange: optional(z.boolean()),
  extendedFileMetadata: optional(z.boolean()),
  partitionValues: optional(stringMap),
  size: optional(z.number()),
});
export type RemoveFile = z.output<typeof removeSchema>;

const metadataSchema = z.object({
  id: z.string(),
  name: optional(z.string()),
  description: optional(z.string()),
  format: z.object({ provider: z.string(), options: optional(stringMap) }),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: optional(stringMap),
  /** Milliseconds since 1970. */
  createdTime: optional(z.number()),
});
export type Metadata = z.output<typeof metadataSchema>;

const protocolSchema = z.object({
  minReaderVersion: z.number().int(),
  minWriterVersion: z.number().int(),
  readerFeatures: optional(z.array(z.string())),
  writerFeatures: optional(z.array(z.string())),
});
export type Protocol = z.output<typeof protocolSchema>;

const txnSchema = z.object({
  appId: z.string(),
  version: z.number().int(),
  /** Milliseconds since 1970. */
  lastUpdated: optional(z.number()),
});
export type TxnAction = z.output<typeof txnSchema>;

/** How far an application has come: committed together with what it wrote to the table. */
export type Txn = Pick<TxnAction, 'appId' | 'version'>;

/** A file of the rows that a commit changed (lake/change-file). */
const changeFileSchema = z.object({
  /** The key, relative to the table. */
  path: z.string(),
  /** Bytes. */
  size: z.number(),
});
export type ChangeFile = z.output<typeof changeFileSchema>;

const commitInfoSchema = z.looseObject({
  /** Unique to one attempt to commit: a writer recognises its own entry by it. */
  txnId: optional(z.string()),
  operation: optional(z.string()),
  timestamp: optional(z.number()),
  engineInfo: optional(z.string()),
  /** In our own merges: the execution id. */
  userMetadata: optional(z.string()),
  daybook: z.object({ changes: changeFileSchema }).optional().catch(undefined),
});
export type CommitInfo = z.output<typeof commitInfoSchema>;

/** One line of an entry, or one row of a checkpoint: exactly one member is set. */
export interface Action {
  readonly protocol?: Protocol;
  readonly metaData?: Metadata;
  readonly add?: AddFile;
  readonly remove?: RemoveFile;
  readonly txn?: TxnAction;
  readonly commitInfo?: CommitInfo;
}

const actionSchema = z.object({
  protocol: optional(protocolSchema),
  metaData: optional(metadataSchema),
  add: optional(addSchema),
  remove: optional(removeSchema),
  txn: optional(txnSchema),
  commitInfo: optional(commitInfoSchema),
});

/** Whether an action adds or removes rows; one that only moves them to another file says that it does not. */
export function changesData({ add, remove }: Action): boolean {
  const file = add ?? remove;
  return file !== undefined && file.dataChange !== false;
}

/**
 * @param value one line of an entry, parsed from JSON
 * @throws z.ZodError if a known action lacks a field that the protocol requires
 */
export function parseAction(value: unknown): Action {
  return Object.fromEntries(
    Object.entries(actionSchema.parse(value)).filter(([, action]) => action !== undefined),
  );
}

/**
 * @param text an entry of the log: JSON, one action per line
 * @throws SyntaxError or z.ZodError if it is not an entry
 */
export function parseEntry(text: string): Action[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => parseAction(JSON.parse(line)));
}

export function serializeEntry(actions: readonly Action[]): string {
  return actions.map((action) => `${JSON.stringify(action)}\n`).join('');
}
