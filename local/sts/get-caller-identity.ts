import { z } from 'zod';
import { queryOperation } from '../endpoint/query-protocol';

export const getCallerIdentity = queryOperation({
  input: z.object({}),
  run(_input, _state: undefined, { account }) {
    return { Arn: `arn:aws:iam::${account}:user/local`, UserId: 'LOCAL', Account: account };
  },
});
