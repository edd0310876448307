/**
 * The retry policies of pipeline.asl.json by name, with the longest wait each can add. The ASL has no names for them;
 * a test holds every state's Retry against this list.
 */

export interface RetryPolicy {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy?: 'FULL';
}

/** A task that exited with an error, or could not be placed, or files that were not moved: at most 2 + 4 = 6 s of waiting. */
export const RETRY_TASK: RetryPolicy = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 2,
  JitterStrategy: 'FULL',
};

/** A task that failed as a function, of its own account: as often and as long as one that ran on Fargate. */
export const RETRY_TASK_FUNCTION: RetryPolicy = { ...RETRY_TASK, ErrorEquals: ['TaskFailed'] };

/** S3 answered 5xx, or did not answer: 1 + 2 = 3 s. */
export const RETRY_S3: RetryPolicy = {
  ErrorEquals: ['S3.S3Exception', 'S3.SdkClientException'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 2,
};

/** Lambda itself failed or throttled, not our code: at most 1 + 2 + 4 + 8 + 16 = 31 s. */
export const RETRY_LAMBDA: RetryPolicy = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 5,
  JitterStrategy: 'FULL',
};

/** SNS did not take the message: 1 + 2 + 4 = 7 s. */
export const RETRY_SNS: RetryPolicy = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 3,
};

export const RETRY_POLICIES = {
  RETRY_TASK,
  RETRY_TASK_FUNCTION,
  RETRY_S3,
  RETRY_LAMBDA,
  RETRY_SNS,
} as const;
