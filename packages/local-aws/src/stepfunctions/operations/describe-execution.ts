import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

const WHOLE = { included: true };

export const describeExecution = operation<Machines, { executionArn: string }>({
  input: z.object({ executionArn: z.string() }),
  run({ executionArn }, machines) {
    const { startDate, ...execution } = machines.execution(executionArn);
    const described = {
      ...execution,
      startDate: startDate / 1000,
      inputDetails: WHOLE,
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Redriving is not supported locally',
    };
    if (!('stopDate' in execution)) return described;
    return {
      ...described,
      stopDate: execution.stopDate / 1000,
      ...(execution.output !== undefined && { outputDetails: WHOLE }),
    };
  },
});
