import { EventEmitter, once } from 'node:events';
import { AwsError } from '../endpoint/service';
import type { Place } from '../place';
import { type Definition, readDefinition } from './definition';
import { type Execution, type ExecutionEnd, ExecutionStore } from './execution-store';
import type { Integrations } from './integrations/integration';
import { ListingLag } from './listing-lag';
import { endEvent, RunningExecution } from './running-execution';

export interface MachineSpec {
  readonly name: string;
  readonly roleArn: string;
  /** The definition after substitutions. */
  readonly definition: string;
}

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** Deployment time in milliseconds since 1970. */
  readonly createdAt: number;
}

export interface MachinesOptions extends Place {
  readonly directory: string;
  readonly integrations: Integrations;
  /** Milliseconds before any retry of a state; overrides the definition. */
  readonly retryPauseMs?: number | undefined;
  /** Milliseconds until ListExecutions shows a start or an end; 0 by default. */
  readonly listExecutionsLagMs?: number | undefined;
  /** Measures the lag; the current time by default. */
  readonly clock?: (() => Date) | undefined;
  /** Called when an execution starts or ends. */
  readonly onChange: (execution: Execution) => void;
}

/** Error of an execution that the last process left running. */
const RESTARTED = {
  error: 'Local.Restarted',
  cause: 'The local endpoint stopped while the execution was running.',
};

/** The deployed state machines and their executions. */
export class Machines {
  private readonly machines = new Map<string, Machine>();
  private readonly running = new Map<string, RunningExecution>();
  /** Emits an execution's ARN as the event name when it ends. */
  private readonly ends = new EventEmitter();
  private readonly lag: ListingLag;
  readonly store: ExecutionStore;

  constructor(private readonly options: MachinesOptions) {
    this.store = new ExecutionStore(options.directory);
    this.lag = new ListingLag(options.listExecutionsLagMs ?? 0, options.clock ?? (() => new Date()));
  }

  /** Replaces the definition of an existing name; running executions keep theirs. @throws DefinitionError */
  deploy(spec: MachineSpec): Machine {
    const { account, region, integrations } = this.options;
    const machine: Machine = {
      arn: `arn:aws:states:${region}:${account}:stateMachine:${spec.name}`,
      name: spec.name,
      roleArn: spec.roleArn,
      definition: readDefinition(spec.definition, integrations),
      createdAt: Date.now(),
    };
    this.machines.set(machine.arn, machine);
    return machine;
  }

  list(): Machine[] {
    return [...this.machines.values()];
  }

  /** @throws AwsError StateMachineDoesNotExist, InvalidArn */
  machine(arn: string): Machine {
    assertArn(arn, 'stateMachine');
    const machine = this.machines.get(arn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  /** The executions of a machine as ListExecutions shows them, newest first. */
  listExecutions({ arn }: Machine): Execution[] {
    return this.store.list(arn).flatMap((execution) => this.lag.listed(execution) ?? []);
  }

  /** @throws AwsError ExecutionDoesNotExist, InvalidArn */
  execution(arn: string): Execution {
    assertArn(arn, 'execution');
    const execution = this.store.get(arn);
    if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** Idempotent for the same name and input while the execution runs. @throws AwsError ExecutionAlreadyExists */
  start(machine: Machine, name: string, input: string): Execution {
    const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.store.get(executionArn);
    if (known) {
      if (known.status === 'RUNNING' && known.input === input) return known;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const start = { executionArn, stateMachineArn: machine.arn, name, input, startDate: Date.now() };
    // Opened first, because it may fail: only an execution that runs may be announced.
    const history = this.store.openHistory(start);
    let execution: Execution;
    try {
      execution = this.store.start(start);
    } catch (error) {
      history.close();
      throw error;
    }
    this.changed(execution);
    this.running.set(
      executionArn,
      new RunningExecution({
        execution,
        machine,
        definition: machine.definition,
        integrations: this.options.integrations,
        history,
        region: this.options.region,
        retryPauseMs: this.options.retryPauseMs,
        onEnd: (end) => this.ended(executionArn, end),
      }),
    );
    return execution;
  }

  /** Aborts a running execution; no effect on one that has ended. */
  stop(execution: Execution, error?: string, cause?: string): Execution {
    this.running.get(execution.executionArn)?.stop(error, cause);
    return this.execution(execution.executionArn);
  }

  /** Resolves when the execution has ended; never for one that `close` drops. */
  async untilEnded(executionArn: string): Promise<void> {
    if (this.execution(executionArn).status !== 'RUNNING') return;
    await once(this.ends, executionArn);
  }

  /** Aborts the executions that the last process left running. Call it when the listeners of `onChange` are ready. */
  abortInterrupted(): void {
    for (const execution of this.store.list()) {
      if (execution.status !== 'RUNNING' || this.running.has(execution.executionArn)) continue;
      const stopDate = Date.now();
      const history = this.store.openHistory(execution);
      history.addLast(...endEvent('ABORTED', RESTARTED), stopDate);
      this.ended(execution.executionArn, { status: 'ABORTED', stopDate, ...RESTARTED });
    }
  }

  /** Drops the running executions, which are aborted at the next start. */
  close(): void {
    const running = [...this.running.values()];
    this.running.clear();
    for (const execution of running) execution.drop();
    this.store.close();
  }

  private ended(executionArn: string, end: ExecutionEnd): void {
    this.running.delete(executionArn);
    this.changed(this.store.end(executionArn, end));
    this.ends.emit(executionArn);
  }

  private changed(execution: Execution): void {
    this.lag.changed(execution);
    this.options.onChange(execution);
  }
}

function assertArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  const parts = arn.split(':');
  const length = kind === 'stateMachine' ? 7 : 8;
  if (arn.startsWith('arn:aws') && parts[2] === 'states' && parts[5] === kind && parts.length === length)
    return;
  throw new AwsError(
    'InvalidArn',
    `Invalid Arn: '${arn}': expected arn:aws:states:<region>:<account>:${kind}:...`,
  );
}
