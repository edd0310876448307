import { z } from 'zod';
import { jsonService, operation } from '../endpoint/json-protocol';
import type { LocalService } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import type { FaultPlan } from './plan';
import { ruleSchema } from './rule';

interface FaultState {
  readonly plan: FaultPlan;
  readonly isIdle: boolean;
  advance(ms: number): void;
}

const TARGET = 'LocalFaults';
const nothing = z.object({});

/** Only the account owner has this permission. */
const owner = () => [{ action: 'faults:Inject', resource: '*' }];

/**
 * Fault injection over HTTP, for tests of an endpoint in another process: AWS JSON with the target
 * `LocalFaults.<operation>`, signed for the service `faults`.
 */
export function createFaultsService(faults: FaultState): LocalService {
  return jsonService({
    name: 'faults',
    target: TARGET,
    version: '1.0',
    state: faults,
    denial: ACCESS_DENIED_EXCEPTION,
    close: async () => {},
    access: {
      PutRule: owner,
      ListWrites: owner,
      ListFired: owner,
      Clear: owner,
      AdvanceClock: owner,
      IsIdle: owner,
    },
    operations: {
      PutRule: operation({
        input: ruleSchema,
        run: (rule, { plan }: FaultState) => {
          plan.put(rule);
          return {};
        },
      }),
      ListWrites: operation({
        input: nothing,
        run: (_, { plan }: FaultState) => ({ writes: plan.writes }),
      }),
      ListFired: operation({ input: nothing, run: (_, { plan }: FaultState) => ({ rules: plan.fired }) }),
      Clear: operation({
        input: nothing,
        run: (_, { plan }: FaultState) => {
          plan.clear();
          return {};
        },
      }),
      AdvanceClock: operation({
        input: z.object({ seconds: z.number().positive() }),
        run: ({ seconds }, state: FaultState) => {
          state.advance(seconds * 1000);
          return {};
        },
      }),
      IsIdle: operation({ input: nothing, run: (_, state: FaultState) => ({ idle: state.isIdle }) }),
    },
  });
}

/** Calls the faults service of an endpoint as the account owner. @throws Error for an error response */
export async function callFaults(endpoint: string, operation: string, input: object = {}): Promise<unknown> {
  const credential = 'local/20250101/us-east-1/faults/aws4_request';
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'X-Amz-Target': `${TARGET}.${operation}`,
      'Content-Type': 'application/x-amz-json-1.0',
      Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
