import { type Finding, type LedgerItem, ledgerKey, OPEN_OUTCOMES } from '../../domain/ledger';
import { archiveKey, rejectedKey, taskResultKey } from '../../domain/object-keys';
import {
  type BatchFile,
  type BatchManifest,
  type StageResult,
  type ValidatedFile,
  validateResultSchema,
} from '../../domain/workflow';
import type { Bucket } from '../../storage/bucket';
import { getMatchingJson } from '../../storage/json-object';
import type { Ledger } from '../../storage/ledger/ledger';
import { inParallel } from '../../storage/parallel';
import { type RestoreDeps, restoreReupload } from './restore-reupload';
import { readResults, type TaskResults } from './results';

/** Concurrent checks of the bucket and the ledger. */
const CHECKS = 16;

interface FindingsDeps extends RestoreDeps {
  readonly bucket: Bucket;
  readonly ledger: Pick<Ledger, 'read' | 'latest'>;
}

/**
 * The outcome of every file of an execution that ended. The bucket shows which files were moved, because a file can be
 * replaced or deleted after validation. Another execution may have processed a missing file, and died before it recorded
 * that, or may still run although it was given up; then its result has the outcome. A file that another execution has now is
 * left out.
 * @param outcome {@link readOutcome} of the execution
 */
export async function findingsOf(
  manifest: BatchManifest,
  { results, moved }: Outcome,
  deps: FindingsDeps,
): Promise<Finding[]> {
  const { execution_id: executionId, replaced = [] } = manifest;
  const tables = results.stage?.tables ?? [];
  const contracts = results.validate?.contracts;
  const found = await inParallel(CHECKS, results.validate?.files ?? [], async (file) => {
    const { outcome } = file;
    if (outcome === 'gone' || outcome === 'replaced')
      return missingFile(executionId, identity(file), outcome, deps);
    if (!moved.has(file.destination ?? '')) {
      const item = await deps.ledger.read(ledgerKey(file));
      const placed = await placedByAnother(executionId, identity(file), item, deps.bucket);
      if (placed) return placed;
      if (item?.execution !== executionId && isOpen(item)) return undefined;
    }
    return withOriginal(findingOf(executionId, file, moved, { tables, contracts }), deps.ledger);
  });
  const older = await inParallel(CHECKS, replaced, ({ key, etag, size, uploaded_at }) =>
    missingFile(executionId, { key, etag, size, uploaded_at }, 'replaced', deps),
  );
  return [...found.filter((one) => one !== undefined), ...older];
}

async function missingFile(
  execution: string,
  file: Identity,
  outcome: 'gone' | 'replaced',
  deps: FindingsDeps,
): Promise<Finding> {
  const item = await deps.ledger.read(ledgerKey(file));
  const placed = await placedByAnother(execution, file, item, deps.bucket);
  if (placed) return placed;
  const reason = outcome === 'gone' ? await restoreReupload(file, deps) : undefined;
  return { ...file, outcome, execution, ...(reason && { reason }) };
}

/** A duplicate has the staged version of the upload that loaded its rows, by which later duplicates are recognized. */
async function withOriginal(finding: Finding, ledger: FindingsDeps['ledger']): Promise<Finding> {
  if (finding.outcome !== 'duplicate' || !finding.duplicate_of) return finding;
  const original = await ledger.read({ key: finding.key, upload: finding.duplicate_of });
  const { kind, staged_version } = original ?? {};
  return { ...finding, ...(kind && { kind }), ...(staged_version !== undefined && { staged_version }) };
}

/** What an execution left in the bucket. */
export interface Outcome {
  readonly results: TaskResults;
  /** Keys below the two prefixes that it moves files to. */
  readonly moved: ReadonlySet<string>;
}

/** @throws as `readResults` */
export async function readOutcome(bucket: Bucket, executionId: string): Promise<Outcome> {
  const [results, moved] = await Promise.all([
    readResults(bucket, executionId),
    movedBy(executionId, bucket),
  ]);
  return { results, moved };
}

