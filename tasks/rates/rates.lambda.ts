import { tmpdir } from 'node:os';
import { z } from 'zod';
import type { RatesOutcome } from '../../domain/workflow';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { run } from './rates';

const config = loadConfig(process.env, {
  LOG_LEVEL: COMMON_VARIABLES.LOG_LEVEL,
  BUCKET_NAME: COMMON_VARIABLES.BUCKET_NAME,
  RATES_URL: z.url(),
});

const deps = {
  bucket: s3Bucket(s3Client(), config.BUCKET_NAME),
  url: config.RATES_URL,
  fetch,
  workDirectory: tmpdir(),
  logger: taskLogger('rates', config.LOG_LEVEL),
};

/** The input of the schedule, or of a person who wants all rates again. */
const inputSchema = z.object({ everything: z.boolean().default(false) });

export async function handler(event: unknown): Promise<RatesOutcome> {
  return run(inputSchema.parse(event ?? {}), deps);
}
