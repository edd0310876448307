import { AwsError } from '../endpoint/service';
import { invalidArgument } from './errors';

interface ShardIterator {
  readonly stream: string;
  readonly shard: number;
  /** The position of the next record. */
  readonly position: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

const VALID_MS = 5 * 60 * 1000;

/** An iterator is a position in a shard; it is opaque to callers. */
export function writeIterator({ stream, shard, position, issuedAt }: ShardIterator): string {
  return Buffer.from(JSON.stringify([stream, shard, position, issuedAt])).toString('base64');
}

/** @throws AwsError InvalidArgumentException */
export function readIterator(text: string): ShardIterator {
  try {
    const [stream, shard, position, issuedAt] = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    return { stream, shard, position, issuedAt };
  } catch {
    throw invalidArgument('Invalid ShardIterator.');
  }
}

/** @throws AwsError ExpiredIteratorException after five minutes, as on AWS */
export function assertFresh({ issuedAt }: ShardIterator, now: number): void {
  if (now - issuedAt <= VALID_MS) return;
  throw new AwsError(
    'ExpiredIteratorException',
    `Iterator expired. The iterator was created at time ${new Date(issuedAt).toISOString()} while right now it is ${new Date(now).toISOString()} which is further in the future than the tolerated delay of ${VALID_MS} milliseconds.`,
  );
}
