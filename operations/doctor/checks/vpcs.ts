import { paginateDescribeVpcs } from '@aws-sdk/client-ec2';
import { type AccountCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';
import { QUOTAS, raise, readQuota } from '../quotas';

/** Can the stack create its VPC? The quota of internet gateways follows the quota of VPCs. */
export const vpcs: AccountCheck = {
  id: 'vpcs',
  title: 'VPCs of the region',
  async run({ account, plan, stack }) {
    if (plan.subnetIds) return ok('the stack uses an existing VPC');
    if (stack.isDeployed) return ok('the stack has its VPC');
    const [count, quota] = await Promise.all([
      requires('ec2:DescribeVpcs', async () => {
        let found = 0;
        for await (const { Vpcs = [] } of paginateDescribeVpcs({ client: account.ec2 }, {})) {
          found += Vpcs.length;
        }
        return found;
      }),
      readQuota(account, QUOTAS.vpcs),
    ]);
    return judgeVpcs(count, quota);
  },
};

/** @param count VPCs that exist, without the stack's */
export function judgeVpcs(count: number, quota: number): Finding {
  return count < quota
    ? ok(`quota ${quota}, ${count} used, 1 needed`)
    : failed(
        `quota ${quota}, ${count} used, 1 needed`,
        `-c vpcId=... -c subnetIds=... for an existing VPC, or a higher quota: ${raise(QUOTAS.vpcs, count + 1)}`,
      );
}
