/** A task definition as far as it matters here: what AWS::ECS::TaskDefinition says, its images found on disk. */
export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly cpu: string;
  readonly memory: string;
  /** What the container's process acts as; undefined: it has no keys at all. */
  readonly taskRoleArn: string | undefined;
  /** What Fargate fetches the image and writes the log as. */
  readonly executionRoleArn: string | undefined;
  /** One: several containers in a task are not served locally. */
  readonly container: ContainerDefinition;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** What the image was built from, and the working directory of what runs in it. */
  readonly imageDirectory: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the awslogs driver. */
  readonly log: { readonly group: string; readonly streamPrefix: string } | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
}

export const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** A request that ECS refuses; `code` as its API names it. */
export class EcsError extends Error {
  constructor(
    readonly code:
      | 'AccessDeniedException'
      | 'ClientException'
      | 'ClusterNotFoundException'
      | 'InvalidParameterException'
      | 'SdkClientException'
      | 'ServerException'
      | 'ThrottlingException',
    message: string,
  ) {
    super(message);
    this.name = 'EcsError';
  }
}
