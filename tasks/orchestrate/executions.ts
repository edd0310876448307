import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

/** The executions of the one state machine. */
export interface Executions {
  isAnyRunning(): Promise<boolean>;
  /** `exists`: an execution of that name ran before, with other input or to its end. */
  start(name: string, input: object): Promise<'started' | 'exists'>;
}

export function stepFunctions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async isAnyRunning() {
      const { executions = [] } = await client.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
      );
      return executions.length > 0;
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
