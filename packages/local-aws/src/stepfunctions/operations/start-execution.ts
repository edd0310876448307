import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { operation } from '../../endpoint/json-protocol';
import { AwsError } from '../../endpoint/service';
import { PAYLOAD_LIMIT } from '../json';
import type { Machines } from '../machines';

/** Invalid in a name: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}\p{Cs}]/u;

const inputSchema = z.object({
  stateMachineArn: z.string(),
  name: z.string().optional(),
  input: z.string().default('{}'),
  traceHeader: z.string().optional(),
});

export const startExecution = operation<Machines, z.infer<typeof inputSchema>>({
  input: inputSchema,
  run({ stateMachineArn, name = randomUUID(), input }, machines) {
    const machine = machines.machine(stateMachineArn);
    if (name.length < 1 || name.length > 80 || FORBIDDEN.test(name)) {
      throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    }
    if (Buffer.byteLength(input) > PAYLOAD_LIMIT) {
      throw new AwsError(
        'ValidationException',
        `StartExecution: input is over ${PAYLOAD_LIMIT} bytes of UTF-8.`,
      );
    }
    assertJson(input);
    const { executionArn, startDate } = machines.start(machine, name, input);
    return { executionArn, startDate: startDate / 1000 };
  },
});

function assertJson(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${error instanceof Error ? error.message : error}'`,
    );
  }
}
