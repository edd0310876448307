import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { catalog } from '../../catalog/catalog';
import { ORCHESTRATOR_LEASE } from '../../domain/object-keys';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { taskMetrics } from '../../runtime/metrics';
import { dynamoDbLedger, ledgerClient } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { sqsQueue } from '../../storage/sqs-queue';
import { BATCH_LIMITS } from './batch';
import { stepFunctions } from './executions';
import { type OrchestrateOutcome, run } from './orchestrate';
import { Reconciler } from './reconcile';
import { takeTurns } from './take-turns';

const config = loadConfig(process.env, {
  ...COMMON_VARIABLES,
  QUEUE_URL: z.string().min(1),
  STATE_MACHINE_ARN: z.string().min(1),
  LEDGER_TABLE: z.string().min(3),
  /** Seconds that a message stays hidden after a receive, and while its execution runs. */
  RECEIVED_VISIBILITY: z.coerce.number().int().positive(),
  HELD_VISIBILITY: z.coerce.number().int().positive(),
  /** Seconds that a file can be in input/ without a message before it is re-queued. */
  RECONCILE_AFTER: z.coerce.number().int().positive(),
  /** Most files of one execution. */
  MAX_BATCH_FILES: z.coerce.number().int().positive().default(BATCH_LIMITS.files),
  /** Their bytes, as they lie in S3. A larger file has an execution of its own. */
  MAX_BATCH_BYTES: z.coerce.number().int().positive().default(BATCH_LIMITS.bytes),
  /** Seconds that files of events wait for others to share an execution. */
  EVENT_FILE_WAIT: z.coerce.number().int().nonnegative().default(0),
  /** Seconds of a lease, where no reserved concurrency prevents two orchestrators at a time. */
  LEASE_SECONDS: z.coerce.number().int().positive().optional(),
});

const s3 = s3Client();

const deps = {
  catalog,
  bucket: s3Bucket(s3, config.BUCKET_NAME),
  queue: sqsQueue(new SQSClient({}), config.QUEUE_URL, {
    received: config.RECEIVED_VISIBILITY,
    held: config.HELD_VISIBILITY,
  }),
  ledger: dynamoDbLedger(ledgerClient(), config.LEDGER_TABLE),
  executions: stepFunctions(new SFNClient({}), config.STATE_MACHINE_ARN),
  reconciler: new Reconciler(config.RECONCILE_AFTER * 1000),
  limits: { files: config.MAX_BATCH_FILES, bytes: config.MAX_BATCH_BYTES },
  eventFileWaitMs: config.EVENT_FILE_WAIT * 1000,
  clock: () => new Date(),
  logger: taskLogger('orchestrate', config.LOG_LEVEL),
  metrics: taskMetrics(config.METRICS_SERVICE),
};

/** The input of the schedule. */
const scheduledSchema = z.object({ source: z.literal('schedule') });

/** EventBridge's "Step Functions Execution Status Change"; and every other event is of the schedule or a person. */
const statusChangeSchema = z.object({
  source: z.literal('aws.states'),
  detail: z.object({ name: z.string(), status: z.string() }),
});

export async function handler(event: unknown): Promise<OrchestrateOutcome> {
  const change = statusChangeSchema.safeParse(event);
  const input = change.success
    ? { ended: { executionId: change.data.detail.name, status: change.data.detail.status } }
    : { isByHand: !scheduledSchema.safeParse(event).success };
  if (config.LEASE_SECONDS === undefined) return run(input, deps);
  const termMs = config.LEASE_SECONDS * 1000;
  const lease = {
    client: s3,
    bucket: config.BUCKET_NAME,
    key: ORCHESTRATOR_LEASE,
    termMs,
    clock: deps.clock,
  };
  return takeTurns(lease, input, () => run(input, deps));
}
