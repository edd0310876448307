import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { ignoreStatus } from './s3-status';

/**
 * One orchestrator at a time where Lambda does not see to it: an object that names who is at work, and until when. It is
 * written on condition of the version that was read, so of two that reach for it one gets it.
 */
export interface LeaseOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** How long a holder can be at work at most, in milliseconds: after that it is gone, and another may take over. */
  readonly termMs: number;
  readonly clock: () => Date;
  /** Between looks at a lease that another has. */
  readonly pauseMs?: number;
}

/** Another orchestrator was at work for as long as this one waited. */
export class LeaseTakenError extends Error {
  override readonly name = 'LeaseTakenError';
  constructor(
    readonly key: string,
    readonly patienceMs: number,
  ) {
    super(`${key}: another orchestrator was at work for the ${patienceMs / 1000} s that this one waited`);
  }
}

const leaseSchema = z.object({
  holder: z.string(),
  /** Epoch milliseconds; 0 once it was given back. */
  until: z.number(),
});
type Lease = z.infer<typeof leaseSchema>;

/**
 * Runs `work` while no other holder does, and gives the lease back after it, whatever came of it.
 * @param patienceMs how long to wait for another holder
 * @throws LeaseTakenError, and then `work` did not run
 */
export async function withLease<Result>(
  options: LeaseOptions,
  patienceMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock, pauseMs = 500 } = options;
  const holder = randomUUID();
  const deadline = clock().getTime() + patienceMs;
  let etag = await acquire(options, holder);
  while (etag === undefined) {
    if (clock().getTime() >= deadline) throw new LeaseTakenError(options.key, patienceMs);
    await sleep(pauseMs);
    etag = await acquire(options, holder);
  }
  try {
    return await work();
  } finally {
    // One that cannot be given back runs out by itself.
    await write(options, { holder, until: 0 }, etag).catch(() => undefined);
  }
}

/** The version of the lease that is ours; undefined while it is another's. */
async function acquire(options: LeaseOptions, holder: string): Promise<string | undefined> {
  const now = options.clock().getTime();
  const current = await read(options);
  // A request that was sent twice can have met its own first attempt.
  if (current?.lease.holder === holder) return current.etag;
  if (current && current.lease.until > now) return undefined;
  return write(options, { holder, until: now + options.termMs }, current?.etag);
}

async function read({ client, bucket, key }: LeaseOptions) {
  const found = await ignoreStatus([404], client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  if (!found?.Body) return undefined;
  return {
    lease: leaseSchema.parse(JSON.parse(await found.Body.transformToString())),
    etag: found.ETag ?? '',
  };
}

/** @param replaces the version that must be there; nothing, where undefined. @returns undefined where another came first */
async function write(
  { client, bucket, key }: LeaseOptions,
  lease: Lease,
  replaces: string | undefined,
): Promise<string | undefined> {
  const condition = replaces === undefined ? { IfNoneMatch: '*' } : { IfMatch: replaces };
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: `${JSON.stringify(lease)}\n`,
    ContentType: 'application/json',
    ...condition,
  });
  return (await ignoreStatus([404, 409, 412], client.send(command)))?.ETag;
}
