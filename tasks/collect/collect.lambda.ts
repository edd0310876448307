import { randomUUID } from 'node:crypto';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { COMMON_VARIABLES, ConfigError, loadConfig } from '../../runtime/config';
import { taskLogger } from '../../runtime/logger';
import type { EventSink } from '../../storage/event-sink';
import { kinesisEvents } from '../../storage/kinesis-events';
import { secretText } from '../../storage/secret';
import { sqsEvents } from '../../storage/sqs-events';
import type { Answer } from './answer';
import { KeyRing } from './api-keys';
import { run } from './collect';
import { requestOf } from './request';

const config = loadConfig(process.env, {
  LOG_LEVEL: COMMON_VARIABLES.LOG_LEVEL,
  API_KEYS_SECRET_ARN: z.string().min(1),
  /** Where events go: the stream, if there is one, otherwise the queue. */
  EVENT_STREAM_NAME: z.string().min(1).optional(),
  EVENT_QUEUE_URL: z.string().min(1).optional(),
  /** Milliseconds after which the client gets 503, before the function times out. */
  STORE_DEADLINE_MS: z.coerce.number().int().positive(),
});

const logger = taskLogger('collect', config.LOG_LEVEL);
const clock = () => new Date();

function sink(): EventSink {
  const { EVENT_STREAM_NAME: stream, EVENT_QUEUE_URL: queue, STORE_DEADLINE_MS: deadline } = config;
  if (stream !== undefined) return kinesisEvents(new KinesisClient({}), stream, deadline);
  if (queue !== undefined) return sqsEvents(new SQSClient({}), queue, deadline);
  throw new ConfigError('environment: EVENT_QUEUE_URL or EVENT_STREAM_NAME is missing');
}

const deps = {
  keys: new KeyRing(() => secretText(config.API_KEYS_SECRET_ARN), clock, logger),
  sink: sink(),
  clock,
  newId: randomUUID,
  logger,
};

/** Called by the HTTP API for `POST /events`. */
export async function handler(event: unknown): Promise<Answer> {
  return run(requestOf(event), deps);
}
