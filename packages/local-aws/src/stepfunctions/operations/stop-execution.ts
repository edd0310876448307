import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

const inputSchema = z.object({
  executionArn: z.string(),
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});

export const stopExecution = operation<Machines, z.infer<typeof inputSchema>>({
  input: inputSchema,
  run({ executionArn, error, cause }, machines) {
    const stopped = machines.stop(machines.execution(executionArn), error, cause);
    return { stopDate: ('stopDate' in stopped ? stopped.stopDate : Date.now()) / 1000 };
  },
});
