import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { s3Bucket } from '../../storage/s3-bucket';
import { s3Client } from '../../storage/s3-client';
import { sqsDeadLetters } from './dead-letters';
import { type BatchResponse, run } from './ingest';
import { recordsOf } from './records';

const config = loadConfig(process.env, {
  LOG_LEVEL: COMMON_VARIABLES.LOG_LEVEL,
  BUCKET_NAME: COMMON_VARIABLES.BUCKET_NAME,
  EVENT_DEAD_LETTER_QUEUE_URL: z.string().min(1),
});

const deps = {
  bucket: s3Bucket(s3Client(), config.BUCKET_NAME),
  deadLetters: sqsDeadLetters(new SQSClient({}), config.EVENT_DEAD_LETTER_QUEUE_URL),
  clock: () => new Date(),
  logger: taskLogger('ingest', config.LOG_LEVEL),
};

/** Called by the event source mappings of the queue, the stream and the topics. */
export async function handler(event: unknown): Promise<BatchResponse> {
  return run(recordsOf(event), deps);
}
