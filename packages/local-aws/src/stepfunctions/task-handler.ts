import type { StateInfo } from './definition';
import { DataLimitError, InterruptedError, StateError } from './errors';
import type { EventRecorder, Visit } from './event-recorder';
import type { ExecutionStart } from './execution-store';
import type { Integrations, TaskContext } from './integrations/integration';
import { byteLength, type Json, type JsonObject, PAYLOAD_LIMIT } from './json';
import { fillTemplate, lookUp } from './payload-template';

interface TaskRunnerOptions {
  readonly execution: ExecutionStart;
  readonly machine: { readonly name: string; readonly roleArn: string };
  readonly integrations: Integrations;
  readonly recorder: EventRecorder;
}

interface RunningTask {
  readonly state: StateInfo;
  readonly controller: AbortController;
  timedOut: boolean;
}

/** Waits until the interpreter has emitted all events before this task. */
const eventsDelivered = () => new Promise((resolve) => setImmediate(resolve));

/** The interpreter's own timer ends a task that timed out; its result must never settle. */
const never = () => new Promise<never>(() => {});

/** Runs the Task and Pass states of one execution: evaluates payloads and calls integrations. */
export class TaskRunner {
  private readonly running = new Set<RunningTask>();
  private ended = false;

  constructor(private readonly options: TaskRunnerOptions) {}

  /** Called by the interpreter synchronously with the entry or retry of the state. */
  readonly handle = async (state: StateInfo, input: Json): Promise<Json> => {
    const task: RunningTask = { state, controller: new AbortController(), timedOut: false };
    let visit: Visit | undefined;
    const seconds = state.fields.TimeoutSeconds;
    // Started before the interpreter's timer of the same length, which then raises States.Timeout.
    const timer =
      typeof seconds === 'number' ? setTimeout(() => this.timeOut(task, visit), seconds * 1000) : undefined;
    this.running.add(task);
    try {
      await eventsDelivered();
      this.assertActive(state);
      visit = this.options.recorder.visit(state, input);
      const result = await this.run(visit, input, task);
      return task.timedOut ? await never() : result;
    } catch (error) {
      if (task.timedOut) return await never();
      throw error;
    } finally {
      clearTimeout(timer);
      this.running.delete(task);
    }
  };

  /** Aborts the tasks inside a Map or Parallel state; without an argument all tasks, and no more are started. */
  interrupt(container?: string): void {
    if (container === undefined) this.ended = true;
    for (const { state, controller } of this.running) {
      if (container === undefined || state.within.includes(container)) controller.abort();
    }
  }

  private async run(visit: Visit, input: Json, task: RunningTask): Promise<Json> {
    const { state } = visit;
    const { fields, name } = state;
    const context = this.contextObject(visit);
    const data =
      fields.InputPath === null
        ? {}
        : lookUp(String(fields.InputPath ?? '$'), { data: input, context }, 'InputPath');
    if (state.type === 'Pass' && fields.Result !== undefined) return fields.Result;
    const parameters =
      fields.Parameters === undefined ? data : fillTemplate(fields.Parameters, { data, context });
    if (state.type === 'Pass') return parameters;
    for (const value of [input, parameters]) {
      if (byteLength(value) > PAYLOAD_LIMIT) throw new DataLimitError(name, 'input');
    }
    const result = await this.call(visit, parameters as JsonObject, task);
    if (fields.ResultSelector === undefined) return result;
    return fillTemplate(fields.ResultSelector, { data: result, context });
  }

  private async call(visit: Visit, parameters: JsonObject, task: RunningTask): Promise<Json> {
    const { recorder, integrations, execution, machine } = this.options;
    const { name, fields } = visit.state;
    const resource = String(fields.Resource);
    const integration = integrations.find(resource);
    recorder.taskScheduled(visit, parameters);
    const context: TaskContext = {
      executionArn: execution.executionArn,
      executionName: execution.name,
      stateName: name,
      roleArn: machine.roleArn,
      stateMachineArn: execution.stateMachineArn,
      signal: task.controller.signal,
      onSubmitted: (answer) => recorder.taskSubmitted(visit, answer),
    };
    try {
      if (!integration)
        throw new StateError('States.Runtime', `The integration ${resource} is not supported locally`);
      const result = await integration.run(parameters, context);
      this.assertActive(visit.state);
      if (byteLength(result) > PAYLOAD_LIMIT) throw new DataLimitError(name, 'result');
      if (!task.timedOut) recorder.taskSucceeded(visit, result);
      return result;
    } catch (error) {
      this.assertActive(visit.state);
      const known =
        error instanceof StateError ? error : new StateError('Local.IntegrationFailure', describe(error));
      if (!task.timedOut) recorder.taskFailed(visit, known);
      throw known;
    }
  }

  private timeOut(task: RunningTask, visit: Visit | undefined): void {
    task.timedOut = true;
    if (visit) this.options.recorder.taskTimedOut(visit);
    task.controller.abort();
  }

  private assertActive(state: StateInfo): void {
    if (this.ended || this.options.recorder.isAbandoned(state)) throw new InterruptedError(state.name);
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  private contextObject(visit: Visit): JsonObject {
    return {
      ...executionContext(this.options),
      State: {
        Name: visit.state.name,
        EnteredTime: new Date(visit.enteredAt).toISOString(),
        RetryCount: visit.retries,
      },
    };
  }
}

/** The context object's fields for the execution. */
export function executionContext({
  execution,
  machine,
}: Pick<TaskRunnerOptions, 'execution' | 'machine'>): JsonObject {
  return {
    Execution: {
      Id: execution.executionArn,
      Input: JSON.parse(execution.input),
      Name: execution.name,
      RoleArn: machine.roleArn,
      StartTime: new Date(execution.startDate).toISOString(),
      RedriveCount: 0,
    },
    StateMachine: { Id: execution.stateMachineArn, Name: machine.name },
  };
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
