/**
 * The layout of the bucket: its prefixes, and the keys derived from an execution or an input file.
 */

import type { EventSource } from './events/envelope';
import { compactMillis } from './time';

export const INPUT = 'input/';
export const ARCHIVE = 'archive/';
export const REJECTED = 'rejected/';
export const STAGING = 'staging/';
export const RESULTS = 'results/';
/** The tables of order_kpis and category_kpis. */
export const KPIS = 'kpis/';
/** Those of the other marts. */
export const MARTS = 'marts/';
/** What Athena writes: the results of queries. */
export const ATHENA_RESULTS = 'athena/';
/** Rows on their way to a warehouse that reads them from the bucket; a load deletes what it wrote. */
export const COPIED_ROWS = 'warehouse/';

/** The prefix of the logs of the tables in staging/, with the wildcard of IAM policies. */
export const LOGS_OF_STAGING = `${STAGING}*/_delta_log/`;

/** Those of all tables. */
export const LOGS_OF_TABLES = '*/_delta_log/';

/** The prefix of plans and manifests of every execution that runs on Spark, with the wildcard of IAM policies. */
export const SPARK_OF_EXECUTIONS = `${RESULTS}*/spark/`;

/** The prefix of what its jobs are billed for, which the state machine writes. */
export const sparkJobsPrefix = (executionId: string): string => `${RESULTS}${executionId}/spark-jobs/`;

/** `transform` is what tasks/refresh is called in resource names, results and metrics, which keep the name it was deployed under. */
export type TaskName =
  | 'collect'
  | 'ingest'
  | 'orchestrate'
  | 'validate'
  | 'stage'
  | 'transform'
  | 'load'
  | 'rates'
  | 'move'
  | 'settle'
  | 'maintain';

/** The files and messages of an execution. */
export const batchManifestKey = (executionId: string): string => `${RESULTS}${executionId}/batch.json`;

/** The groups of files, which the state machine reads to route them. */
export const routingKey = (executionId: string): string => `${RESULTS}${executionId}.json`;

/** The prefix of every execution's groups of files to move, with the wildcard of IAM policies. */
export const MOVES_OF_EXECUTIONS = `${RESULTS}*/moves/`;

/** The files of a group, which one invocation moves. */
export const movesKey = (executionId: string, outcome: 'valid' | 'invalid', group: number): string =>
  `${RESULTS}${executionId}/moves/${outcome}-${String(group).padStart(3, '0')}.json`;

/** The result of a task, for people and for later tasks. */
export const taskResultKey = (executionId: string, task: TaskName): string =>
  `${RESULTS}${executionId}/${task}.json`;

/** What a task that runs on Spark comes to next, which the state machine reads. */
export const sparkStepKey = (executionId: string, task: TaskName): string =>
  `${RESULTS}${executionId}/spark/${task}-step.json`;

/** What Spark is to compute in a round of a task, from 1, and what it computed. */
export const sparkPlanKey = (executionId: string, task: TaskName, round: number): string =>
  `${RESULTS}${executionId}/spark/${task}-${round}.json`;
export const sparkManifestKey = (executionId: string, task: TaskName, round: number): string =>
  `${RESULTS}${executionId}/spark/${task}-${round}-manifest.json`;

/** The lease of the running orchestrator, for accounts without reserved concurrency. */
export const ORCHESTRATOR_LEASE = `${RESULTS}orchestrate/lease.json`;

/** Messages that the orchestrator has received but not yet added to a batch. */
export const DEFERRED_MESSAGES = `${RESULTS}orchestrate/aside.json`;

/** Starts and ends of executions that Step Functions may not list yet. */
export const RECENT_EXECUTIONS = `${RESULTS}orchestrate/executions.json`;

/** The files that the orchestrator last found in input/ without a message. */
export const RECONCILED_FILES = `${RESULTS}orchestrate/reconciled.json`;

/** The changes of the columns of files that were reported. */
export const SCHEMA_CHANGES = `${RESULTS}schema-changes.json`;

/** The prefix of the results of the daily maintenance, one object per run. */
export const MAINTAIN_RESULTS = `${RESULTS}maintain/`;

/** The prefix of receipts of forgotten persons, one object per run. */
export const FORGET_RESULTS = `${RESULTS}forget/`;

/** The prefix of what is known of persons who are being forgotten; an object stays only if a run was interrupted. */
export const PENDING_FORGETTINGS = `${RESULTS}forgetting/`;

