import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** The executions of the one state machine. */
export interface Executions {
  /** When the oldest execution that runs was started; undefined where none does. */
  runningSince(): Promise<Date | undefined>;
  /** `exists`: an execution of that name ran before, with other input or to its end. */
  start(name: string, input: object): Promise<'started' | 'exists'>;
}

export function stepFunctions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async runningSince() {
      // One at a time is our doing; by hand, or by a redrive, more can be started.
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
