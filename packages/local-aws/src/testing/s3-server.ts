import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { startEndpoint } from '../endpoint/endpoint';
import type { FaultInjection } from '../fault-injection';
import { createS3Service, type S3Service, type S3ServiceOptions } from '../s3/service';
import { clientConfig } from './scene';

export const BUCKET = 'shop';
export const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:files';

/** The local S3 behind an endpoint of its own, with one bucket and an SDK client. */
export interface TestServer {
  readonly service: S3Service;
  readonly client: S3Client;
  readonly port: number;
  readonly directory: string;
  /** Delivered messages, oldest first. */
  readonly delivered: { queueArn: string; body: string }[];
  /** Stops the server and keeps the directory for another `startServer`. */
  halt(): Promise<void>;
  /** Stops the server and removes the directory. */
  stop(): Promise<void>;
}

export async function startServer(
  options: Partial<S3ServiceOptions> & { readonly faults?: Pick<FaultInjection, 'intercept'> } = {},
  config: S3ClientConfig = {},
): Promise<TestServer> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'local-aws-s3-')));
  const delivered: { queueArn: string; body: string }[] = [];
  const deliver = async (queueArn: string, body: string) => void delivered.push({ queueArn, body });
  const service = await createS3Service({ deliver, ...options, directory });
  await service.createBucket(BUCKET);

  const endpoint = await startEndpoint({ services: [service], faults: options.faults });
  const client = new S3Client({ ...clientConfig(endpoint.url), forcePathStyle: true, ...config });
  const halt = async () => {
    client.destroy();
    await endpoint.close();
  };
  return {
    service,
    client,
    port: endpoint.port,
    directory,
    delivered,
    halt,
    async stop() {
      await halt();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The error name and status of a request that must fail. */
export async function refusal(
  request: Promise<unknown>,
): Promise<{ name: string; status: number | undefined }> {
  try {
    await request;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    return { name, status: $metadata?.httpStatusCode };
  }
  throw new Error('expected the request to fail');
}
