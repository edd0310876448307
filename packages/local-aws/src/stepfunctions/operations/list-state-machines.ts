import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';
import { page, pageFields } from './page';

const inputSchema = z.object(pageFields);

export const listStateMachines = operation<Machines, z.infer<typeof inputSchema>>({
  input: inputSchema,
  run(input, machines) {
    const { items, ...next } = page(machines.list(), input, ({ arn }) => arn);
    return {
      stateMachines: items.map(({ arn, name, createdAt }) => ({
        stateMachineArn: arn,
        name,
        type: 'STANDARD',
        creationDate: createdAt / 1000,
      })),
      ...next,
    };
  },
});
