import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import type { Machines } from '../machines';

/** Tags are not stored. */
export const listTagsForResource = operation<Machines, { resourceArn: string }>({
  input: z.object({ resourceArn: z.string() }),
  run({ resourceArn }, machines) {
    machines.machine(resourceArn);
    return { tags: [] };
  },
});