async function movedBy(executionId: string, bucket: Bucket): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const places = [archiveKey(executionId, ''), rejectedKey(executionId, '')];
  await inParallel(places.length, places, async (place) => {
    for await (const { key } of bucket.list(place)) keys.add(key);
  });
  return keys;
}

interface Applied {
  readonly tables: StageResult['tables'];
  /** The hash of the contracts that validate applied. */
  readonly contracts: string | undefined;
}

type Identity = Pick<BatchFile, 'key' | 'etag' | 'size' | 'uploaded_at'>;

const identity = ({ key, etag, bytes, uploaded_at }: ValidatedFile): Identity => ({
  key,
  etag,
  size: bytes,
  uploaded_at,
});

function findingOf(
  execution: string,
  file: ValidatedFile,
  moved: ReadonlySet<string>,
  { tables, contracts }: Applied,
): Finding {
  const {
    kind,
    rows,
    bad_rows,
    left_out_rows,
    deleted_rows,
    destination = '',
    reason,
    rejected_rows_key,
    replay_of,
    duplicate_of,
    mapped = [],
  } = file;
  // Only a file of events gives rows of its own kind besides those of another.
  const events = mapped.find((one) => one.kind === kind)?.rows;
  const found = {
    ...identity(file),
    execution,
    ...(kind && { kind }),
    ...(contracts && file.outcome !== 'duplicate' && { contracts }),
    ...(file.outcome !== 'duplicate' && { rows, rows_rejected: bad_rows }),
    ...(events !== undefined && { events }),
    ...(left_out_rows && { rows_left_out: left_out_rows }),
    ...(deleted_rows && { rows_deleted: deleted_rows }),
    ...(rejected_rows_key && { rejected_rows_key }),
    ...(replay_of && { replay_of }),
  };
  if (!moved.has(destination)) {
    const late = 'a newer upload replaced it, or it was deleted, before it could be moved';
    return { ...found, outcome: 'replaced', reason: reason ? `${reason}; ${late}` : late };
  }
  if (file.outcome === 'invalid')
    return { ...found, outcome: 'rejected', destination, ...(reason && { reason }) };
  if (file.outcome === 'duplicate') {
    return { ...found, outcome: 'duplicate', destination, ...(duplicate_of && { duplicate_of }) };
  }
  // The rows of a replay are older than its upload.
  const staged_version = file.rows_key && !replay_of ? stagedVersion(tables, kind) : undefined;
  return {
    ...found,
    outcome: 'archived',
    destination,
    ...(staged_version !== undefined && { staged_version }),
  };
}

/** The table version that holds every row of the batch's files of a kind; undefined if a row was superseded. */
function stagedVersion(tables: Applied['tables'], kind: ValidatedFile['kind']): number | undefined {
  const staged = tables.find(({ table }) => table === kind);
  return staged?.superseded === 0 ? (staged.version ?? undefined) : undefined;
}

const isOpen = (item: LedgerItem | undefined): boolean =>
  OPEN_OUTCOMES.some((outcome) => outcome === item?.outcome);

/** The outcome of the file in another execution that moved it. */
async function placedByAnother(
  executionId: string,
  file: Identity,
  item: LedgerItem | undefined,
  bucket: Bucket,
): Promise<Finding | undefined> {
  for (const another of (item?.executions ?? []).filter((execution) => execution !== executionId)) {
    const places = [archiveKey(another, file.key), rejectedKey(another, file.key)];
    const moved = new Set<string>();
    for (const place of places) if (await isThere(bucket, place)) moved.add(place);
    if (moved.size === 0) continue;
    const result = await getMatchingJson(bucket, taskResultKey(another, 'validate'), validateResultSchema);
    const validated = result?.files.find(({ key, etag }) => key === file.key && etag === file.etag);
    // Its stage may have run again after newer rows came: no version is known to hold its rows.
    if (validated) return findingOf(another, validated, moved, { tables: [], contracts: result?.contracts });
  }
  return undefined;
}

/** By listing, which needs no right to read the files. */
async function isThere(bucket: Bucket, key: string): Promise<boolean> {
  for await (const found of bucket.list(key)) return found.key === key;
  return false;
}
