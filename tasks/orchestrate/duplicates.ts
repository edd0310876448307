import type { Catalog } from '../../catalog/catalog';
import { isEventFile } from '../../domain/events/event-files';
import { kindFromName } from '../../domain/file-names';
import { type LedgerItem, ledgerKey } from '../../domain/ledger';
import { INPUT } from '../../domain/object-keys';
import { rowsContract } from '../../domain/source';
import { changesData, parseEntry } from '../../lake/actions';
import { beforeVersion, entryKey, logPrefix, sortLog } from '../../lake/log';
import type { TableSpec } from '../../lake/table-spec';
import type { Bucket, ObjectInfo } from '../../storage/bucket';
import type { Ledger } from '../../storage/ledger/ledger';
import { inParallel } from '../../storage/parallel';
import type { FileEvent } from './file-events';

/** Concurrent reads of the ledger. */
const READS = 32;

/** Log keys since the earlier upload; with more, the check costs too much. */
const MAX_LOG_KEYS = 50;

interface DuplicatesDeps {
  readonly bucket: Bucket;
  readonly ledger: Pick<Ledger, 'latest'>;
  readonly catalog: Pick<Catalog, 'contracts' | 'kinds' | 'sources' | 'stagingTable'>;
}

/** An upload with the same content as an earlier upload of its key. */
interface Candidate {
  readonly file: FileEvent;
  readonly earlier: LedgerItem & { kind: string; staged_version: number };
}

/**
 * The uploads of a batch whose rows are in the tables already: loading them again would change only the rows' upload time,
 * and that time can no longer matter. All of these must hold:
 *
 * - The previous upload of the key had the same ETag and size, and was loaded, or was such a duplicate. Equal ETags mean equal
 *   bytes; equal bytes uploaded in different parts are not recognized. A copy, as `daybook replay` makes, is never a duplicate.
 * - Every row of it was the newest when it was loaded (`staged_version`), and no commit of any writer has changed the table's
 *   data since. So every row is still current.
 * - No other file below `input/` was uploaded before it and can be of the kind. The rows of a file uploaded between the two
 *   would win over the first upload, and lose to the second. A file uploaded between that is no longer there was loaded before
 *   the earlier one without a row in common, or will never be loaded.
 *
 * Because of the last condition this is decided here, while no execution runs.
 *
 * @returns by key, the `upload` in the ledger that loaded the rows
 */
export async function findDuplicates(
  files: readonly FileEvent[],
  deps: DuplicatesDeps,
): Promise<ReadonlyMap<string, string>> {
  const found = await inParallel(READS, files.filter(isUpload), (file) => candidate(file, deps));
  const candidates = found.filter((one) => one !== undefined);
  const current = await stillCurrent(candidates, deps);
  const duplicates = new Map<string, string>();
  if (current.length === 0) return duplicates;
  const waiting = await inArray(deps.bucket.list(INPUT));
  // By upload time: a file that is itself a duplicate does not prevent another.
  for (const { file, earlier } of current.toSorted((a, b) =>
    a.file.uploaded_at < b.file.uploaded_at ? -1 : 1,
  )) {
    const hasOlder = waiting.some(
      (object) =>
        !isOneOf(duplicates, files, object) && comesBefore(object, file, earlier.kind, deps.catalog),
    );
    if (!hasOlder) duplicates.set(file.key, earlier.duplicate_of ?? earlier.upload);
  }
  return duplicates;
}

const isUpload = ({ eventName }: FileEvent): boolean =>
  /:(Put|Post|CompleteMultipartUpload)$/.test(eventName);

async function candidate(
  file: FileEvent,
  { ledger, catalog }: DuplicatesDeps,
): Promise<Candidate | undefined> {
  const earlier = await ledger.latest(file.key, ledgerKey(file).upload);
  if (earlier?.outcome !== 'archived' && earlier?.outcome !== 'duplicate') return undefined;
  if (earlier.etag !== file.etag || earlier.size !== file.size) return undefined;
  const { kind, staged_version } = earlier;
  // A kind of earlier contracts has no table to look at.
  if (kind === undefined || staged_version === undefined || !catalog.kinds.includes(kind)) return undefined;
  return { file, earlier: { ...earlier, kind, staged_version } };
}

/** The candidates whose earlier rows are all current in the table. */
async function stillCurrent(candidates: readonly Candidate[], deps: DuplicatesDeps): Promise<Candidate[]> {
  const known = new Map<string, boolean>();
  const current: Candidate[] = [];
  for (const one of candidates) {
    const { kind, staged_version, outcome, received_at, updated_at } = one.earlier;
    // When the rows were known to be current: for a duplicate, before its execution started.
    const seen = outcome === 'duplicate' ? (received_at ?? '') : updated_at;
    const table = `${kind} ${staged_version} ${seen}`;
    const isCurrent =
      known.get(table) ??
      (await isUnchangedSince(deps.catalog.stagingTable(kind), staged_version, seen, deps.bucket));
    known.set(table, isCurrent);
    if (isCurrent) current.push(one);
  }
  return current;
}

/**
 * Whether no commit after a version changed a row, by the log alone, without reading data files. The entry of the version
 * must still exist and must not be newer: a recreated table counts from 0.
 */
async function isUnchangedSince(
  { location }: TableSpec,
  version: number,
  asOf: string,
  bucket: Bucket,
): Promise<boolean> {
  const keys: string[] = [];
  for await (const { key, lastModified } of bucket.list(
    logPrefix(location),
    beforeVersion(location, version),
  )) {
    if (key === entryKey(location, version) && !(lastModified.getTime() <= Date.parse(asOf))) return false;
    if (keys.push(key) > MAX_LOG_KEYS) return false;
  }
  const { entries } = sortLog(location, keys);
  if (entries.some((entry, at) => entry !== version + at) || entries.length === 0) return false;
  for (const entry of entries.slice(1)) {
    if (!(await changesNothing(entryKey(location, entry), bucket))) return false;
  }
  return true;
}

/** false for an entry that cannot be read; a task that needs it reports it. */
async function changesNothing(key: string, bucket: Bucket): Promise<boolean> {
  const body = await bucket.get(key);
  try {
    return body !== undefined && !parseEntry(Buffer.from(body).toString('utf8')).some(changesData);
  } catch {
    return false;
  }
}

/**
 * Whether an object can be an upload of the kind before this one. Files of events, whose order does not matter, are of none. S3 lists the time an upload started, and its event has the
 * time it completed: one that started before the earlier upload may have completed after it.
 */
function comesBefore(
  { key, etag, lastModified }: ObjectInfo,
  file: FileEvent,
  kind: string,
  { contracts, sources }: DuplicatesDeps['catalog'],
): boolean {
  if (key.endsWith('/') || (key === file.key && etag === file.etag)) return false;
  if (isEventFile(key, contracts)) return false;
  const named = kindFromName(key, [...contracts, ...sources.map(rowsContract)]);
  const canBeOfKind =
    named === undefined || named === kind || sources.some(({ name, maps }) => name === named && kind in maps);
  return canBeOfKind && lastModified.getTime() <= Date.parse(file.uploaded_at);
}

function isOneOf(
  duplicates: ReadonlyMap<string, string>,
  files: readonly FileEvent[],
  { key, etag }: ObjectInfo,
): boolean {
  return duplicates.has(key) && files.some((file) => file.key === key && file.etag === etag);
}

async function inArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
