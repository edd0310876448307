import { EcsError } from '../../ecs/task-definition';
import type { EcsTasks, RunTaskRequest } from '../../ecs/tasks';
import type { Decision, RoleSession } from '../../iam/access';
import { type Iam, refusal } from '../../iam/iam';
import { StateError } from '../errors';
import type { Integration, TaskContext } from './integration';

/**
 * `ecs:runTask.sync`: runs a task and waits for it. The result is the described task; an exit code other than 0 is the
 * error `States.TaskFailed` with the described task as its cause. The state machine's role needs ecs:DescribeTasks, and
 * ecs:StopTask to stop a task that timed out.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function runTaskIntegration(
  tasks: EcsTasks,
  iam: Pick<Iam, 'decide'>,
  actAs: (context: TaskContext) => RoleSession,
): Integration {
  return {
    resource: 'arn:aws:states:::ecs:runTask.sync',
    parameters: [
      'CapacityProviderStrategy',
      'Cluster',
      'EnableECSManagedTags',
      'Group',
      'LaunchType',
      'NetworkConfiguration',
      'Overrides',
      'PlacementConstraints',
      'PlacementStrategy',
      'PlatformVersion',
      'PropagateTags',
      'ReferenceId',
      'Tags',
      'TaskDefinition',
    ],
    async run(parameters, context) {
      const caller = actAs(context);
      const decide = (action: string, resource: string): Decision => iam.decide(caller, { action, resource });
      const stopping = new AbortController();
      let taskArn = '';
      const stop = () => {
        if (decide('ecs:StopTask', taskArn).allowed) stopping.abort();
      };
      const request: RunTaskRequest = {
        caller,
        cluster: String(parameters.Cluster ?? 'default'),
        taskDefinition: String(parameters.TaskDefinition),
        overrides: parameters.Overrides,
        logName: context.executionName,
        onTask(arn) {
          taskArn = arn;
          if (context.signal.aborted) stop();
          else context.signal.addEventListener('abort', stop, { once: true });
        },
        signal: stopping.signal,
      };
      const task = await tasks.run(request).catch((error: unknown) => {
        throw error instanceof EcsError ? new StateError(`ECS.${error.code}`, error.message) : error;
      });
      context.signal.removeEventListener('abort', stop);
      const decision = decide('ecs:DescribeTasks', task.TaskArn);
      if (!decision.allowed) throw new StateError('ECS.AccessDeniedException', refusal(decision));
      const described = JSON.stringify(task);
      const failed = task.Containers.some(({ ExitCode }) => ExitCode !== 0);
      if (failed) throw new StateError('States.TaskFailed', described);
      return JSON.parse(described);
    },
  };
}
