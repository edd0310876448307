import { z } from 'zod';
import { type MoveResult, moveInputSchema } from '../../domain/workflow';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { dynamoDbLedger, ledgerClient } from '../../storage/ledger/dynamodb-ledger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { run } from './move';

const config = loadConfig(process.env, { ...COMMON_VARIABLES, LEDGER_TABLE: z.string().min(3) });

const client = s3Client();

const clients = {
  s3: { client },
  bucket: s3Bucket(client, config.BUCKET_NAME),
  ledger: dynamoDbLedger(ledgerClient(), config.LEDGER_TABLE),
};

/** The Payload of MoveInvalidFiles and MoveValidFiles in the state machine. */
export async function handler(event: unknown): Promise<MoveResult> {
  const input = moveInputSchema.parse(event);
  const logger = taskLogger('move', config.LOG_LEVEL, { execution_id: input.execution_id });
  return run(input, { ...clients, logger });
}
