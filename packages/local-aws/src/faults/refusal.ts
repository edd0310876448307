import { AwsError } from '../endpoint/service';
import type { Refusal } from './rule';

/** Error code and status of each service; `other` for the rest. */
const ERRORS: Readonly<
  Record<
    'internal' | 'unavailable' | 'throttle' | 'conflict' | 'inactive',
    Readonly<Record<string, [string, number]>>
  >
> = {
  internal: {
    s3: ['InternalError', 500],
    sqs: ['InternalFailure', 500],
    sns: ['InternalFailure', 500],
    dynamodb: ['InternalServerError', 500],
    lambda: ['ServiceException', 500],
    ecs: ['ServerException', 500],
    other: ['InternalFailure', 500],
  },
  unavailable: { other: ['ServiceUnavailable', 503] },
  throttle: {
    s3: ['SlowDown', 503],
    sqs: ['RequestThrottled', 403],
    sns: ['Throttling', 400],
    dynamodb: ['ProvisionedThroughputExceededException', 400],
    kinesis: ['ProvisionedThroughputExceededException', 400],
    lambda: ['TooManyRequestsException', 429],
    other: ['ThrottlingException', 400],
  },
  conflict: { s3: ['ConditionalRequestConflict', 409] },
  inactive: { lambda: ['CodeArtifactUserPendingException', 409] },
};

/**
 * The service's error for a fault; an internal error for a fault without a response.
 * @param code of an error in a response with status 200
 */
export function refusalOf(service: string, how: Refusal, code = 'InternalError'): AwsError {
  const message = `An injected fault: ${how}.`;
  if (how === 'error-in-200') return new AwsError(code, message, 200);
  const kind = how === 'reset' || how === 'timeout' ? 'internal' : how;
  const errors = ERRORS[kind];
  const [name, status] = errors[service] ?? errors.other ?? ['InternalFailure', 500];
  return new AwsError(name, message, status);
}
