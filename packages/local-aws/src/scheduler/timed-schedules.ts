import type { DescribedTask } from '../ecs/described-task';
import type { EcsTasks, RunTaskRequest } from '../ecs/tasks';
import type { Caller } from '../iam/access';
import type { LambdaFunctions } from '../lambda/functions';
import type { Recurrence } from './recurrence';
import { ScheduledFunctionError } from './scheduler';

interface TimedSchedule {
  readonly name: string;
  readonly recurrence: Recurrence;
  /** Assumes the schedule's role. @throws CannotAssumeRoleError */
  readonly actAs: () => Caller;
  readonly target: TaskTarget | FunctionTarget;
}

interface TaskTarget {
  readonly task: Pick<RunTaskRequest, 'cluster' | 'taskDefinition' | 'overrides'>;
}

interface FunctionTarget {
  readonly functionArn: string;
  /** JSON text. */
  readonly input: string;
}

/** A scheduled task exited with a code other than 0, or did not start; or there is no such schedule. */
export class ScheduledTaskError extends Error {
  constructor(
    readonly schedule: string,
    why: string,
  ) {
    super(`schedule ${schedule}: ${why}`);
    this.name = 'ScheduledTaskError';
  }
}

/** The longest timer. A timer stops while a laptop sleeps, so a longer wait is checked against the clock in between. */
const MAX_TIMER_MS = 60_000;

/** EventBridge Scheduler for ECS tasks, and for functions with a cron expression, each with its own recurrence. */
export class TimedSchedules {
  private readonly schedules = new Map<string, TimedSchedule>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly tasks: Pick<EcsTasks, 'run'>,
    private readonly functions: Pick<LambdaFunctions, 'invoke'>,
    private readonly log: (line: string) => void,
  ) {}

  putSchedule(schedule: TimedSchedule): void {
    this.schedules.set(schedule.name, schedule);
  }

  /** Starts the schedules, as created now. Their timers do not keep the process alive. */
  start(): void {
    const created = new Date();
    for (const { name, recurrence } of this.schedules.values()) this.arm(name, recurrence.first(created));
  }

  /**
   * Runs a schedule's task or function now and waits for it. As on AWS, runs may overlap.
   * @throws ScheduledTaskError; ScheduledFunctionError; CannotAssumeRoleError; EcsError and LambdaError for a request that is rejected
   */
  async run(name: string): Promise<void> {
    const schedule = this.schedules.get(name);
    if (!schedule) {
      const known = [...this.schedules.keys()].join(', ') || 'none';
      throw new ScheduledTaskError(name, `unknown schedule; known are ${known}`);
    }
    const { target, actAs } = schedule;
    if ('functionArn' in target) {
      const invoked = this.functions.invoke(actAs(), target.functionArn, target.input, 'wait');
      const { payload, functionError } = await invoked;
      if (functionError) throw new ScheduledFunctionError(name, payload);
      return;
    }
    const logName = `${name}-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const request = {
      ...target.task,
      caller: actAs(),
      logName,
      signal: this.stopping.signal,
    };
    const [container] = (await this.tasks.run(request)).Containers;
    if (container?.ExitCode !== 0) throw new ScheduledTaskError(name, whyFailed(container, logName));
  }

  /** Stops the timers and the running tasks. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.stopping.abort();
  }

  private arm(name: string, due: Date | undefined): void {
    if (!due || this.stopping.signal.aborted) return;
    const rest = Math.max(0, due.getTime() - Date.now());
    const timer = setTimeout(() => this.wake(name, due), Math.min(rest, MAX_TIMER_MS));
    this.timers.set(name, timer.unref());
  }

  private wake(name: string, due: Date): void {
    const now = new Date();
    if (now < due) {
      this.arm(name, due);
      return;
    }
    this.run(name).catch((error: unknown) => {
      if (!this.stopping.signal.aborted) this.log(error instanceof Error ? error.message : String(error));
    });
    this.arm(name, this.schedules.get(name)?.recurrence.next(now));
  }
}

function whyFailed(container: DescribedTask['Containers'][number] | undefined, logName: string): string {
  if (container?.ExitCode === undefined) return container?.Reason ?? 'its task did not start';
  return `its task ended with exit code ${container.ExitCode}; see logs/ecs/${logName}/${container.Name}.log`;
}
