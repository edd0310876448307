import type { Json, JsonObject } from '../json';

export interface TaskContext {
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateName: string;
  /** The state machine's role. */
  readonly roleArn: string;
  readonly stateMachineArn: string;
  /** Aborted when the task times out, the execution ends or an enclosing state fails. */
  readonly signal: AbortSignal;
  /** Records the service's response to the start of a `.sync` job. */
  readonly onSubmitted: (answer: JsonObject) => void;
}

/**
 * One service integration.
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
export interface Integration {
  /** `arn:aws:states:::lambda:invoke` */
  readonly resource: string;
  /** The supported fields of Parameters. */
  readonly parameters: readonly string[];
  /**
   * Returns the task's result, before ResultSelector.
   * @throws StateError with the error name of Step Functions
   */
  run(parameters: JsonObject, context: TaskContext): Promise<Json>;
}

export interface Integrations {
  find(resource: string): Integration | undefined;
}

/**
 * Splits an ARN for history events: `arn:aws:states:::aws-sdk:s3:copyObject` into `aws-sdk:s3` and `copyObject`,
 * `arn:aws:states:::states:startExecution.sync:2` into `states` and `startExecution.sync:2`.
 */
export function resourceParts(arn: string): { resourceType: string; resource: string } {
  const [, resourceType = '', resource = arn] = /:::(.+?):([^:]+(?::\d+)?)$/.exec(arn) ?? [];
  return { resourceType, resource };
}
