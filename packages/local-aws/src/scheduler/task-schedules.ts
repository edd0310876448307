import type { DescribedTask } from '../ecs/described-task';
import type { EcsTasks, RunTaskRequest } from '../ecs/tasks';
import type { Caller } from '../iam/access';

export interface TaskSchedule {
  readonly name: string;
  /** Between the starts of two runs; the first comes one period after the start. */
  readonly periodMs: number;
  /** The schedule's role takes on its session. @throws CannotAssumeRoleError */
  readonly actAs: () => Caller;
  readonly task: Pick<RunTaskRequest, 'cluster' | 'taskDefinition' | 'overrides'>;
}

/** A scheduled task ended with an exit code other than 0, or did not start. */
export class ScheduledTaskError extends Error {
  constructor(
    readonly schedule: string,
    why: string,
  ) {
    super(`schedule ${schedule}: ${why}`);
    this.name = 'ScheduledTaskError';
  }
}

/** EventBridge Scheduler for tasks of ECS: each at its own period, whatever the pace of the functions' clock. */
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

  /** Starts the clock; it does not keep the process alive. */
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
   * Runs a schedule's task at once, to its end; beside one that is under way, as on AWS.
   * @throws ScheduledTaskError; CannotAssumeRoleError; EcsError for a request that ECS refuses
   */
  async run(name: string): Promise<void> {
    const schedule = this.schedules.get(name);
    if (!schedule) {
      const known = [...this.schedules.keys()].join(', ') || 'none';
      throw new ScheduledTaskError(name, `no task has this schedule; there are ${known}`);
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

  /** Ends the clock, and the tasks under way. */
  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort();
  }
}

function whyFailed(container: DescribedTask['Containers'][number] | undefined, logName: string): string {
  if (container?.ExitCode === undefined) return container?.Reason ?? 'its task did not start';
  return `its task ended with exit code ${container.ExitCode}; see logs/ecs/${logName}/${container.Name}.log`;
}
