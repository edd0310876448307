import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

export const describeStateMachine = operation<Machines, { stateMachineArn: string }>({
  input: z.object({ stateMachineArn: z.string() }),
  run({ stateMachineArn }, machines) {
    const machine = machines.machine(stateMachineArn);
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: machine.definition.text,
      roleArn: machine.roleArn,
      creationDate: machine.createdAt / 1000,
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
      tracingConfiguration: { enabled: false },
    };
  },
});
