/** The supported part of AWS::ECS::TaskDefinition, with the image directory on disk. */
export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly cpu: string;
  readonly memory: string;
  /** Role of the container's process; undefined: it gets no credentials. */
  readonly taskRoleArn: string | undefined;
  /** Role with which Fargate pulls the image and writes the log. */
  readonly executionRoleArn: string | undefined;
  /** Tasks with several containers are not supported locally. */
  readonly container: ContainerDefinition;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  /** The image's build context, used as the working directory. */
  readonly imageDirectory: string;
  readonly entryPoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Options of the awslogs driver. */
  readonly log: { readonly group: string; readonly streamPrefix: string } | undefined;
  /** Time between SIGTERM and SIGKILL. */
  readonly stopTimeoutSeconds: number;
}

export const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** A request that ECS rejects; `code` is the error code of its API. */
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
