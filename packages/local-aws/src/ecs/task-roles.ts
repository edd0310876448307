import type { Access, Caller } from '../iam/access';
import { CannotAssumeRoleError } from '../iam/errors';
import { type Iam, type RoleKeys, refusal } from '../iam/iam';
import { launchAccess } from './launch-access';
import { EcsError, type TaskDefinition } from './task-definition';

/** The roles of a task after overrides. */
export interface TaskRoles {
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
}

interface Place {
  readonly iam: Iam;
  readonly account: string;
  readonly region: string;
}

const ECS_TASKS = 'ecs-tasks.amazonaws.com';

/**
 * Checks that the caller may run the task and pass its roles.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_ecs.html
 * @throws EcsError AccessDeniedException
 */
export function authorizeRun(
  { iam }: Place,
  caller: Caller,
  target: { readonly definitionArn: string; readonly clusterArn: string; readonly roles: TaskRoles },
): void {
  const { taskRoleArn, executionRoleArn } = target.roles;
  const passed = [taskRoleArn, executionRoleArn].filter((role) => role !== undefined);
  const accesses: Access[] = [
    { action: 'ecs:RunTask', resource: target.definitionArn, context: { 'ecs:cluster': target.clusterArn } },
    ...passed.map((resource) => ({
      action: 'iam:PassRole',
      resource,
      context: { 'iam:PassedToService': ECS_TASKS },
    })),
  ];
  for (const access of accesses) {
    const decision = iam.decide(caller, access);
    if (!decision.allowed) throw new EcsError('AccessDeniedException', refusal(decision));
  }
}

/** Issues keys of the task role; revoke them when the task ends. @throws EcsError ClientException if ECS cannot assume the role */
export function keysOfTask(place: Place, { taskRoleArn }: TaskRoles, taskId: string): RoleKeys | undefined {
  if (taskRoleArn === undefined) return undefined;
  const { iam } = place;
  try {
    return iam.issueKeys(iam.assume(taskRoleArn, ECS_TASKS, sourceArn(place), taskId));
  } catch (error) {
    if (!(error instanceof CannotAssumeRoleError)) throw error;
    throw new EcsError(
      'ClientException',
      `ECS was unable to assume the role '${taskRoleArn}' that was provided for this task. ${error.message}`,
    );
  }
}

/** The reason why the execution role cannot pull the image or write the log; undefined if it can. */
export function launchRefusal(
  place: Place,
  { executionRoleArn }: TaskRoles,
  { container }: TaskDefinition,
  taskId: string,
): string | undefined {
  const needed = launchAccess(container, place, taskId);
  if (needed.length === 0) return undefined;
  const because = (why: string) => `ResourceInitializationError: ${why}`;
  if (executionRoleArn === undefined)
    return because('the task has no execution role for its image and its log');
  const { iam } = place;
  try {
    // According to the AWS documentation, Fargate sends no aws:SourceArn for the execution role.
    const fargate = iam.assume(executionRoleArn, ECS_TASKS, undefined, taskId);
    const refused = needed.map((access) => iam.decide(fargate, access)).find(({ allowed }) => !allowed);
    return refused && because(`AccessDeniedException: ${refusal(refused)}`);
  } catch (error) {
    if (error instanceof CannotAssumeRoleError) return because(error.message);
    throw error;
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const sourceArn = ({ region, account }: Place): string => `arn:aws:ecs:${region}:${account}:*`;
