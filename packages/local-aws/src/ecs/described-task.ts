import type { ContainerExit } from './container-process';
import type { Overrides } from './overrides';
import type { TaskDefinition } from './task-definition';

interface TaskTimes {
  readonly created: number;
  readonly stopping?: number | undefined;
  readonly stopped: number;
}

/**
 * A stopped task as DescribeTasks returns it, with the field names of Step Functions; times in milliseconds since 1970.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
export function describeTask(
  identity: { taskArn: string; clusterArn: string; definition: TaskDefinition; overrides: Overrides },
  exit: ContainerExit,
  times: TaskTimes,
) {
  const { taskArn, clusterArn, definition, overrides } = identity;
  const started = exit.exitCode !== undefined;
  const stop = !started
    ? { StopCode: 'TaskFailedToStart', StoppedReason: exit.reason ?? 'Task failed to start' }
    : times.stopping !== undefined
      ? { StopCode: 'UserInitiated', StoppedReason: 'Task stopped by AWS Step Functions' }
      : { StopCode: 'EssentialContainerExited', StoppedReason: 'Essential container in task exited' };
  return {
    ClusterArn: clusterArn,
    Containers: [
      {
        ContainerArn: taskArn.replace(':task/', ':container/'),
        ...(started && { ExitCode: exit.exitCode }),
        Image: definition.container.image,
        LastStatus: 'STOPPED',
        Name: definition.container.name,
        ...(exit.reason !== undefined && { Reason: exit.reason }),
        TaskArn: taskArn,
      },
    ],
    Cpu: definition.cpu,
    CreatedAt: times.created,
    DesiredStatus: 'STOPPED',
    Group: `family:${definition.family}`,
    LastStatus: 'STOPPED',
    LaunchType: 'FARGATE',
    Memory: definition.memory,
    Overrides: overrides,
    ...(started && { StartedAt: times.created }),
    StartedBy: 'AWS Step Functions',
    ...stop,
    StoppedAt: times.stopped,
    TaskArn: taskArn,
    TaskDefinitionArn: definition.arn,
  };
}

export type DescribedTask = ReturnType<typeof describeTask>;
