import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** The executions of the state machine. */
export interface Executions {
  /** When the oldest running execution started; undefined: none runs. */
  runningSince(): Promise<Date | undefined>;
  /** `exists`: there was an execution of this name, with other input or already ended. */
  start(name: string, input: object): Promise<'started' | 'exists'>;
}

export function stepFunctions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async runningSince() {
      // Daybook starts one at a time; by hand, or by a redrive, there can be more.
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 100 }),
      );
      const starts = executions.map(({ startDate }) => startDate?.getTime() ?? 0);
      return starts.length > 0 ? new Date(Math.min(...starts)) : undefined;
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
