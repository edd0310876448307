import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDb } from '../lake/duckdb';
import type { Lake } from '../lake/lake';
import { s3Bucket } from '../lake/s3-bucket';
import type { Deployment } from './deployment';

/** Does something with a deployment's lake, on this computer; what it downloads is removed afterwards. */
export async function withLake<Result>(
  { s3, bucket }: Deployment,
  work: (lake: Lake) => Promise<Result>,
): Promise<Result> {
  const workDirectory = await mkdtemp(path.join(tmpdir(), 'daybook-lake-'));
  try {
    const db = await DuckDb.open({ tempDirectory: path.join(workDirectory, 'duckdb') });
    try {
      return await work({ bucket: s3Bucket(s3, bucket), db, workDirectory, clock: () => new Date() });
    } finally {
      db.close();
    }
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}
