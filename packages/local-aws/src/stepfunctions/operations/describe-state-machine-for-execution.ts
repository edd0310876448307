import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

/** The definition is that of today: what it was when the execution started is not kept locally. */
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
