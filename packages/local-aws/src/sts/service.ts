import { queryService } from '../endpoint/query-protocol';
import type { LocalService } from '../endpoint/service';
import { getCallerIdentity } from './get-caller-identity';

/** STS with GetCallerIdentity only. Keys of a role identify its session, other keys the user `local`. */
export function createStsService(): LocalService {
  return queryService({
    name: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalidInput: 'ValidationError',
    state: undefined,
    close: async () => {},
    operations: { GetCallerIdentity: getCallerIdentity },
    // GetCallerIdentity needs no permission.
    access: { GetCallerIdentity: () => [] },
    denial: { code: 'AccessDenied', status: 403 },
  });
}
