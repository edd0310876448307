import path from 'node:path';
import { Journal } from '../journal/journal';
import { History, type HistoryEvent, readHistory } from './history';

type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The end of an execution. Times in milliseconds since 1970. */
export interface ExecutionEnd {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  readonly stopDate: number;
  /** JSON text, if succeeded. */
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export interface ExecutionStart {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly startDate: number;
}

export type Execution = ExecutionStart & ({ readonly status: 'RUNNING' } | ExecutionEnd);

type Entry = { started: ExecutionStart } | { ended: ExecutionEnd; executionArn: string };

/** All executions on disk: a journal of starts and ends, and a history file for each. */
export class ExecutionStore {
  private readonly executions = new Map<string, Execution>();
  private readonly journal: Journal<Entry>;

  constructor(private readonly directory: string) {
    this.journal = new Journal<Entry>({
      path: path.join(directory, 'executions.jsonl'),
      replay: (entry) => this.apply(entry),
      snapshot: () => this.entries(),
    });
  }

  get(executionArn: string): Execution | undefined {
    return this.executions.get(executionArn);
  }

  /** Newest first. */
  list(stateMachineArn?: string): Execution[] {
    const all = [...this.executions.values()].reverse();
    return stateMachineArn === undefined ? all : all.filter((one) => one.stateMachineArn === stateMachineArn);
  }

  start(started: ExecutionStart): Execution {
    this.journal.append({ started });
    return this.apply({ started });
  }

  /** If the write fails, the execution is aborted at the next start. */
  end(executionArn: string, ended: ExecutionEnd): Execution {
    const execution = this.apply({ ended, executionArn });
    try {
      this.journal.append({ ended, executionArn });
      this.journal.compactIfGrown();
    } catch {
      // The execution must end in memory even on a full disk; otherwise it would block all others.
    }
    return execution;
  }

  openHistory(execution: ExecutionStart): History {
    return new History(this.historyPath(execution));
  }

  readHistory(execution: ExecutionStart): HistoryEvent[] {
    return readHistory(this.historyPath(execution));
  }

  close(): void {
    this.journal.close();
  }

  private historyPath(execution: ExecutionStart): string {
    const machine = execution.stateMachineArn.split(':').at(-1) ?? '';
    return path.join(this.directory, 'history', machine, `${execution.name}.jsonl`);
  }

  private apply(entry: Entry): Execution {
    if ('started' in entry) {
      const execution: Execution = { ...entry.started, status: 'RUNNING' };
      this.executions.set(execution.executionArn, execution);
      return execution;
    }
    const started = this.executions.get(entry.executionArn);
    if (!started) throw new Error(`${entry.executionArn}: the journal has an end without a start`);
    const execution: Execution = { ...started, ...entry.ended };
    this.executions.set(entry.executionArn, execution);
    return execution;
  }

  private *entries(): Iterable<Entry> {
    for (const execution of this.executions.values()) {
      const { executionArn, stateMachineArn, name, input, startDate, ...rest } = execution;
      yield { started: { executionArn, stateMachineArn, name, input, startDate } };
      if (rest.status !== 'RUNNING') yield { ended: rest, executionArn };
    }
  }
}
