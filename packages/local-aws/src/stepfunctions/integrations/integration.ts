import type { Json, JsonObject } from '../json';

/** What a task is told besides its parameters. */
export interface TaskContext {
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateName: string;
  /** The state machine's, under which the task works. */
  readonly roleArn: string;
  readonly stateMachineArn: string;
  /** Aborted when the task's time is over, its execution ended or the Map around it failed: let go of everything. */
  readonly signal: AbortSignal;
  /** To be told, in the history too, what a service answered that goes on with the work. */
  readonly onSubmitted: (answer: JsonObject) => void;
}

/**
 * One service integration.
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
export interface Integration {
  /** `arn:aws:states:::lambda:invoke` */
  readonly resource: string;
  /** The fields that Parameters may have; a definition with another is refused. */
  readonly parameters: readonly string[];
  /**
   * The task's result, before ResultSelector.
   * @throws StateError named as Step Functions names it
   */
  run(parameters: JsonObject, context: TaskContext): Promise<Json>;
}

/** The integrations that are served, by resource. */
export interface Integrations {
  find(resource: string): Integration | undefined;
}

/**
 * `aws-sdk:s3` and `copyObject` of `arn:aws:states:::aws-sdk:s3:copyObject`, as history events have them; `states` and
 * `startExecution.sync:2` of `arn:aws:states:::states:startExecution.sync:2`.
 */
export function resourceParts(arn: string): { resourceType: string; resource: string } {
  const [, resourceType = '', resource = arn] = /:::(.+?):([^:]+(?::\d+)?)$/.exec(arn) ?? [];
  return { resourceType, resource };
}
