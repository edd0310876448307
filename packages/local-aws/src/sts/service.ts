import { queryService } from '../endpoint/query-protocol';
import type { LocalService } from '../endpoint/service';
import type { Iam } from '../iam/iam';
import { assumeRole } from './assume-role';
import { getCallerIdentity } from './get-caller-identity';

/**
 * STS with GetCallerIdentity and AssumeRole. Keys of a role identify its session, other keys the user `local`.
 *
 * @param iam the roles; without it there are none to assume
 */
export function createStsService(iam?: Pick<Iam, 'assumeAs' | 'issueKeys'>): LocalService {
  return queryService({
    name: 'sts',
    xmlns: 'https://sts.amazonaws.com/doc/2011-06-15/',
    invalidInput: 'ValidationError',
    state: iam,
    close: async () => {},
    operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
    access: {
      // It needs no permission.
      GetCallerIdentity: () => [],
      AssumeRole: ({ RoleArn }) => [{ action: 'sts:AssumeRole', resource: String(RoleArn) }],
    },
    denial: { code: 'AccessDenied', status: 403 },
  });
}
