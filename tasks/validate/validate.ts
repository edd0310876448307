import { mkdir } from 'node:fs/promises';
import type { Catalog } from '../../catalog/catalog';
import { isEventFile } from '../../domain/events/event-files';
import { fileContracts, headerContracts } from '../../domain/source';
import type { ValidatedFile, ValidateResult } from '../../domain/workflow';
import type { DuckDb } from '../../engine/duckdb/session';
import { pseudonyms } from '../../runtime/pseudonyms';
import type { TaskDeps } from '../../runtime/task-process';
import type { ResultBase, TaskOutcome } from '../../runtime/task-result';
import { readBatchManifest } from '../../storage/batch-manifest';
import { atMost, inParallel } from '../../storage/parallel';
import { checkFiles, type FileRules } from './check-files';
import { checkEvents } from './events/check-events';
import { EventThreads } from './events/event-threads';
import { mapFile } from './mapping/map-file';
import { writeRouting } from './routing';
import { validateWave } from './validate-wave';
import { type WaveFile, wavesOf } from './waves';

/** Concurrent waves on local disk: one is checked, the next is downloaded, the previous one is uploaded. More threads check more. */
const MAX_WAVES = 3;

const GIB = 1024 ** 3;

/** Of the main thread in the limits of DuckDB, if other threads check the events. */
const MAIN_SHARE = 0.4;

export interface ValidateConfig {
  /** The maximum share of bad rows in a file, 0 to 1. */
  readonly MAX_BAD_ROW_SHARE: number;
  /** IANA name. Default UTC. */
  readonly REPORTING_TIME_ZONE?: string | undefined;
  /** ISO 4217 code of the shop's currency. */
  readonly CURRENCY?: string | undefined;
  /** Default 50 GiB. */
  readonly MAX_UNPACKED_BYTES?: number | undefined;
  /** Maximum ratio of unpacked to packed bytes, for large files. Default 200. */
  readonly MAX_UNPACKED_RATIO?: number | undefined;
}

export interface ValidateDeps extends TaskDeps<ValidateConfig> {
  readonly catalog: Pick<Catalog, 'contracts' | 'contract' | 'sources'>;
  /** What threads that check events are started with; by default the main thread checks them. */
  readonly threads?: {
    readonly max: number;
    /** The path of a program that calls `serveEventChecks` where it is not in the main thread. */
    readonly program: string;
    /** What it finds as its `workerData`. @param share of the limits of DuckDB @param name of its directory */
    readonly data: (share: number, name: string) => unknown;
  };
  /** Reads the deployment's key of pseudonyms; called once, and only if a contract of the batch pseudonymizes. */
  readonly pseudonymKey?: () => Promise<string>;
}

/**
 * Checks every file of the batch. Writes the typed good rows as Parquet for stage, the bad rows of each file as CSV, and the
 * reason of each invalid file. Writes the routing for the state machine last, so that everything it names exists.
 * A second run of the same batch writes the same objects.
 *
 * @throws ManifestMissingError, PseudonymKeyError, and errors of the bucket; faults of files are in the result
 */
export async function run(
  { executionId }: { executionId: string },
  deps: ValidateDeps,
): Promise<TaskOutcome<ValidateResult & ResultBase>> {
  const manifest = await readBatchManifest(deps.bucket, executionId);
  await mkdir(deps.workDirectory, { recursive: true });
  const waves = wavesOf(manifest.files);
  const threads = eventThreads(waves, deps);
  const db = await deps.openDuckDb(threads ? MAIN_SHARE : 1);
  try {
    const files = await validateAll(executionId, waves, { db, threads }, deps);
    await writeRouting(deps.bucket, executionId, files);
    return { counts: countsOf(files), files };
  } finally {
    await threads?.close();
    db.close();
  }
}

/** Threads are for more events than are checked together: their start takes time. */
function eventThreads(waves: readonly WaveFile[][], deps: ValidateDeps): EventThreads | undefined {
  const { catalog, threads } = deps;
  const ofEvents = waves.filter((wave) => wave.some(({ file }) => isEventFile(file.key, catalog.contracts)));
  const size = Math.min(threads?.max ?? 0, ofEvents.length);
  if (!threads || size < 2) return undefined;
  return new EventThreads(size, threads.program, (thread) =>
    threads.data((1 - MAIN_SHARE) / size, `events-${thread}`),
  );
}

/** By what the files of a deployment are judged. */
export function fileRules(
  catalog: ValidateDeps['catalog'],
  config: ValidateConfig,
  pseudonymKey: ValidateDeps['pseudonymKey'],
): FileRules {
  return {
    contracts: fileContracts(catalog),
    maxBadRowShare: config.MAX_BAD_ROW_SHARE,
    values: { timeZone: config.REPORTING_TIME_ZONE ?? 'UTC', currency: config.CURRENCY },
    pseudonym: pseudonyms(pseudonymKey),
    maxUnpackedBytes: config.MAX_UNPACKED_BYTES ?? 50 * GIB,
    maxUnpackedRatio: config.MAX_UNPACKED_RATIO ?? 200,
  };
}

async function validateAll(
  executionId: string,
  waves: readonly WaveFile[][],
  { db, threads }: { readonly db: DuckDb; readonly threads: EventThreads | undefined },
  deps: ValidateDeps,
): Promise<ValidatedFile[]> {
  const { sources, contract } = deps.catalog;
  const rules = fileRules(deps.catalog, deps.config, deps.pseudonymKey);
  const oneAtATime = atMost(1);
  const { bucket, workDirectory, clock, logger } = deps;
  const atOnce = MAX_WAVES + (threads ? threads.size - 1 : 0);
  const validated = await inParallel(atOnce, waves, (wave) =>
    validateWave(wave, {
      bucket,
      workDirectory,
      clock,
      logger,
      executionId,
      rules: { ...rules, contracts: headerContracts(rules.contracts) },
      isEventFile: (key) => isEventFile(key, rules.contracts),
      checkEvents: (events, directory) =>
        threads?.check(events, directory) ?? oneAtATime(() => checkEvents(events, rules, db, directory)),
      check: (inspected, rowsPath) => oneAtATime(() => checkFiles(inspected, rules, db, rowsPath)),
      map: (file) => {
        const source = sources.find(({ name }) => name === file.header.contract.kind);
        return source && oneAtATime(() => mapFile(file, source, { db, rules, contract }));
      },
    }),
  );
  return validated.flat();
}

function countsOf(files: readonly ValidatedFile[]): ValidateResult['counts'] {
  const withOutcome = (outcome: ValidatedFile['outcome']) =>
    files.filter((file) => file.outcome === outcome).length;
  const sum = (of: (file: ValidatedFile) => number) => files.reduce((total, file) => total + of(file), 0);
  return {
    files: files.length,
    valid: withOutcome('valid'),
    invalid: withOutcome('invalid'),
    duplicate: withOutcome('duplicate'),
    gone: withOutcome('gone'),
    replaced: withOutcome('replaced'),
    rows: sum(({ rows }) => rows),
    bad_rows: sum(({ bad_rows }) => bad_rows),
    left_out_rows: sum(({ left_out_rows = 0 }) => left_out_rows),
    deleted_rows: sum(({ deleted_rows = 0 }) => deleted_rows),
  };
}
