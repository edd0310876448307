interface RetryPolicy {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy?: 'FULL';
}

/** The retry policies that the definitions name, with the longest wait each can add. */
const RETRY_POLICIES: Readonly<Record<string, RetryPolicy>> = {
  /** A task that exited with an error, or could not be placed, or files that were not moved: at most 2 + 4 = 6 s of waiting. */
  RETRY_TASK: {
    ErrorEquals: ['States.TaskFailed'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 2,
    JitterStrategy: 'FULL',
  },

  /** A task that failed by itself as a function: as often and as long as one that ran on Fargate. */
  RETRY_TASK_FUNCTION: {
    ErrorEquals: ['TaskFailed'],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxAttempts: 2,
    JitterStrategy: 'FULL',
  },

  /** S3 answered 5xx, or did not answer: 1 + 2 = 3 s. */
  RETRY_S3: {
    ErrorEquals: ['S3.S3Exception', 'S3.SdkClientException'],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 2,
  },

  /** Lambda itself failed or throttled, not our code: at most 1 + 2 + 4 + 8 + 16 = 31 s. */
  RETRY_LAMBDA: {
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
  },

  /**
   * The function of an image is inactive after weeks without a call: Lambda rejects calls until it has prepared the image
   * again, for a minute or two. Or an update of the function is in progress. 12 x 10 = 120 s. AWSLambdaException is the name
   * of every error that the client of Step Functions does not know, which in older versions includes the first one.
   * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
   */
  RETRY_INACTIVE_FUNCTION: {
    ErrorEquals: [
      'Lambda.CodeArtifactUserPendingException',
      'Lambda.CodeArtifactUserDeletedException',
      'Lambda.ResourceNotReadyException',
      'Lambda.ResourceConflictException',
      'Lambda.AWSLambdaException',
    ],
    IntervalSeconds: 10,
    BackoffRate: 1,
    MaxAttempts: 12,
  },

  /** EMR Serverless did not take the job: throttled, out of quota, or about to stop its application: 10 + 20 + 40 + 80 + 160 = 310 s. */
  RETRY_SPARK: {
    ErrorEquals: [
      'EMRServerless.ThrottlingException',
      'EMRServerless.ConflictException',
      'EMRServerless.ServiceQuotaExceededException',
      'EMRServerless.InternalServerException',
      'EMRServerless.SdkClientException',
    ],
    IntervalSeconds: 10,
    BackoffRate: 2,
    MaxAttempts: 5,
  },

  /**
   * A job failed, such as one whose driver was lost: once more, after 30 s, as its batch may be too large for Fargate. The same plan can be
   * carried out again: every run writes files of its own, and the manifest names those of one.
   */
  RETRY_SPARK_JOB: {
    ErrorEquals: ['States.TaskFailed'],
    IntervalSeconds: 30,
    BackoffRate: 1,
    MaxAttempts: 1,
  },

  /** Step Functions itself failed or throttled the start of a task: 1 + 2 + 4 = 7 s. The nested execution retries the task. */
  RETRY_RUN_TASK: {
    ErrorEquals: ['StepFunctions.AWSStepFunctionsException', 'StepFunctions.SdkClientException'],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 3,
  },

  /** SNS did not take the message: 1 + 2 + 4 = 7 s. */
  RETRY_SNS: { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 },
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
