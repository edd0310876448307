import { randomUUID } from 'node:crypto';
import type { DuckDb } from '../engine/duckdb/session';
import type { Bucket } from '../storage/bucket';

export interface LakeLogger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

/** What the lake's functions need of the world. */
export interface Lake {
  readonly bucket: Bucket;
  readonly db: DuckDb;
  /** An existing directory for downloaded and new data files; whoever made it removes it. */
  readonly workDirectory: string;
  readonly clock: () => Date;
  readonly logger?: LakeLogger;
  /** A UUID, another one each time; random ones where it is not given. */
  readonly newId?: () => string;
  /** What the entries of merges hold as `userMetadata`: the execution they are made for. */
  readonly userMetadata?: string;
}

export function newId(lake: Pick<Lake, 'newId'>): string {
  return lake.newId?.() ?? randomUUID();
}

/** A name for a temporary table of DuckDB that no other call uses. */
export function temporaryName(lake: Pick<Lake, 'newId'>, role: string): string {
  return `lake_${role}_${newId(lake).replaceAll('-', '')}`;
}
