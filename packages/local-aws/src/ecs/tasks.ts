import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FaultInjection } from '../fault-injection';
import type { Caller } from '../iam/access';
import { type Iam, keyVariables } from '../iam/iam';
import { namesIn } from '../logs/log-file';
import type { LogSource, LogStream } from '../logs/log-groups';
import { type ContainerExit, ContainerProcess } from './container-process';
import { type DescribedTask, describeTask } from './described-task';
import { applyOverrides, type Overrides, readOverrides } from './overrides';
import { type ContainerDefinition, EcsError, type TaskDefinition } from './task-definition';
import { authorizeRun, keysOfTask, launchRefusal, type TaskRoles } from './task-roles';

interface EcsTasksOptions {
  /** Logs are in `logs/ecs`, temporary files in `scratch`. */
  readonly dataDirectory: string;
  readonly account: string;
  readonly region: string;
  readonly iam: Iam;
  /** Environment variables of every task: region, endpoint. */
  readonly platform: () => Readonly<Record<string, string>>;
  /** Bundle of parent-watch.ts. */
  readonly parentWatch: string;
  readonly faults?: Pick<FaultInjection, 'runTask' | 'processes'> | undefined;
}

export interface RunTaskRequest {
  readonly caller: Caller;
  /** Name or ARN. */
  readonly cluster: string;
  /** Family, `family:revision` or ARN. */
  readonly taskDefinition: string;
  readonly overrides?: unknown;
  /** Directory name of the log. */
  readonly logName: string;
  /** Called with the task's ARN before the task starts. */
  readonly onTask?: (taskArn: string) => void;
  /** Stops the task when aborted. */
  readonly signal: AbortSignal;
}

interface AuthorizedTask {
  readonly clusterArn: string;
  readonly definition: TaskDefinition;
  readonly overrides: Overrides;
  readonly roles: TaskRoles;
}

/** ECS for Step Functions and Scheduler: runs each task as a child process and waits for it. */
export class EcsTasks implements LogSource {
  private readonly definitions = new Map<string, TaskDefinition>();
  private readonly clusters = new Map<string, string>();
  private readonly running = new Set<ContainerProcess>();

  constructor(private readonly options: EcsTasksOptions) {
    // Left over from tasks that were killed together with the endpoint.
    rmSync(this.scratchRoot, { recursive: true, force: true });
  }

  registerCluster(name: string): void {
    this.clusters.set(name, `arn:aws:ecs:${this.options.region}:${this.options.account}:cluster/${name}`);
  }

  /** @throws EcsError for a container that cannot run locally */
  register(definition: TaskDefinition): void {
    if (definition.container.entryPoint[0] !== 'node') {
      throw new EcsError(
        'ClientException',
        `${definition.family}: expected the entry point node, got ${JSON.stringify(definition.container.entryPoint)}: only Node programs run locally`,
      );
    }
    for (const name of [definition.arn, definition.family, definition.arn.split('/').at(-1) ?? '']) {
      this.definitions.set(name, definition);
    }
  }

  logGroups(): string[] {
    return [...this.definitions.values()].flatMap(({ container }) => container.log?.group ?? []);
  }

  /** One stream per execution, named `prefix/container/execution`; ECS uses the task id instead of the execution. */
  logStreams(group: string, since: number): LogStream[] {
    const { container } =
      [...this.definitions.values()].find((one) => one.container.log?.group === group) ?? {};
    if (!container?.log) return [];
    const { name, log } = container;
    return namesIn(this.logRoot).flatMap((folder) => {
      const file = path.join(this.logRoot, folder, `${name}.log`);
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
      return written < since ? [] : [{ group, stream: `${log.streamPrefix}/${name}/${folder}`, file }];
    });
  }

