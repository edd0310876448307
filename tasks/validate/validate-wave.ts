import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { reasonKey, rejectedKey, rejectedRowsKey, rowsKey } from '../../domain/object-keys';
import type { ValidatedFile } from '../../domain/workflow';
import type { InputFile, Inspection, InspectionRules, LocalFile } from '../../formats/input-file';
import { inspectFile } from '../../formats/inspect-file';
import type { TaskDeps } from '../../runtime/task-process';
import type { Bucket } from '../../storage/bucket';
import { putJson } from '../../storage/json-object';
import { inParallel } from '../../storage/parallel';
import { describeFile, reasonReport, type SkippedOutcome } from './describe-file';
import { checkVersion, fetchVersion } from './fetch-version';
import { invalid, type Verdict } from './verdict';
import type { WaveFile } from './waves';

/** Concurrent transfers; the bucket limits the connections. */
const MAX_TRANSFERS = 32;

export interface WaveDeps extends Pick<TaskDeps<object>, 'bucket' | 'workDirectory' | 'clock' | 'logger'> {
  readonly executionId: string;
  readonly rules: InspectionRules;
  /** Applies the row rules to files of one kind, and writes their good rows to the path. */
  readonly check: (files: readonly InputFile[], rowsPath: string) => Promise<readonly Verdict[]>;
  /** Maps the rows of a file to those of other kinds, and writes them; undefined for the file of a kind. */
  readonly map: (file: InputFile) => Promise<Verdict> | undefined;
  /** True for a file of events. */
  readonly isEventFile: (key: string) => boolean;
  /** Makes rows of events, and writes those of each kind to the directory. */
  readonly checkEvents: (files: readonly LocalFile[], directory: string) => Promise<readonly Verdict[]>;
}

/** The result lists every file. The log lists only large files, and files that are invalid or have bad rows. */
const isLogged = ({ outcome, bytes, bad_rows }: ValidatedFile): boolean =>
  outcome !== 'valid' || bad_rows > 0 || bytes >= LARGE_BYTES;

const LARGE_BYTES = 1024 * 1024;

interface FetchedFile extends WaveFile {
  readonly startedAt: number;
  readonly replayOf?: string | undefined;
  readonly found: Inspection | SkippedOutcome | { readonly events: LocalFile };
}

interface CheckedFile extends FetchedFile {
  readonly verdict: Verdict | SkippedOutcome;
  readonly rowsKey?: string;
  readonly mappedKeys?: ReadonlyMap<string, string>;
}

/**
 * Checks the files of a wave. Writes the good rows of each kind as one object, and the bad rows and the reason next to each
 * rejected file. A good file costs one request, plus its share of the object of its kind.
 *
 * @returns one entry per file, in the order of the files
 */
