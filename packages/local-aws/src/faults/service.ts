import { z } from 'zod';
import { jsonService, operation } from '../endpoint/json-protocol';
import { AwsError, type LocalService } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import type { Faults } from './faults';
import { ruleSchema } from './rule';

const nothing = z.object({});

/** Only the account's owner: no policy of a template can allow it to a role. */
const owner = () => [{ action: 'faults:Inject', resource: '*' }];

/**
 * Faults over HTTP, for tests of `daybook local` as a process of its own: JSON, by X-Amz-Target `DaybookFaults.<operation>`,
 * signed for the service `faults`. Served only where the endpoint was started with faults.
 */
export function createFaultsService(faults: Faults): LocalService {
  return jsonService({
    name: 'faults',
    target: 'DaybookFaults',
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
        run: (rule, { plan }: Faults) => {
          plan.put(rule);
          return {};
        },
      }),
      ListWrites: operation({
        input: nothing,
        run: (_, { plan }: Faults) => ({ writes: plan.writes }),
      }),
      ListFired: operation({ input: nothing, run: (_, { plan }: Faults) => ({ rules: plan.fired }) }),
      Clear: operation({
        input: nothing,
        run: (_, { plan }: Faults) => {
          plan.clear();
          return {};
        },
      }),
      AdvanceClock: operation({
        input: z.object({ seconds: z.number().positive() }),
        run: ({ seconds }, state: Faults) => {
          state.advance(seconds * 1000);
          return {};
        },
      }),
      IsIdle: operation({ input: nothing, run: (_, state: Faults) => ({ idle: state.isIdle }) }),
    },
  });
}

/**
 * Faults where the variable DAYBOOK_LOCAL_FAULTS says `on`, none where it is not set.
 * @throws AwsError for any other value
 */
export function askedForFaults(env: Readonly<Record<string, string | undefined>>): boolean {
  const asked = env.DAYBOOK_LOCAL_FAULTS;
  if (asked === undefined || asked === '') return false;
  if (asked === 'on') return true;
  throw new AwsError(
    'InvalidParameterValue',
    `DAYBOOK_LOCAL_FAULTS: expected on, got ${JSON.stringify(asked)}`,
  );
}
