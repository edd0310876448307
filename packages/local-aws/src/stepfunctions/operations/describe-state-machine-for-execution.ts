import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

/** Returns the current definition: the one at the start of the execution is not stored. */
export const describeStateMachineForExecution = operation<Machines, { executionArn: string }>({
  input: z.object({ executionArn: z.string() }),
  run({ executionArn }, machines) {
    const machine = machines.machine(machines.execution(executionArn).stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      definition: machine.definition.text,
      roleArn: machine.roleArn,
      updateDate: machine.createdAt / 1000,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    };
  },
});
