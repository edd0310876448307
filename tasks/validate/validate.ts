import { mkdir } from 'node:fs/promises';
import type { Catalog } from '../../catalog/catalog';
import type { BatchFile, ValidatedFile, ValidateResult } from '../../domain/workflow';
import type { DuckDb } from '../../engine/duckdb/session';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import { readBatchManifest } from '../../storage/batch-manifest';
import { atMost, inParallel } from '../../storage/parallel';
import { checkFiles, type FileRules } from './check-files';
import { writeRouting } from './routing';
import { validateWave } from './validate-wave';
import { wavesOf } from './waves';

/** Waves on local disk at a time: while one is checked, the next comes down and the one before goes up. */
const WAVES_IN_FLIGHT = 3;

const GIB = 1024 ** 3;

export interface ValidateConfig {
  /** The share of a file's rows, 0 to 1, that may be bad. */
  readonly MAX_BAD_ROW_SHARE: number;
  /** Default 50 GiB. */
  readonly MAX_UNPACKED_BYTES?: number | undefined;
  /** Unpacked bytes per packed byte, of files that unpack to much. Default 200. */
  readonly MAX_UNPACKED_RATIO?: number | undefined;
}

export interface ValidateDeps extends TaskDeps<ValidateConfig> {
  readonly catalog: Pick<Catalog, 'contracts'>;
}

/**
 * Checks every file of the batch, and writes: the typed good rows as Parquet for stage, each file's bad rows as CSV, the
 * reason of an invalid file. Then the routing for the state machine, last, so that it tells only of what is there.
 * A second run of the same batch writes the same.
 *
 * @throws ManifestMissingError, and whatever the bucket throws; a file's faults are in the result
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
  const rules: FileRules = {
    contracts: deps.catalog.contracts,
    maxBadRowShare: deps.config.MAX_BAD_ROW_SHARE,
    maxUnpackedBytes: deps.config.MAX_UNPACKED_BYTES ?? 50 * GIB,
    maxUnpackedRatio: deps.config.MAX_UNPACKED_RATIO ?? 200,
  };
  const oneAtATime = atMost(1);
  const { bucket, workDirectory, clock, logger } = deps;
  const waves = await inParallel(WAVES_IN_FLIGHT, wavesOf(files), (wave) =>
    validateWave(wave, {
      bucket,
      workDirectory,
      clock,
      logger,
      executionId,
      rules,
      check: (inspected, rowsPath) => oneAtATime(() => checkFiles(inspected, rules, db, rowsPath)),
    }),
  );
  return waves.flat();
}

function countsOf(files: readonly ValidatedFile[]): ValidateResult['counts'] {
  const having = (outcome: ValidatedFile['outcome']) =>
    files.filter((file) => file.outcome === outcome).length;
  return {
    files: files.length,
    valid: having('valid'),
    invalid: having('invalid'),
    duplicate: having('duplicate'),
    gone: having('gone'),
    replaced: having('replaced'),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bad_rows: files.reduce((sum, { bad_rows }) => sum + bad_rows, 0),
  };
}
