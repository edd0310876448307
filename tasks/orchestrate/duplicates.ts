import type { Catalog } from '../../catalog/catalog';
import { kindFromName } from '../../domain/contract';
import { type LedgerItem, ledgerKey } from '../../domain/ledger';
import { INPUT } from '../../domain/object-keys';
import { changesData, parseEntry } from '../../lake/actions';
import { beforeVersion, entryKey, logPrefix, sortLog } from '../../lake/log';
import type { TableSpec } from '../../lake/table-spec';
import type { Bucket, ObjectInfo } from '../../storage/bucket';
import type { Ledger } from '../../storage/ledger/ledger';
import { inParallel } from '../../storage/parallel';
import type { FileEvent } from './file-events';

/** Looks into the ledger at one time. */
const LOOKS = 32;

/** Keys of a table's log since the earlier upload: where there are more, it is not worth proving. */
const MOST_LOG_KEYS = 50;

interface DuplicatesDeps {
  readonly bucket: Bucket;
  readonly ledger: Pick<Ledger, 'latest'>;
  readonly catalog: Pick<Catalog, 'kinds' | 'stagingTable'>;
}

/** An upload whose content an earlier one under the same key had brought. */
interface Candidate {
  readonly file: FileEvent;
  readonly earlier: LedgerItem & { kind: string; staged_version: number };
}

/**
 * The uploads of a batch whose rows are in the tables as they stand, now and whatever comes: to load them again would
 * change nothing but the rows' age, and their age will never matter. All of this must be so:
 *
 * - The upload before it under the same key had the same ETag and size, and was loaded, or was such a duplicate. Equal ETags
 *   are equal bytes, however they were uploaded; equal bytes uploaded in other parts are not recognized. A copy, as
 *   `daybook replay` makes, is never taken for a duplicate.
 * - Every row of it was the newest when it was loaded (`staged_version`), and no commit has changed the table's data since,
 *   ours or another writer's: so every row still stands.
 * - Nothing else lies below `input/` that was uploaded before it and can be of the kind: uploaded between the two, its rows
 *   would have to give way to the second, and not to the first. What was uploaded between and lies there no more has been
 *   loaded, before the earlier one and without a row in common, or never will be.
 *
 * The last is also why this is decided here, while no execution runs: nothing is on its way.
 *
 * @returns by key, the `upload` of the ledger whose rows are in
 */
export async function findDuplicates(
  files: readonly FileEvent[],
  deps: DuplicatesDeps,
): Promise<ReadonlyMap<string, string>> {
  const looked = await inParallel(LOOKS, files.filter(isUpload), (file) => candidate(file, deps));
  const candidates = looked.filter((one) => one !== undefined);
  const standing = await thoseStanding(candidates, deps);
  const duplicates = new Map<string, string>();
  if (standing.length === 0) return duplicates;
  const waiting = await inArray(deps.bucket.list(INPUT));
  // In the order of their times: one that is a duplicate itself stands in no other's way.
  for (const { file, earlier } of standing.toSorted((a, b) =>
    a.file.uploaded_at < b.file.uploaded_at ? -1 : 1,
  )) {
    const isBehind = waiting.some(
      (object) =>
        !isOneOf(duplicates, files, object) && comesBefore(object, file, earlier.kind, deps.catalog.kinds),
    );
    if (!isBehind) duplicates.set(file.key, earlier.duplicate_of ?? earlier.upload);
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

/** Those whose earlier upload's rows stand in the table as it is now. */
async function thoseStanding(candidates: readonly Candidate[], deps: DuplicatesDeps): Promise<Candidate[]> {
  const known = new Map<string, boolean>();
  const standing: Candidate[] = [];
  for (const one of candidates) {
    const { kind, staged_version, outcome, received_at, updated_at } = one.earlier;
    // When the rows were seen to stand: for a duplicate, before its execution began.
    const seen = outcome === 'duplicate' ? (received_at ?? '') : updated_at;
    const table = `${kind} ${staged_version} ${seen}`;
    const stands =
      known.get(table) ??
      (await isUnchangedSince(deps.catalog.stagingTable(kind), staged_version, seen, deps.bucket));
    known.set(table, stands);
    if (stands) standing.push(one);
  }
  return standing;
}

/**
 * Whether no commit after a version changed a row, by the log alone, without reading a file. The entry of the version
 * itself must be there, as old as it was: a table that was made anew counts from 0.
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
    if (keys.push(key) > MOST_LOG_KEYS) return false;
  }
  const { entries } = sortLog(location, keys);
  if (entries.some((entry, at) => entry !== version + at) || entries.length === 0) return false;
  for (const entry of entries.slice(1)) {
    if (!(await changesNothing(entryKey(location, entry), bucket))) return false;
  }
  return true;
}

/** An entry that cannot be read is for those to tell who need it. */
async function changesNothing(key: string, bucket: Bucket): Promise<boolean> {
  const body = await bucket.get(key);
  try {
    return body !== undefined && !parseEntry(Buffer.from(body).toString('utf8')).some(changesData);
  } catch {
    return false;
  }
}

/**
 * Whether an object can be an upload of the kind before this one. S3 tells when an upload was begun, and its event when it
 * was done: one that was begun before the earlier upload may have been done after it.
 */
function comesBefore(
  { key, etag, lastModified }: ObjectInfo,
  file: FileEvent,
  kind: string,
  kinds: readonly string[],
): boolean {
  if (key.endsWith('/') || (key === file.key && etag === file.etag)) return false;
  return (
    (kindFromName(key, kinds) ?? kind) === kind && lastModified.getTime() <= Date.parse(file.uploaded_at)
  );
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
