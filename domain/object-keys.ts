/**
 * Where an object lies in the bucket: the prefixes, and the keys derived from an execution or an input file.
 */

import { compactMillis } from './time';

export const INPUT = 'input/';
export const ARCHIVE = 'archive/';
export const REJECTED = 'rejected/';
export const STAGING = 'staging/';
export const RESULTS = 'results/';
export const KPIS = 'kpis/';

/** The prefix of the logs of the tables below staging/, as policies write it. */
export const LOGS_OF_STAGING = `${STAGING}*/_delta_log/`;

/** `transform` is what tasks/refresh is called in resource names, results and metrics, which keep the name it was deployed under. */
export type TaskName = 'orchestrate' | 'validate' | 'stage' | 'transform' | 'move' | 'settle' | 'maintain';

/** The files and messages that an execution was started for. */
export const batchManifestKey = (executionId: string): string => `${RESULTS}${executionId}/batch.json`;

/** What the state machine reads to route files: which groups there are, whatever the files' number. */
export const routingKey = (executionId: string): string => `${RESULTS}${executionId}.json`;

/** The prefix of every execution's groups of files to move, as policies write it. */
export const MOVES_OF_EXECUTIONS = `${RESULTS}*/moves/`;

/** The files of a group, that are moved by one call. */
export const movesKey = (executionId: string, outcome: 'valid' | 'invalid', group: number): string =>
  `${RESULTS}${executionId}/moves/${outcome}-${String(group).padStart(3, '0')}.json`;

/** What a task did, for people and for later tasks. */
export const taskResultKey = (executionId: string, task: TaskName): string =>
  `${RESULTS}${executionId}/${task}.json`;

/** The lease of the running orchestrator, where there is no reserved concurrency. */
export const ORCHESTRATOR_LEASE = `${RESULTS}orchestrate/lease.json`;

/** Messages that the orchestrator has received and not yet put into a batch. */
export const DEFERRED_MESSAGES = `${RESULTS}orchestrate/aside.json`;

/** The files that the orchestrator last found in input/ without a message. */
export const RECONCILED_FILES = `${RESULTS}orchestrate/reconciled.json`;

/** Below it lies a result object per run of the daily maintenance. */
export const MAINTAIN_RESULTS = `${RESULTS}maintain/`;

/** @param startedAt to the millisecond, as `20250701T030000.000Z`, so that keys sort by time */
export const maintainResultKey = (startedAt: Date): string =>
  `${MAINTAIN_RESULTS}${compactMillis(startedAt)}.json`;

/** The prefix of every execution's parsed rows, as policies write it. */
export const ROWS_OF_EXECUTIONS = `${RESULTS}*/rows/`;

/** Whether a key is that of parsed rows. */
export const isRowsKey = (key: string): boolean => /^results\/[^/]+\/rows\//.test(key);

/** Parsed rows of one input file, typed, on their way from validate to stage. */
export const rowsKey = (executionId: string, kind: string, index: number): string =>
  `${RESULTS}${executionId}/rows/${kind}/${String(index).padStart(5, '0')}.parquet`;

/** S3 takes keys of at most 1,024 bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** The longest suffix set behind a rejected file's key, kept free in its destination. */
const LONGEST_SUFFIX = '.reason.json';

export const archiveKey = (executionId: string, inputKey: string): string =>
  moved(ARCHIVE, executionId, inputKey);
export const rejectedKey = (executionId: string, inputKey: string): string =>
  moved(REJECTED, executionId, inputKey);
export const reasonKey = (rejected: string): string => `${rejected}${LONGEST_SUFFIX}`;
export const rejectedRowsKey = (rejected: string): string => `${rejected}.rows.csv`;

/** `x-amz-copy-source`: bucket and key, URL-encoded, slashes kept. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key}`
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, percentEncode))
    .join('/');
}

/** A key from an S3 event, where it is form-encoded: `+` is a space. */
export function decodeEventKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

/** A key as S3 puts it into an event. */
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
 * The folders below `input/` are kept, so that two files of one name stay apart. Where the new key would be too
 * long for S3, its middle gives way to a hash of the whole.
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

/** FNV-1a, 64 bits, as 16 hex digits: tells long keys apart, no secret. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
