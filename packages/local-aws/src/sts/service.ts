import { queryService } from '../endpoint/query-protocol';
import type { LocalService } from '../endpoint/service';
import { getCallerIdentity } from './get-caller-identity';

/** STS, as far as it tells who one is: a role's session by its keys, with any others the user `local`. */
export function createStsService(): LocalService {
  return queryService({
    name: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalidInput: 'ValidationError',
    state: undefined,
    close: async () => {},
    operations: { GetCallerIdentity: getCallerIdentity },
    // Nobody needs a right to learn who he is.
    access: { GetCallerIdentity: () => [] },
    denial: { code: 'AccessDenied', status: 403 },
  });
}
