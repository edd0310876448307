import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { reasonKey, rejectedKey, rejectedRowsKey, rowsKey } from '../../domain/object-keys';
import type { ValidatedFile } from '../../domain/workflow';
import {
  type InspectedFile,
  type Inspection,
  type InspectionRules,
  inspectFile,
} from '../../formats/csv/inspect-file';
import type { TaskDeps } from '../../runtime/task-process';
import type { Bucket } from '../../storage/bucket';
import { putJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';
import { describeFile, reasonReport, type Unread } from './describe-file';
import { fetchVersion, lookAtVersion } from './fetch-version';
import { invalid, type Verdict } from './verdict';
import type { Turn } from './waves';

/** Files on their way at one time; the bucket bounds the connections. */
const TRANSFERS = 32;

export interface WaveDeps extends Pick<TaskDeps<object>, 'bucket' | 'workDirectory' | 'clock' | 'logger'> {
  readonly executionId: string;
  readonly rules: InspectionRules;
  /** The rules of rows, applied to files of one kind, whose good rows it writes to the path. */
  readonly check: (files: readonly InspectedFile[], rowsPath: string) => Promise<readonly Verdict[]>;
}

/** The result tells of every file; the log, of those that are large, or not just as they should be. */
const isWorthALine = ({ outcome, bytes, bad_rows }: ValidatedFile): boolean =>
  outcome !== 'valid' || bad_rows > 0 || bytes >= LARGE_BYTES;

const LARGE_BYTES = 1024 * 1024;

interface FetchedFile extends Turn {
  readonly startedAt: number;
  readonly replayOf?: string | undefined;
  readonly found: Inspection | Unread;
}

interface JudgedFile extends FetchedFile {
  readonly verdict: Verdict | Unread;
  readonly rowsKey?: string;
}

/**
 * Checks the files of a wave, and writes what is made of them: the good rows of each kind as one object, the bad rows and
 * the reason beside each rejected file. A good file costs one request, and its share of that one object.
 *
 * @returns what was found of each file, in their order
 */
export async function validateWave(wave: readonly Turn[], deps: WaveDeps): Promise<ValidatedFile[]> {
  const { bucket, executionId, clock, logger } = deps;
  const directory = path.join(deps.workDirectory, `files-${wave[0]?.index}`);
  await mkdir(directory, { recursive: true });
  try {
    const fetched = await inParallel(TRANSFERS, wave, (turn) => fetchFile(turn, directory, deps));
    const judged = await judgeFiles(fetched, directory, deps);
    await inParallel(TRANSFERS, judged, (file) => uploadFindings(file, executionId, bucket));
    const validated = judged.map(({ file, verdict, rowsKey, replayOf }) => {
      const described = describeFile(executionId, file, verdict, rowsKey);
      return { ...described, ...(replayOf && { replay_of: replayOf }) };
    });
    for (const [at, { verdict, startedAt }] of judged.entries()) {
      const file = validated[at] as ValidatedFile;
      if (!isWorthALine(file)) continue;
      logger.info('file validated', {
        key: file.key,
        outcome: file.outcome,
        kind: file.kind,
        bytes: file.bytes,
        rows: file.rows,
        bad_rows: file.bad_rows,
        reason: file.reason,
        reader: typeof verdict !== 'string' && verdict.outcome === 'valid' ? verdict.reader : undefined,
        duration_ms: clock().getTime() - startedAt,
      });
    }
    const sum = (field: 'bytes' | 'rows' | 'bad_rows') =>
      validated.reduce((total, file) => total + file[field], 0);
    logger.info('files validated', {
      counts: { files: wave.length, bytes: sum('bytes'), rows: sum('rows'), bad_rows: sum('bad_rows') },
    });
    return validated;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function fetchFile(turn: Turn, directory: string, deps: WaveDeps): Promise<FetchedFile> {
  const { index, file } = turn;
  const startedAt = deps.clock().getTime();
  const local = path.join(directory, `${index}`);
  if (file.duplicate_of !== undefined) {
    return { ...turn, startedAt, found: (await lookAtVersion(deps.bucket, file)) ?? 'duplicate' };
  }
  const outcome = await fetchVersion(deps.bucket, file, local);
  if (typeof outcome === 'string') return { ...turn, startedAt, found: outcome };
  const { replayOf } = outcome;
  const uploadedAt = replayOf ?? file.uploaded_at;
  const origin = { key: file.key, uploadedAt, path: local, size: file.size };
  return { ...turn, startedAt, replayOf, found: await inspectFile(origin, deps.rules) };
}

/** Checks the files kind by kind, and uploads the good rows of each kind. */
async function judgeFiles(
  fetched: readonly FetchedFile[],
  directory: string,
  { executionId, bucket, check }: WaveDeps,
): Promise<JudgedFile[]> {
  const judged = new Map<FetchedFile, JudgedFile>();
  const kinds = new Map<string, { fetched: FetchedFile; inspected: InspectedFile }[]>();
  for (const file of fetched) {
    const { found } = file;
    if (typeof found === 'string') judged.set(file, { ...file, verdict: found });
    else if ('fault' in found) judged.set(file, { ...file, verdict: invalid(found.fault) });
    else {
      const { kind } = found.file.header.contract;
      const ofKind = kinds.get(kind) ?? [];
      kinds.set(kind, ofKind);
      ofKind.push({ fetched: file, inspected: found.file });
    }
  }
  for (const [kind, files] of kinds) {
    const rowsPath = path.join(directory, `${kind}.parquet`);
    const verdicts = await check(
      files.map(({ inspected }) => inspected),
      rowsPath,
    );
    const key = rowsKey(executionId, kind, files[0]?.fetched.index ?? 0);
    const hasRows = verdicts.some((verdict) => verdict.outcome === 'valid' && verdict.rowsPath);
    if (hasRows) await bucket.upload(key, rowsPath);
    for (const [at, { fetched }] of files.entries()) {
      const verdict = verdicts[at] as Verdict;
      const isIn = verdict.outcome === 'valid' && verdict.rowsPath;
      judged.set(fetched, { ...fetched, verdict, ...(isIn && { rowsKey: key }) });
    }
  }
  return fetched.map((file) => judged.get(file) as JudgedFile);
}

async function uploadFindings(
  { file, verdict }: JudgedFile,
  executionId: string,
  bucket: Bucket,
): Promise<void> {
  if (typeof verdict === 'string') return;
  const rejected = rejectedKey(executionId, file.key);
  if (verdict.rejectedRowsPath) await bucket.upload(rejectedRowsKey(rejected), verdict.rejectedRowsPath);
  if (verdict.outcome === 'valid') return;
  const report = reasonReport(executionId, file, verdict);
  await putJson(bucket, reasonKey(rejected), report);
}
