import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { billedSizesSchema, type ExecutionReport } from '../../domain/workflow';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { taskMetrics } from '../../runtime/metrics';
import { type CopyBack, copyBack } from '../../storage/copy-back';
import { dynamoDbLedger, ledgerClient } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { sqsQueue } from '../../storage/sqs-queue';
import { run } from './settle';

const config = loadConfig(process.env, {
  ...COMMON_VARIABLES,
  QUEUE_URL: z.string().min(1),
  LEDGER_TABLE: z.string().min(3),
  /** JSON: the sizes of the tasks. Without them the report has no usage. */
  BILLED_SIZES: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(billedSizesSchema)
    .optional(),
});

const client = s3Client();

const clients = {
  bucket: s3Bucket(client, config.BUCKET_NAME),
  copyBack: (file: CopyBack, uploadedAt: string) =>
    copyBack(file, () => uploadedAt, { client, bucket: config.BUCKET_NAME }),
  queue: sqsQueue(new SQSClient({}), config.QUEUE_URL),
  ledger: dynamoDbLedger(ledgerClient(), config.LEDGER_TABLE),
  metrics: taskMetrics(config.METRICS_SERVICE),
  ...(config.BILLED_SIZES && { billedSizes: config.BILLED_SIZES }),
};

/** The Payload of SettleBatch and ReleaseBatch in the state machine. */
const eventSchema = z.object({
  execution_id: z.string().min(1),
  mode: z.enum(['delete', 'release']),
  failure: z
    .record(z.string(), z.object({ Error: z.string().optional(), Cause: z.string().optional() }))
    .optional(),
});

export async function handler(event: unknown): Promise<ExecutionReport> {
  const { execution_id, mode, failure } = eventSchema.parse(event);
  return run(
    { executionId: execution_id, mode, failure },
    {
      ...clients,
      clock: () => new Date(),
      logger: taskLogger('settle', config.LOG_LEVEL, { execution_id }),
    },
  );
}
