import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';
import { page, pageFields } from './page';

const inputSchema = z.object({
  stateMachineArn: z.string(),
  statusFilter: z
    .enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'])
    .optional(),
  ...pageFields,
});

export const listExecutions = operation<Machines, z.infer<typeof inputSchema>>({
  input: inputSchema,
  run({ stateMachineArn, statusFilter, ...request }, machines) {
    const matching = machines
      .listExecutions(machines.machine(stateMachineArn))
      .filter(({ status }) => !statusFilter || status === statusFilter);
    const { items, ...next } = page(matching, request, ({ executionArn }) => executionArn);
    return {
      executions: items.map((execution) => ({
        executionArn: execution.executionArn,
        stateMachineArn: execution.stateMachineArn,
        name: execution.name,
        status: execution.status,
        startDate: execution.startDate / 1000,
        ...('stopDate' in execution && { stopDate: execution.stopDate / 1000 }),
        redriveCount: 0,
      })),
      ...next,
    };
  },
});
