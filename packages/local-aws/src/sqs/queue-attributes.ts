import { AwsError } from '../endpoint/service';
import { invalidParameter } from './errors';

/** The settable attributes of a queue, as strings, including defaults. */
export type QueueAttributes = Readonly<Record<string, string>>;

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** Ranges and defaults: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const NUMBERS: Readonly<Record<string, readonly [min: number, max: number, standard: number]>> = {
  DelaySeconds: [0, 900, 0],
  MaximumMessageSize: [1024, 1_048_576, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  VisibilityTimeout: [0, 43_200, 30],
};

const BOOLEANS = ['SqsManagedSseEnabled'];
/** Stored and returned, without effect. */
const STRINGS = ['Policy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'];
const FIFO = ['FifoQueue', 'ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export const DEFAULT_ATTRIBUTES: QueueAttributes = {
  ...Object.fromEntries(Object.entries(NUMBERS).map(([name, [, , standard]]) => [name, String(standard)])),
  SqsManagedSseEnabled: 'true',
};

/**
 * Validates and merges attributes; an empty string removes a policy or key.
 * @param hasQueue whether a queue with this ARN exists
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue, or UnsupportedOperation for FIFO
 */
export function mergeAttributes(
  current: QueueAttributes,
  given: QueueAttributes,
  hasQueue: (arn: string) => boolean,
): QueueAttributes {
  const merged: Record<string, string> = { ...current };
  for (const [name, value] of Object.entries(given)) {
    const range = NUMBERS[name];
    if (FIFO.includes(name)) {
      if (value === 'false') continue;
      throw fifoUnsupported(`the attribute ${name}`);
    }
    if (range) {
      checkRange(name, value, range);
    } else if (BOOLEANS.includes(name)) {
      if (value !== 'true' && value !== 'false') throw invalidValue(name, value, 'expected true or false');
    } else if (name === 'RedrivePolicy') {
      if (value !== '') {
        merged[name] = JSON.stringify(checkRedrivePolicy(value, hasQueue));
        continue;
      }
    } else if (!STRINGS.includes(name)) {
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
    if (value === '') delete merged[name];
    else merged[name] = range ? String(Number(value)) : value;
  }
  return merged;
}

/** undefined if the queue has no dead-letter queue. */
export function redrivePolicy(attributes: QueueAttributes): RedrivePolicy | undefined {
  return attributes.RedrivePolicy === undefined ? undefined : JSON.parse(attributes.RedrivePolicy);
}

export const fifoUnsupported = (what: string) =>
  new AwsError(
    'UnsupportedOperation',
    `FIFO queues are not supported locally (${what}): use a standard queue.`,
  );

function checkRange(name: string, value: string, [min, max]: readonly [number, number, number]): void {
  if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) {
    throw invalidValue(name, value, `expected a whole number from ${min} to ${max}`);
  }
}

function checkRedrivePolicy(text: string, hasQueue: (arn: string) => boolean): RedrivePolicy {
  const bad = (reason: string) =>
    invalidParameter(`Value ${text} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown } | null;
  try {
    policy = JSON.parse(text);
  } catch {
    throw bad('Redrive policy is not a valid JSON map.');
  }
  const deadLetterTargetArn = policy?.deadLetterTargetArn;
  const maxReceiveCount = Number(policy?.maxReceiveCount);
  if (typeof deadLetterTargetArn !== 'string')
    throw bad('Redrive policy does not contain deadLetterTargetArn.');
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
    throw bad('maxReceiveCount must be a whole number from 1 to 1000.');
  }
  if (!hasQueue(deadLetterTargetArn)) throw bad('Dead letter target does not exist.');
  return { deadLetterTargetArn, maxReceiveCount };
}

function invalidValue(name: string, value: string, expected: string): AwsError {
  return new AwsError(
    'InvalidAttributeValue',
    `Invalid value ${JSON.stringify(value)} for ${name}: ${expected}.`,
  );
}
