import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { ignoreErrors } from './s3-errors';

/**
 * A lease, for one orchestrator at a time where Lambda does not guarantee it: an object with the holder and the time when
 * the lease expires. It is written on condition of the ETag that was read, so only one of two concurrent writers gets it.
 */
export interface LeaseOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  /** The longest time that a holder can work, in milliseconds: after it the lease expires and another may take it. */
  readonly termMs: number;
  readonly clock: () => Date;
  /** Milliseconds between attempts to take a lease that another holds. */
  readonly pauseMs?: number;
}

/** Another orchestrator held the lease for as long as this one waited. */
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
  /** Epoch milliseconds; 0 once it was released. */
  until: z.number(),
});
type Lease = z.infer<typeof leaseSchema>;

/**
 * Runs `work` while holding the lease, and releases it afterwards, even if `work` fails.
 * @param patienceMs how long to wait for another holder
 * @throws LeaseTakenError: `work` did not run
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
    // If it cannot be released, it expires.
    await write(options, { holder, until: 0 }, etag).catch(() => undefined);
  }
}

/** The ETag of our lease; undefined while another holds it. */
async function acquire(options: LeaseOptions, holder: string): Promise<string | undefined> {
  const now = options.clock().getTime();
  const current = await read(options);
  if (current?.lease.holder === holder) return current.etag;
  if (current && current.lease.until > now) return undefined;
  const etag = await write(options, { holder, until: now + options.termMs }, current?.etag);
  if (etag !== undefined) return etag;
  // A retried request may find what its own first attempt wrote.
  const found = await read(options);
  return found?.lease.holder === holder ? found.etag : undefined;
}

async function read({ client, bucket, key }: LeaseOptions) {
  const found = await ignoreErrors(
    ['NoSuchKey'],
    client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
  );
  if (!found?.Body) return undefined;
  return {
    lease: leaseSchema.parse(JSON.parse(await found.Body.transformToString())),
    etag: found.ETag ?? '',
  };
}

/** @param replaces the ETag to replace; undefined: the object must not exist. @returns undefined if another wrote first */
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
  return (await ignoreErrors(['NoSuchKey', 'PreconditionFailed'], client.send(command)))?.ETag;
}
