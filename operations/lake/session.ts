import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDb } from '../../engine/duckdb/session';
import type { Lake } from '../../lake/lake';
import { s3Bucket } from '../../storage/s3-bucket';
import type { Deployment } from '../deployment';
import { Downloads } from './downloads';

/** Local access to a deployment's lake. */
export interface LakeSession {
  readonly lake: Lake;
  /** Data files downloaded for queries. */
  readonly downloads: Downloads;
  /** Deletes the downloads; to be called when no query is running. */
  close(): Promise<void>;
}

export async function openLakeSession({ s3, bucket }: Deployment): Promise<LakeSession> {
  const workDirectory = await mkdtemp(path.join(tmpdir(), 'daybook-lake-'));
  const remove = () => rm(workDirectory, { recursive: true, force: true });
  try {
    const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb') });
    return {
      lake: { bucket: s3Bucket(s3, bucket), db, workDirectory, clock: () => new Date() },
      downloads: new Downloads(path.join(workDirectory, 'query-files')),
      async close() {
        db.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs work with a session for a deployment's lake; its downloads are deleted afterwards. */
export async function withLake<Result>(
  deployment: Deployment,
  work: (lake: Lake, session: LakeSession) => Promise<Result>,
): Promise<Result> {
  const session = await openLakeSession(deployment);
  try {
    return await work(session.lake, session);
  } finally {
    await session.close();
  }
}