  /** Resolves when the task has stopped, with any exit code. @throws EcsError for a request that ECS rejects */
  async run(request: RunTaskRequest): Promise<DescribedTask> {
    const clusterArn = this.clusters.get(request.cluster.split('/').at(-1) ?? '');
    if (!clusterArn) throw new EcsError('ClusterNotFoundException', `Cluster not found: ${request.cluster}`);
    const definition = this.definitions.get(request.taskDefinition);
    if (!definition) {
      throw new EcsError('ClientException', `TaskDefinition not found: ${request.taskDefinition}`);
    }
    const overrides = readOverrides(request.overrides, definition.container);
    const roles: TaskRoles = {
      taskRoleArn: overrides.TaskRoleArn ?? definition.taskRoleArn,
      executionRoleArn: overrides.ExecutionRoleArn ?? definition.executionRoleArn,
    };
    authorizeRun(this.options, request.caller, { definitionArn: definition.arn, clusterArn, roles });
    const start = () => this.start(request, { clusterArn, definition, overrides, roles });
    const { faults } = this.options;
    return faults ? faults.runTask(request.caller, definition.family, start) : start();
  }

  private async start(
    request: RunTaskRequest,
    { clusterArn, definition, overrides, roles }: AuthorizedTask,
  ): Promise<DescribedTask> {
    const id = randomUUID().replaceAll('-', '');
    const taskArn = `${clusterArn.replace(':cluster/', ':task/')}/${id}`;
    const keys = keysOfTask(this.options, roles, id);
    request.onTask?.(taskArn);
    const created = Date.now();
    let stopping: number | undefined;
    const reason = launchRefusal(this.options, roles, definition, id);
    const run = () =>
      this.runContainer(request, id, {
        container: applyOverrides(definition.container, overrides),
        keys: keys ? keyVariables(keys) : NO_KEYS,
        onProcess: ({ pid, kill }) => {
          const { accessKeyId = '' } = keys ?? {};
          this.options.faults?.processes.started({ accessKeyId, name: definition.family, pid, kill });
        },
        onStop: () => {
          stopping = Date.now();
        },
      });
    const exit = reason === undefined ? await run() : { reason };
    if (keys) {
      this.options.iam.revokeKeys(keys.accessKeyId);
      this.options.faults?.processes.ended(keys.accessKeyId);
    }
    return describeTask({ taskArn, clusterArn, definition, overrides }, exit, {
      created,
      stopping,
      stopped: Date.now(),
    });
  }

  /** Stops all tasks and waits for them. */
  async close(graceMs: number): Promise<void> {
    for (const container of this.running) container.stop(graceMs);
    await Promise.all([...this.running].map(({ exited }) => exited));
  }

  private async runContainer(
    request: RunTaskRequest,
    id: string,
    task: {
      container: ContainerDefinition;
      keys: Readonly<Record<string, string>>;
      onProcess: (process: { pid: number | undefined; kill: () => void }) => void;
      onStop: () => void;
    },
  ): Promise<ContainerExit> {
    const { keys, onProcess, onStop } = task;
    const { name, stopTimeoutSeconds } = task.container;
    const container = new ContainerProcess({
      container: task.container,
      platform: { ...this.options.platform(), ...keys },
      scratch: path.join(this.scratchRoot, id),
      logFile: path.join(this.logRoot, request.logName, `${name}.log`),
      preload: this.options.parentWatch,
    });
    onProcess({ pid: container.pid, kill: () => container.kill() });
    const stop = () => {
      onStop();
      container.stop(stopTimeoutSeconds * 1000);
    };
    if (request.signal.aborted) stop();
    request.signal.addEventListener('abort', stop, { once: true });
    this.running.add(container);
    const exit = await container.exited;
    this.running.delete(container);
    request.signal.removeEventListener('abort', stop);
    return exit;
  }

  private get logRoot(): string {
    return path.join(this.options.dataDirectory, 'logs', 'ecs');
  }

  private get scratchRoot(): string {
    return path.join(this.options.dataDirectory, 'scratch');
  }
}

/** No credentials, and no lookup in EC2 instance metadata. */
const NO_KEYS = { AWS_EC2_METADATA_DISABLED: 'true' };
