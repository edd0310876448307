import { z } from 'zod';
import { queryOperation } from '../endpoint/query-protocol';

export const getCallerIdentity = queryOperation({
  input: z.object({}),
  run(_input, _state: unknown, { account, caller }) {
    return {
      Arn: caller.arn,
      UserId: caller.kind === 'service' ? caller.arn : caller.userId,
      Account: account,
    };
  },
});
