/** The retry policies that the definitions name, with the longest wait each can add. */

interface RetryPolicy {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy?: 'FULL';
}

/** A task that exited with an error, or could not be placed, or files that were not moved: at most 2 + 4 = 6 s of waiting. */
const RETRY_TASK: RetryPolicy = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 2,
  JitterStrategy: 'FULL',
};

/** A task that failed as a function, of its own account: as often and as long as one that ran on Fargate. */
const RETRY_TASK_FUNCTION: RetryPolicy = { ...RETRY_TASK, ErrorEquals: ['TaskFailed'] };

/** S3 answered 5xx, or did not answer: 1 + 2 = 3 s. */
const RETRY_S3: RetryPolicy = {
  ErrorEquals: ['S3.S3Exception', 'S3.SdkClientException'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 2,
};

/** Lambda itself failed or throttled, not our code: at most 1 + 2 + 4 + 8 + 16 = 31 s. */
const RETRY_LAMBDA: RetryPolicy = {
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

/** Step Functions itself failed or throttled when a task was to be started: 1 + 2 + 4 = 7 s. A task's own retries are nested. */
const RETRY_RUN_TASK: RetryPolicy = {
  ErrorEquals: ['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 3,
};

/** SNS did not take the message: 1 + 2 + 4 = 7 s. */
const RETRY_SNS: RetryPolicy = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 3,
};

const RETRY_POLICIES: Readonly<Record<string, RetryPolicy>> = {
  RETRY_TASK,
  RETRY_TASK_FUNCTION,
  RETRY_S3,
  RETRY_LAMBDA,
  RETRY_RUN_TASK,
  RETRY_SNS,
};

/** A definition as Step Functions takes it, each Retry its policies in place of their names. @throws RangeError for another name */
export function withRetryPolicies<Definition extends object>(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition), (field, value) =>
    field === 'Retry' ? value.map(policyOf) : value,
  );
}

function policyOf(name: string): RetryPolicy {
  const policy = RETRY_POLICIES[name];
  if (!policy) throw new RangeError(`expected one of ${Object.keys(RETRY_POLICIES).join(', ')}, got ${name}`);
  return policy;
}