/** @param startedAt to the millisecond, so that keys sort by time */
export const forgetResultKey = (startedAt: Date): string =>
  `${FORGET_RESULTS}${compactMillis(startedAt)}.json`;

/** The prefix of raw events; it belongs to the files that are processed. */
export const EVENTS = `${INPUT}events/`;

/**
 * The key of a file of raw events, by the day of its last event in UTC; keys of a source sort by time.
 * @param name what tells files of the same millisecond apart
 */
export function eventsKey(source: EventSource, last: Date, name: string): string {
  const [year, month, day] = last.toISOString().slice(0, 10).split('-');
  return `${EVENTS}${source}/${year}/${month}/${day}/${compactMillis(last)}-${name}.ndjson.gz`;
}

/** The prefix of files of currency rates. */
export const CURRENCY_RATES = `${INPUT}currency_rates`;

/** The key of a file of rates. @param first, last its days, as `2025-03-31` */
export const ratesKey = (first: string, last: string): string =>
  `${CURRENCY_RATES}_${first === last ? first : `${first}_${last}`}.csv`;

/** The prefix of what the function for currency rates keeps. */
export const RATES_RESULTS = `${RESULTS}rates/`;

/** Up to which day rates were written. */
export const WRITTEN_RATES = `${RATES_RESULTS}written.json`;

/** @param startedAt to the millisecond, as `20250701T030000.000Z`, so that keys sort by time */
export const maintainResultKey = (startedAt: Date): string =>
  `${MAINTAIN_RESULTS}${compactMillis(startedAt)}.json`;

/** The prefix of every execution's parsed rows, with the wildcard of IAM policies. */
export const ROWS_OF_EXECUTIONS = `${RESULTS}*/rows/`;

/** True for the key of parsed rows. */
export const isRowsKey = (key: string): boolean => /^results\/[^/]+\/rows\//.test(key);

/** Typed rows of one input file, written by validate and read by stage. */
export const rowsKey = (executionId: string, kind: string, index: number): string =>
  `${RESULTS}${executionId}/rows/${kind}/${String(index).padStart(5, '0')}.parquet`;

/** A file of rows that COPY reads. @param id of the copy */
export const copiedRowsKey = (table: string, id: string): string => `${COPIED_ROWS}${id}/${table}.parquet`;

/** S3's limit, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** The longest suffix added to a rejected file's key; its destination leaves room for it. */
const LONGEST_SUFFIX = '.reason.json';

export const archiveKey = (executionId: string, inputKey: string): string =>
  moved(ARCHIVE, executionId, inputKey);
export const rejectedKey = (executionId: string, inputKey: string): string =>
  moved(REJECTED, executionId, inputKey);
export const reasonKey = (rejected: string): string => `${rejected}${LONGEST_SUFFIX}`;
export const rejectedRowsKey = (rejected: string): string => `${rejected}.rows.csv`;

/** `x-amz-copy-source`: bucket and key, URL-encoded except for slashes. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key}`
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, percentEncode))
    .join('/');
}

/** Decodes a key of an S3 event, which is form-encoded: `+` is a space. */
export function decodeEventKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** Encodes a key as S3 does in events. */
export function encodeEventKey(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part)
        .replace(/[!'()*]/g, percentEncode)
        .replaceAll('%20', '+'),
    )
    .join('/');
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/**
 * Keeps the folders below `input/`, so that files of the same name do not collide. If the new key is too long for S3, a hash
 * of it replaces its middle.
 */
function moved(prefix: string, executionId: string, inputKey: string): string {
  const relative = inputKey.startsWith(INPUT) ? inputKey.slice(INPUT.length) : inputKey;
  const head = `${prefix}${executionId}/`;
  const room = MAX_KEY_BYTES - utf8Length(head) - LONGEST_SUFFIX.length;
  if (utf8Length(relative) <= room) return head + relative;
  const hash = `~${fnv1a64(relative)}~`;
  const half = Math.floor((room - hash.length) / 2);
  return head + takeBytes(relative, half) + hash + takeBytesFromEnd(relative, half);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function takeBytes(text: string, limit: number): string {
  let taken = '';
  for (const character of text) {
    if (utf8Length(taken) + utf8Length(character) > limit) break;
    taken += character;
  }
  return taken;
}

function takeBytesFromEnd(text: string, limit: number): string {
  let taken = '';
  for (const character of [...text].reverse()) {
    if (utf8Length(taken) + utf8Length(character) > limit) break;
    taken = character + taken;
  }
  return taken;
}

/** FNV-1a, 64 bits, as 16 hex digits; distinguishes long keys, not for security. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
