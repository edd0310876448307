/** The supported part of AWS::Lambda::Function, with the code directory on disk. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly logGroup: string;
  /** True if X-Ray tracing is active. */
  readonly isTraced: boolean;
  /** The zip asset's directory, or the image's build context. */
  readonly codeDirectory: string;
  /** `index.handler`; unused for an image. */
  readonly handler: string;
  /** For an image: its command, such as `['node', 'validate.cjs']`. */
  readonly image?: { readonly command: readonly string[] } | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** undefined: none reserved. */
  readonly reservedConcurrency: number | undefined;
}

export interface InvocationResult {
  readonly requestId: string;
  /** JSON text: the function's result or error. */
  readonly payload: string;
  /** Set if the function failed. */
  readonly functionError?: 'Unhandled';
}

/** A request that Lambda rejects; `code` is the error code of its API. */
export class LambdaError extends Error {
  constructor(
    readonly code:
      | 'ResourceNotFoundException'
      | 'ResourceConflictException'
      | 'InvalidParameterValueException'
      | 'TooManyRequestsException'
      | 'InvalidRequestContentException'
      | 'CodeArtifactUserPendingException'
      | 'SdkClientException'
      | 'ServiceException',
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'LambdaError';
  }
}
