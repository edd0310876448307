import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { startEndpoint } from '../../src/endpoint/endpoint';
import type { FaultInjection } from '../../src/fault-injection';
import { createKinesisService } from '../../src/kinesis/service';
import { EventSourceMappings } from '../../src/lambda/event-sources/event-source-mappings';
import { MappingStore } from '../../src/lambda/event-sources/mapping-store';
import { sourcesOf } from '../../src/lambda/event-sources/open-source';
import type { FunctionConfig } from '../../src/lambda/function-config';
import { LambdaFunctions } from '../../src/lambda/functions';
import { createLambdaService } from '../../src/lambda/service';
import { DEFAULT_PLACE } from '../../src/place';
import { createS3Service } from '../../src/s3/service';
import { createSecretsService } from '../../src/secretsmanager/service';
import { createSnsService } from '../../src/sns/service';
import { createSqsService } from '../../src/sqs/service';
import { directoryOf, remove } from '../../src/testing/files';
import { iamWithRole } from '../../src/testing/roles';
import { clientConfig } from '../../src/testing/scene';
import { buildChild } from '../built';
import { functionConfig } from './function-config';

/** Writes each event to the file OUT, then fails by the bodies of its records. */
const CODE = `
  const { appendFileSync } = require('node:fs');
  const textOf = (record) => record.body ?? Buffer.from(record.kinesis?.data ?? record.value, 'base64').toString();
  const idOf = (record) => record.messageId ?? record.kinesis?.sequenceNumber
    ?? { partition: record.topic + '-' + record.partition, offset: record.offset };
  exports.handler = async (event) => {
    const records = event.Records ?? Object.values(event.records).flat();
    appendFileSync(process.env.OUT, JSON.stringify({ pid: process.pid, at: Date.now(), event }) + '\\n');
    const texts = records.map(textOf);
    for (const text of texts) {
      if (text.startsWith('wait ')) await new Promise((resolve) => setTimeout(resolve, Number(text.slice(5))));
    }
    if (texts.some((text) => text.startsWith('throw'))) throw new Error('a record that cannot be processed');
    const poison = records.filter((record) => textOf(record).startsWith('poison'));
    return { batchItemFailures: poison.map((record) => ({ itemIdentifier: idOf(record) })) };
  };`;

export const QUEUE_RIGHTS = {
  Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  Resource: '*',
};

export interface Invocation {
  readonly pid: number;
  readonly at: number;
  // biome-ignore lint/suspicious/noExplicitAny: the event of a service
  readonly event: any;
}

interface OpenOptions {
  /** Holds the state; a new directory by default. */
  readonly directory?: string;
  readonly rights?: readonly object[];
  readonly function?: Partial<FunctionConfig>;
  readonly faults?: FaultInjection;
  /** Bundle of the function's runtime; built by default. */
  readonly runtime?: string;
}

/** Queues, streams and event source mappings of one function, `consume`, behind an endpoint. */
export async function openEventSources(options: OpenOptions = {}) {
  const directory = options.directory ?? directoryOf();
  const code = directoryOf({ 'index.js': CODE });
  const out = path.join(directory, 'invocations.jsonl');
  const { iam, roleArn } = iamWithRole('lambda.amazonaws.com', options.rights ?? [QUEUE_RIGHTS]);
  const lines: string[] = [];
  let ahead = 0;
  const sqs = await createSqsService({
    directory: path.join(directory, 'sqs'),
    clock: () => new Date(Date.now() + ahead),
  });
  const kinesis = await createKinesisService({ directory: path.join(directory, 'kinesis') });
  const sns = await createSnsService({ directory: path.join(directory, 'sns'), deliver: sqs.send });
  const s3 = await createS3Service({ directory: path.join(directory, 's3') });
  const functions = new LambdaFunctions({
    ...DEFAULT_PLACE,
    iam,
    dataDirectory: directory,
    platform: () => ({}),
    runtime: options.runtime ?? buildChild('lambda/runtime.ts', code),
    faults: options.faults,
  });
  functions.deploy(
    functionConfig('consume', {
      roleArn,
      codeDirectory: code,
      environment: { OUT: out },
      ...options.function,
    }),
  );
  const services = {
    iam,
    functions,
    faults: options.faults,
    region: DEFAULT_PLACE.region,
    endpoint: () => endpoint.url,
    now: () => Date.now() + ahead,
    sendMessage: sqs.send,
    log: (line: string) => void lines.push(line),
  };
  const secrets = await createSecretsService({ directory: path.join(directory, 'secrets') });
  const store = new MappingStore(path.join(directory, 'lambda'));
  const mappings = new EventSourceMappings({
    store,
    functions,
    open: sourcesOf(services, { sqs, kinesis, secrets, store }),
    log: services.log,
  });
  const endpoint = await startEndpoint({
    services: [createLambdaService(functions, mappings), sqs, kinesis, sns, s3],
    access: iam,
  });
  const client = new LambdaClient(clientConfig(endpoint.url));
  const invocations = (): Invocation[] =>
    existsSync(out)
      ? readFileSync(out, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
  return {
    directory,
    iam,
    roleArn,
    sqs,
    kinesis,
    secrets,
    sns,
    s3,
    functions,
    mappings,
    client,
    endpoint,
    /** Lines of the log. */
    lines,
    invocations,
    /** The bodies of each batch of messages. */
    batches: () =>
      invocations().map(({ event }) => (event.Records as { body: string }[]).map(({ body }) => body)),
    /** Advances the clock of the queues. */
    advance(seconds: number) {
      ahead += 1000 * seconds;
    },
    async close(keep: { readonly directory?: boolean } = {}) {
      mappings.stop();
      await functions.drain(1000);
      await functions.close();
      await mappings.close();
      client.destroy();
      await endpoint.close();
      remove(code);
      if (!keep.directory) remove(directory);
    },
  };
}

export type EventSources = Awaited<ReturnType<typeof openEventSources>>;
