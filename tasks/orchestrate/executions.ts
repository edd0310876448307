import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

export interface RunningExecution {
  readonly executionId: string;
  readonly startedAt: Date;
}

/** The executions of the state machine. */
export interface Executions {
  /** Eventually consistent: a start or an end may be missing for a moment (recent-executions.ts). */
  listRunning(): Promise<RunningExecution[]>;
  /** `exists`: there was an execution of this name, with other input or already ended. */
  start(name: string, input: object): Promise<'started' | 'exists'>;
}

export function stepFunctions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async listRunning() {
      // Daybook starts one at a time; by hand, or by a redrive, there can be more.
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 100 }),
      );
      return executions.map(({ name = '', startDate = new Date(0) }) => ({
        executionId: name,
        startedAt: startDate,
      }));
    },
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'exists';
        throw error;
      }
    },
  };
}
