import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { COMMON_VARIABLES, DAY_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { secretText } from '../../storage/secret';
import { sqsDeadLetters } from './dead-letters';
import { type BatchResponse, run, type WriteEvents } from './ingest';
import { recordsOf } from './records';

const config = loadConfig(process.env, {
  LOG_LEVEL: COMMON_VARIABLES.LOG_LEVEL,
  BUCKET_NAME: COMMON_VARIABLES.BUCKET_NAME,
  EVENT_DEAD_LETTER_QUEUE_URL: z.string().min(1),
  /** The secret with the address of the warehouse, if there is one. */
  WAREHOUSE_SECRET_ARN: z.string().min(1).optional(),
  /** `host:port/database`, if the secret has only the account. */
  WAREHOUSE_SERVER: z.string().min(1).optional(),
  PSEUDONYM_SECRET_ARN: z.string().min(1).optional(),
  CURRENCY: z.string().optional(),
  ...DAY_VARIABLES,
});

async function writeEvents(): Promise<WriteEvents | undefined> {
  const { WAREHOUSE_SECRET_ARN: secret, WAREHOUSE_SERVER: server, PSEUDONYM_SECRET_ARN: key } = config;
  if (secret === undefined) return undefined;
  // Most deployments have no warehouse, and need neither its client nor the contracts.
  const { catalog } = await import('../../catalog/catalog');
  const { warehouseEvents } = await import('./warehouse-events');
  const { connectWarehouse } = await import('../../serving/warehouse/connection');
  const { warehouseAddress } = await import('../../serving/warehouse/warehouse-secret');
  return warehouseEvents({
    contracts: catalog.contracts,
    values: { timeZone: config.REPORTING_TIME_ZONE, currency: config.CURRENCY },
    pseudonymKey: key === undefined ? undefined : () => secretText(key),
    connectWarehouse: async () =>
      connectWarehouse(warehouseAddress(await secretText(secret), secret, server)),
  });
}

const deps = {
  bucket: s3Bucket(s3Client(), config.BUCKET_NAME),
  deadLetters: sqsDeadLetters(new SQSClient({}), config.EVENT_DEAD_LETTER_QUEUE_URL),
  clock: () => new Date(),
  logger: taskLogger('ingest', config.LOG_LEVEL),
};

let writer: ReturnType<typeof writeEvents> | undefined;

/** Called by the event source mappings of the queue, the stream and the topics. */
export async function handler(event: unknown): Promise<BatchResponse> {
  writer ??= writeEvents();
  return run(recordsOf(event), { ...deps, writeEvents: await writer });
}
