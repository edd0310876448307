import type { DescribedTask } from '../ecs/described-task';
import type { EcsTasks, RunTaskRequest } from '../ecs/tasks';
import type { Caller } from '../iam/access';

interface TaskSchedule {
  readonly name: string;
  /** Time between the starts of two runs, and before the first run. */
  readonly periodMs: number;
  /** Assumes the schedule's role. @throws CannotAssumeRoleError */
  readonly actAs: () => Caller;
  readonly task: Pick<RunTaskRequest, 'cluster' | 'taskDefinition' | 'overrides'>;
}

/** A scheduled task exited with a code other than 0, or did not start. */
export class ScheduledTaskError extends Error {
  constructor(
    readonly schedule: string,
    why: string,
  ) {
    super(`schedule ${schedule}: ${why}`);
    this.name = 'ScheduledTaskError';
  }
}

/** EventBridge Scheduler for ECS tasks, each at its own rate. */
export class TaskSchedules {
  private readonly schedules = new Map<string, TaskSchedule>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly tasks: Pick<EcsTasks, 'run'>,
    private readonly log: (line: string) => void,
  ) {}

  putSchedule(schedule: TaskSchedule): void {
    this.schedules.set(schedule.name, schedule);
  }

  /** Starts the timers; they do not keep the process alive. */
  start(): void {
    for (const { name, periodMs } of this.schedules.values()) {
      const timer = setInterval(() => {
        this.run(name).catch((error: unknown) => {
          if (!this.stopping.signal.aborted) this.log(error instanceof Error ? error.message : String(error));
        });
      }, periodMs);
      this.timers.push(timer.unref());
    }
  }

  /**
   * Runs a schedule's task now and waits for it. As on AWS, runs may overlap.
   * @throws ScheduledTaskError; CannotAssumeRoleError; EcsError for a request that ECS rejects
   */
  async run(name: string): Promise<void> {
    const schedule = this.schedules.get(name);
    if (!schedule) {
      const known = [...this.schedules.keys()].join(', ') || 'none';
      throw new ScheduledTaskError(name, `unknown task schedule; known are ${known}`);
    }
    const logName = `${name}-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const request = {
      ...schedule.task,
      caller: schedule.actAs(),
      logName,
      signal: this.stopping.signal,
    };
    const [container] = (await this.tasks.run(request)).Containers;
    if (container?.ExitCode !== 0) throw new ScheduledTaskError(name, whyFailed(container, logName));
  }

  /** Stops the timers and the running tasks. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort();
  }
}

function whyFailed(container: DescribedTask['Containers'][number] | undefined, logName: string): string {
  if (container?.ExitCode === undefined) return container?.Reason ?? 'its task did not start';
  return `its task ended with exit code ${container.ExitCode}; see logs/ecs/${logName}/${container.Name}.log`;
}