export async function validateWave(wave: readonly WaveFile[], deps: WaveDeps): Promise<ValidatedFile[]> {
  const { bucket, executionId, clock, logger } = deps;
  const directory = path.join(deps.workDirectory, `files-${wave[0]?.index}`);
  await mkdir(directory, { recursive: true });
  try {
    const fetched = await inParallel(MAX_TRANSFERS, wave, (file) => fetchFile(file, directory, deps));
    const checked = await checkByKind(fetched, directory, deps);
    await inParallel(MAX_TRANSFERS, checked, (file) => uploadFindings(file, executionId, bucket));
    const validated = checked.map(({ file, verdict, rowsKey, mappedKeys, replayOf }) => {
      const described = describeFile(executionId, file, verdict, rowsKey, mappedKeys);
      return { ...described, ...(replayOf && { replay_of: replayOf }) };
    });
    for (const [at, { verdict, startedAt }] of checked.entries()) {
      const file = validated[at] as ValidatedFile;
      if (!isLogged(file)) continue;
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

async function fetchFile(waveFile: WaveFile, directory: string, deps: WaveDeps): Promise<FetchedFile> {
  const { index, file } = waveFile;
  const startedAt = deps.clock().getTime();
  const local = path.join(directory, `${index}`);
  if (file.duplicate_of !== undefined) {
    return { ...waveFile, startedAt, found: (await checkVersion(deps.bucket, file)) ?? 'duplicate' };
  }
  const outcome = await fetchVersion(deps.bucket, file, local);
  if (typeof outcome === 'string') return { ...waveFile, startedAt, found: outcome };
  const { replayOf } = outcome;
  const uploadedAt = replayOf ?? file.uploaded_at;
  const origin = { key: file.key, uploadedAt, path: local, size: file.size };
  const found = deps.isEventFile(file.key) ? { events: origin } : await inspectFile(origin, deps.rules);
  return { ...waveFile, startedAt, replayOf, found };
}

/** Checks the files kind by kind, and uploads the good rows of each kind. */
async function checkByKind(
  fetched: readonly FetchedFile[],
  directory: string,
  deps: WaveDeps,
): Promise<CheckedFile[]> {
  const { executionId, bucket, check, map } = deps;
  const checked = new Map<FetchedFile, CheckedFile>();
  const kinds = new Map<string, { fetched: FetchedFile; inspected: InputFile }[]>();
  for (const file of await checkEventFiles(fetched, directory, deps)) checked.set(file.of, file.checked);
  for (const file of fetched) {
    const { found } = file;
    if (typeof found === 'string') checked.set(file, { ...file, verdict: found });
    else if ('events' in found) continue;
    else if ('fault' in found) checked.set(file, { ...file, verdict: invalid(found.fault) });
    else {
      const mapped = await map(found.file);
      if (mapped) {
        checked.set(file, { ...file, ...(await uploadMapped(executionId, file, mapped, bucket)) });
        continue;
      }
      const { kind } = found.file.header.contract;
      const ofKind = kinds.get(kind) ?? [];
      kinds.set(kind, ofKind);
      ofKind.push({ fetched: file, inspected: found.file });
    }
  }
  // One kind is uploaded while the next is checked.
  await inParallel(kinds.size, [...kinds], async ([kind, files]) => {
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
      const hasRowsKey = verdict.outcome === 'valid' && verdict.rowsPath;
      checked.set(fetched, { ...fetched, verdict, ...(hasRowsKey && { rowsKey: key }) });
    }
  });
  return fetched.map((file) => checked.get(file) as CheckedFile);
}

/** Checks the files of events together, and uploads their rows, an object for each kind. */
async function checkEventFiles(
  fetched: readonly FetchedFile[],
  directory: string,
  { executionId, bucket, checkEvents }: WaveDeps,
): Promise<{ readonly of: FetchedFile; readonly checked: CheckedFile }[]> {
  const files = fetched.flatMap((file) =>
    typeof file.found === 'object' && 'events' in file.found ? [{ file, origin: file.found.events }] : [],
  );
  const [first] = files;
  if (!first) return [];
  const verdicts = await checkEvents(
    files.map(({ origin }) => origin),
    directory,
  );
  const mapped = verdicts.flatMap((verdict) => (verdict.outcome === 'valid' ? (verdict.mapped ?? []) : []));
  const mappedKeys = await uploadRows(executionId, first.file.index, mapped, bucket);
  return files.map(({ file }, at) => {
    const verdict = verdicts[at] as Verdict;
    const withRows = verdict.outcome === 'valid' ? (verdict.mapped ?? []).filter(({ rows }) => rows > 0) : [];
    const keys = withRows.map(({ kind }): [string, string] => [kind, mappedKeys.get(kind) ?? '']);
    return { of: file, checked: { ...file, verdict, mappedKeys: new Map(keys) } };
  });
}

/** Uploads the good rows of a source's file, an object for each kind. */
async function uploadMapped(
  executionId: string,
  { index }: FetchedFile,
  verdict: Verdict,
  bucket: Bucket,
): Promise<Pick<CheckedFile, 'verdict' | 'mappedKeys'>> {
  const mapped = verdict.outcome === 'valid' ? (verdict.mapped ?? []) : [];
  return { verdict, mappedKeys: await uploadRows(executionId, index, mapped, bucket) };
}

/** Uploads the rows of each kind once, whichever files share them. @returns the keys by kind */
async function uploadRows(
  executionId: string,
  index: number,
  mapped: readonly { readonly kind: string; readonly rowsPath?: string | undefined }[],
  bucket: Bucket,
): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const { kind, rowsPath } of mapped)
    if (rowsPath !== undefined && !paths.has(kind)) paths.set(kind, rowsPath);
  const uploaded = await inParallel(MAX_TRANSFERS, [...paths], async ([kind, rowsPath]) => {
    const key = rowsKey(executionId, kind, index);
    await bucket.upload(key, rowsPath);
    return [kind, key] as const;
  });
  return new Map(uploaded);
}

async function uploadFindings(
  { file, verdict }: CheckedFile,
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
