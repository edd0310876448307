import { EcsError } from '../../ecs/task-definition';
import type { EcsTasks, RunTaskRequest } from '../../ecs/tasks';
import { StateError } from '../errors';
import type { Integration } from './integration';

/**
 * `ecs:runTask.sync`: runs a task to its end. The result is the described task; an exit code other than 0 is the error
 * `States.TaskFailed`, whose cause is the described task.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function runTaskIntegration(tasks: EcsTasks): Integration {
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
    async run(parameters, { executionName, signal }) {
      const request: RunTaskRequest = {
        cluster: String(parameters.Cluster ?? 'default'),
        taskDefinition: String(parameters.TaskDefinition),
        overrides: parameters.Overrides,
        logName: executionName,
        signal,
      };
      const task = await tasks.run(request).catch((error: unknown) => {
        throw error instanceof EcsError ? new StateError(`ECS.${error.code}`, error.message) : error;
      });
      const described = JSON.stringify(task);
      const failed = task.Containers.some(({ ExitCode }) => ExitCode !== 0);
      if (failed) throw new StateError('States.TaskFailed', described);
      return JSON.parse(described);
    },
  };
}
