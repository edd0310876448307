/** A function as AWS::Lambda::Function describes it, its code found on disk. */
export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** What its process acts as. */
  readonly roleArn: string;
  /** The name of its log group. */
  readonly logGroup: string;
  /** Whether X-Ray is on. */
  readonly isTraced: boolean;
  /** Of a zip, or what the image was built from. */
  readonly codeDirectory: string;
  /** `index.handler`; means nothing beside an image. */
  readonly handler: string;
  /** Where the code is an image: what its process is started with, as `['node', 'validate.cjs']`. */
  readonly image?: { readonly command: readonly string[] } | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** undefined: none reserved. */
  readonly reservedConcurrency: number | undefined;
}

/** What came of an invocation. */
export interface InvocationResult {
  readonly requestId: string;
  /** JSON text: the function's result, or its error. */
  readonly payload: string;
  /** `Unhandled`, as Lambda says of every error of a function. */
  readonly functionError?: 'Unhandled';
}

/** A request that Lambda refuses; `code` as its API names it. */
export class LambdaError extends Error {
  constructor(
    readonly code:
      | 'ResourceNotFoundException'
      | 'TooManyRequestsException'
      | 'InvalidRequestContentException'
      | 'SdkClientException'
      | 'ServiceException',
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'LambdaError';
  }
}
