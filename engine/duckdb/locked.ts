import { rm } from 'node:fs/promises';
import { types } from 'node:util';
import { quoteList } from './quote';
import { DuckDb } from './session';

const INTERRUPT_MS = 50;

/** From now on only these files can be read or written, no extension can be loaded, and no setting changed. */
export async function lock(db: DuckDb, files: readonly string[] = []): Promise<void> {
  await db.run(`set allowed_paths = ${quoteList(files)}`);
  await db.run('set enable_external_access = false');
  await db.run('set lock_configuration = true');
}

export interface LockedOptions {
  /** For spilled data; created, and removed afterwards. */
  readonly directory: string;
  /** A size in DuckDB's notation, `500MB`; larger intermediate results are spilled to disk. */
  readonly memoryLimit: string;
}

/**
 * Gives work a DuckDB instance of its own, without access to files, network and settings. It has one thread, so that the order
 * of rows, and with it every result, is the same each time.
 */
export async function inLocked<Result>(
  { directory, memoryLimit }: LockedOptions,
  work: (db: DuckDb) => Promise<Result>,
): Promise<Result> {
  const db = await DuckDb.open({ tempDirectory: directory, memoryLimit, threads: 1 });
  try {
    await lock(db);
    return await work(db);
  } finally {
    db.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Work in DuckDB took longer than its time limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  constructor(readonly limitMs: number) {
    super(`timed out after ${limitMs / 1000} s`);
  }
}

/**
 * Interrupts the statement of work that takes longer than the limit.
 * @throws TimeLimitError
 */
export async function withTimeLimit<Result>(
  { connection }: DuckDb,
  limitMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  let interrupting: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => {
    // An interrupt between two statements has no effect.
    interrupting = setInterval(() => connection.interrupt(), INTERRUPT_MS);
  }, limitMs);
  try {
    return await work();
  } catch (error) {
    throw interrupting && isInterrupt(error) ? new TimeLimitError(limitMs) : error;
  } finally {
    clearTimeout(timer);
    clearInterval(interrupting);
  }
}

const isInterrupt = (error: unknown): boolean =>
  types.isNativeError(error) && error.message.startsWith('INTERRUPT');
