import type { Caller } from '../iam/access';
import type { LambdaFunctions } from '../lambda/functions';

export interface Schedule {
  readonly name: string;
  readonly functionArn: string;
  /** Assumes the schedule's role. @throws CannotAssumeRoleError */
  readonly actAs: () => Caller;
  /** JSON text. */
  readonly input: string;
}

/** A completed round of scheduled invocations. */
interface Tick {
  readonly at: Date;
  readonly error: string | undefined;
}

/** A scheduled function failed; `payload` is its error as JSON text. */
export class ScheduledFunctionError extends Error {
  constructor(
    readonly schedule: string,
    readonly payload: string,
  ) {
    super(`schedule ${schedule}: ${messageOf(payload)}`);
    this.name = 'ScheduledFunctionError';
  }
}

/** EventBridge Scheduler for functions: one interval for all schedules. Ticks never overlap. */
export class Scheduler {
  private readonly schedules = new Map<string, Schedule>();
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private stopped = false;
  private ended: Tick | undefined;

  constructor(
    private readonly functions: LambdaFunctions,
    private readonly log: (line: string) => void,
  ) {}

  get lastTick(): Tick | undefined {
    return this.ended;
  }

  putSchedule(schedule: Schedule): void {
    this.schedules.set(schedule.name, schedule);
  }

  /** Starts with an immediate tick. */
  start(everySeconds: number): void {
    const tick = async () => {
      const startedAt = Date.now();
      await this.tick().catch((error: unknown) => {
        if (!this.stopped) this.log(`${error instanceof Error ? error.message : error}`);
      });
      const rest = Math.max(0, everySeconds * 1000 - (Date.now() - startedAt));
      if (!this.stopped) this.timer = setTimeout(tick, rest);
    };
    void tick();
  }

  /**
   * Invokes every scheduled function once, after a running tick.
   * @returns the function's result; a list for several functions
   * @throws ScheduledFunctionError
   */
  tick(): Promise<unknown> {
    const next = this.last.then(
      () => this.callAll(),
      () => this.callAll(),
    );
    this.last = next.then(
      () => this.end(undefined),
      (error: unknown) => this.end(error instanceof Error ? error.message : String(error)),
    );
    return next;
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private end(error: string | undefined): void {
    this.ended = { at: new Date(), error };
  }

  private async callAll(): Promise<unknown> {
    const results = await Promise.all(
      [...this.schedules.values()].map(async ({ name, functionArn, actAs, input }) => {
        const invoked = this.functions.invoke(actAs(), functionArn, input, 'wait');
        const { payload, functionError } = await invoked;
        if (functionError) throw new ScheduledFunctionError(name, payload);
        return JSON.parse(payload);
      }),
    );
    return results.length === 1 ? results[0] : results;
  }
}

function messageOf(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload);
  return `${errorType}: ${errorMessage}`;
}
