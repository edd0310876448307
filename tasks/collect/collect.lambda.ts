import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { COMMON_VARIABLES, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import { secretText } from '../../storage/secret';
import { sqsEvents } from '../../storage/sqs-events';
import type { Answer } from './answer';
import { KeyRing } from './api-keys';
import { run } from './collect';
import { requestOf } from './request';

const config = loadConfig(process.env, {
  LOG_LEVEL: COMMON_VARIABLES.LOG_LEVEL,
  API_KEYS_SECRET_ARN: z.string().min(1),
  EVENT_QUEUE_URL: z.string().min(1),
  /** Milliseconds after which the client gets 503, before the function times out. */
  STORE_DEADLINE_MS: z.coerce.number().int().positive(),
});

const logger = taskLogger('collect', config.LOG_LEVEL);
const clock = () => new Date();

const deps = {
  keys: new KeyRing(() => secretText(config.API_KEYS_SECRET_ARN), clock, logger),
  sink: sqsEvents(new SQSClient({}), config.EVENT_QUEUE_URL, config.STORE_DEADLINE_MS),
  clock,
  newId: randomUUID,
  logger,
};

/** Called by the HTTP API for `POST /events`. */
export async function handler(event: unknown): Promise<Answer> {
  return run(requestOf(event), deps);
}
