import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { archiveKey, reasonKey, rejectedKey, rejectedRowsKey, rowsKey } from '../../domain/object-keys';
import type { BatchFile, ValidatedFile, ValidateResult } from '../../domain/workflow';
import type { DuckDb } from '../../lake/duckdb';
import { readBatchManifest } from '../batch-manifest';
import type { TaskDeps } from '../task-process';
import type { ResultBase, TaskOutcome } from '../task-result';
import { checkFile } from './check-file';
import type { FileRules } from './check-files';
import { fetchVersion } from './fetch-version';
import type { LocalFile } from './inspect-file';
import { writeRouting } from './routing';
import type { Verdict } from './verdict';

/** Files on local disk at a time: while one is checked, the next comes down and the one before goes up. */
const FILES_IN_FLIGHT = 3;

const GIB = 1024 ** 3;

export interface ValidateConfig {
  /** The share of a file's rows, 0 to 1, that may be bad. */
  readonly MAX_BAD_ROW_SHARE: number;
  /** Default 50 GiB. */
  readonly MAX_UNPACKED_BYTES?: number | undefined;
  /** Unpacked bytes per packed byte, of files that unpack to much. Default 200. */
  readonly MAX_UNPACKED_RATIO?: number | undefined;
}

export type ValidateDeps = TaskDeps<ValidateConfig>;

/**
 * Checks every file of the batch, and writes for each: the typed good rows as Parquet for stage, the bad rows as CSV,
 * the reason of an invalid file. Then the routing for the state machine, last, so that it tells only of what is there.
 * A second run of the same batch writes the same.
 *
 * @throws ManifestMissingError, RoutingTooLargeError, and whatever the bucket throws; a file's faults are in the result
 */
export async function run(
  { executionId }: { executionId: string },
  deps: ValidateDeps,
): Promise<TaskOutcome<ValidateResult & ResultBase>> {
  const manifest = await readBatchManifest(deps.bucket, executionId);
  await mkdir(deps.workDirectory, { recursive: true });
  const db = await deps.openDuckDb();
  try {
    const files = await validateAll(executionId, manifest.files, db, deps);
    await writeRouting(deps.bucket, executionId, files);
    return { counts: countsOf(files), files };
  } finally {
    db.close();
  }
}

async function validateAll(
  executionId: string,
  files: readonly BatchFile[],
  db: DuckDb,
  deps: ValidateDeps,
): Promise<ValidatedFile[]> {
  const validated: ValidatedFile[] = [];
  const queue = files.entries();
  const rules: FileRules = {
    maxBadRowShare: deps.config.MAX_BAD_ROW_SHARE,
    maxUnpackedBytes: deps.config.MAX_UNPACKED_BYTES ?? 50 * GIB,
    maxUnpackedRatio: deps.config.MAX_UNPACKED_RATIO ?? 200,
  };
  const oneAtATime = exclusive();
  let failed = false;

  const work = async () => {
    for (const [index, file] of queue) {
      if (failed) return;
      validated[index] = await validateFile({ executionId, index, file }, deps, (local) =>
        oneAtATime(() => checkFile(local, rules, db)),
      );
    }
  };
  const workers = Array.from({ length: FILES_IN_FLIGHT }, () =>
    work().catch((error) => {
      failed = true;
      throw error;
    }),
  );
  // All of them come to rest before the session they share is closed.
  const outcomes = await Promise.allSettled(workers);
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  return validated;
}

interface Turn {
  readonly executionId: string;
  /** The file's place in the manifest. */
  readonly index: number;
  readonly file: BatchFile;
}

async function validateFile(
  turn: Turn,
  { bucket, workDirectory, clock, logger }: ValidateDeps,
  check: (local: LocalFile) => Promise<Verdict>,
): Promise<ValidatedFile> {
  const { index, file } = turn;
  const started = clock().getTime();
  const directory = path.join(workDirectory, `file-${index}`);
  const local = path.join(directory, 'input');
  try {
    await mkdir(directory, { recursive: true });
    const fetched = await fetchVersion(bucket, file, local);
    let verdict: Verdict | undefined;
    if (fetched === 'fetched') {
      verdict = await check({ key: file.key, uploadedAt: file.uploaded_at, path: local, size: file.size });
      await upload(turn, verdict, bucket);
    }
    const validated = describe(turn, verdict ?? (fetched === 'gone' ? 'gone' : 'replaced'));
    logger.info('file validated', {
      key: file.key,
      outcome: validated.outcome,
      kind: validated.kind,
      bytes: validated.bytes,
      rows: validated.rows,
      bad_rows: validated.bad_rows,
      reason: validated.reason,
      reader: verdict?.outcome === 'valid' ? verdict.reader : undefined,
      duration_ms: clock().getTime() - started,
    });
    return validated;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function upload(
  { executionId, index, file }: Turn,
  verdict: Verdict,
  bucket: ValidateDeps['bucket'],
): Promise<void> {
  const rejected = rejectedKey(executionId, file.key);
  if (verdict.rejectedRowsPath) await bucket.upload(rejectedRowsKey(rejected), verdict.rejectedRowsPath);
  if (verdict.outcome === 'valid') {
    if (verdict.rowsPath) await bucket.upload(rowsKey(executionId, verdict.kind, index), verdict.rowsPath);
    return;
  }
  const { reason, remedy, line, details = [] } = verdict.fault;
  const report = {
    key: file.key,
    reason,
    remedy,
    kind: verdict.kind,
    line,
    details,
    execution_id: executionId,
    uploaded_at: file.uploaded_at,
    etag: file.etag,
    bytes: file.size,
  };
  await bucket.put(reasonKey(rejected), `${JSON.stringify(report, null, 2)}\n`, 'application/json');
}

function describe({ executionId, index, file }: Turn, verdict: Verdict | 'gone' | 'replaced'): ValidatedFile {
  const base = { key: file.key, etag: file.etag, uploaded_at: file.uploaded_at, bytes: file.size };
  if (typeof verdict === 'string') {
    return { ...base, outcome: verdict, rows: 0, bad_rows: 0, extra_columns: [] };
  }
  const { outcome, kind, badRows, extraColumns, rejectedRowsPath } = verdict;
  const found = {
    ...base,
    outcome,
    ...(kind && { kind }),
    bad_rows: badRows,
    extra_columns: [...extraColumns],
    ...(rejectedRowsPath && { rejected_rows_key: rejectedRowsKey(rejectedKey(executionId, file.key)) }),
  };
  if (verdict.outcome === 'invalid') {
    const reason = `${verdict.fault.reason}; ${verdict.fault.remedy}`;
    return { ...found, rows: 0, reason, destination: rejectedKey(executionId, file.key) };
  }
  return {
    ...found,
    rows: verdict.rows,
    ...(verdict.rowsPath && { rows_key: rowsKey(executionId, verdict.kind, index) }),
    destination: archiveKey(executionId, file.key),
  };
}

function countsOf(files: readonly ValidatedFile[]): ValidateResult['counts'] {
  const having = (outcome: ValidatedFile['outcome']) =>
    files.filter((file) => file.outcome === outcome).length;
  return {
    files: files.length,
    valid: having('valid'),
    invalid: having('invalid'),
    gone: having('gone'),
    replaced: having('replaced'),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bad_rows: files.reduce((sum, { bad_rows }) => sum + bad_rows, 0),
  };
}

/** Runs what it is given one after another; a failure does not keep the next from its turn. */
function exclusive(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
}
