import type { Definition } from './definition';
import { DataLimitError } from './errors';
import { EventRecorder } from './event-recorder';
import type { ExecutionEnd, ExecutionStart } from './execution-store';
import type { History } from './history';
import type { Integrations } from './integrations/integration';
import { StateMachine } from './interpreter';
import { interpreterEvent } from './interpreter-events';
import { executionContext, TaskRunner } from './task-handler';

interface RunOptions {
  readonly execution: ExecutionStart;
  readonly machine: { readonly name: string; readonly roleArn: string };
  readonly definition: Definition;
  readonly integrations: Integrations;
  readonly history: History;
  readonly region: string;
  /** Milliseconds before any retry of a state; overrides the definition. */
  readonly retryPauseMs?: number | undefined;
  /** Called once, unless the execution is dropped first. */
  readonly onEnd: (end: ExecutionEnd) => void;
}

/** The maximum delay of a Node timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The interpreter's default Error and Cause of a Fail state. */
const INTERPRETER_DEFAULTS = ['FailStateError', 'Execution failed because of a Fail state'];

export class RunningExecution {
  private readonly recorder: EventRecorder;
  private readonly tasks: TaskRunner;
  private readonly timer: NodeJS.Timeout | undefined;
  private abort: () => void = () => {};
  private over = false;

  constructor(private readonly options: RunOptions) {
    const { definition, history, region, execution, machine } = options;
    this.recorder = new EventRecorder(
      definition,
      history,
      {
        containerFailed: (name) => this.tasks.interrupt(name),
        oversized: (state) => {
          const error = new DataLimitError(state, 'result');
          this.end('FAILED', { error: error.name, cause: error.causeText });
        },
      },
      region,
    );
    this.tasks = new TaskRunner({ ...options, recorder: this.recorder });
    this.recorder.add(
      'ExecutionStarted',
      { input: execution.input, inputDetails: { truncated: false }, roleArn: machine.roleArn },
      undefined,
      execution.startDate,
    );
    const { timeoutSeconds } = definition;
    if (timeoutSeconds !== undefined) {
      const expire = () => this.end('TIMED_OUT', { error: 'States.Timeout' });
      this.timer = setTimeout(expire, Math.min(timeoutSeconds * 1000, MAX_TIMER_MS));
    }
    void this.run();
  }

  /** Ends the execution as ABORTED and stops its tasks. */
  stop(error?: string, cause?: string): void {
    this.end('ABORTED', { error, cause });
  }

  private async run(): Promise<void> {
    const { definition, execution, retryPauseMs } = this.options;
    const machine = new StateMachine(definition.prepared, { validationOptions: { noValidate: true } });
    const owned = [...definition.states.values()].filter(({ type }) => type === 'Task' || type === 'Pass');
    const handlers = owned.map((state) => [state.name, (input: never) => this.tasks.handle(state, input)]);
    const pauses = [...definition.states.values()].map(({ name }) => [name, retryPauseMs]);
    try {
      const run = machine.run(JSON.parse(execution.input), {
        overrides: {
          taskResourceLocalHandlers: Object.fromEntries(handlers),
          ...(retryPauseMs !== undefined && { retryIntervalOverrides: Object.fromEntries(pauses) }),
        },
        context: executionContext(this.options) as never,
      });
      this.abort = run.abort;
      const settled = run.result.then(
        (output) => () => this.end('SUCCEEDED', { output: JSON.stringify(output) }),
        (error: unknown) => () => this.end('FAILED', failure(error)),
      );
      for await (const event of run.eventLogs) {
        const known = this.over ? undefined : interpreterEvent(event);
        if (known) this.recorder.record(known);
      }
      (await settled)();
    } catch (error) {
      this.end('FAILED', { error: 'States.Runtime', cause: String(error) });
    }
  }

  private end(status: ExecutionEnd['status'], result: Omit<ExecutionEnd, 'status' | 'stopDate'>): void {
    if (this.over) return;
    const stopDate = Date.now();
    this.recorder.add(...endEvent(status, result), undefined, stopDate);
    this.drop();
    this.options.onEnd({ status, stopDate, ...result });
  }

  /** Stops the tasks without recording an end, so that the execution is aborted at the next start. */
  drop(): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.tasks.interrupt();
    this.abort();
    this.options.history.close();
  }
}

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

export function endEvent(
  status: ExecutionEnd['status'],
  { output, error, cause }: Omit<ExecutionEnd, 'status' | 'stopDate'>,
): [string, Record<string, string | { truncated: boolean }>] {
  return [
    END_EVENTS[status],
    {
      ...(output !== undefined && { output, outputDetails: { truncated: false } }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    },
  ];
}

/** Error and cause of an execution that failed with an uncaught error. */
function failure(error: unknown): { error?: string; cause?: string } {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(root instanceof Error)) return { error: 'States.Runtime', cause: String(root) };
  const given = (text: string) => (INTERPRETER_DEFAULTS.includes(text) ? undefined : text);
  const [name, cause] = [given(root.name), given(root.message)];
  return { ...(name !== undefined && { error: name }), ...(cause !== undefined && { cause }) };
}
