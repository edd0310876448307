import { type AccountCheck, type Finding, failed, ok } from '../check';
import type { Plan } from '../plan';
import { QUOTAS, raise, readQuota } from '../quotas';

/** Does the quota of Fargate allow a task and the daily maintenance at the same time? */
export const fargateVcpus: AccountCheck = {
  id: 'fargate-vcpus',
  title: 'vCPUs of Fargate',
  async run({ account, plan }) {
    const [onDemand, spot] = await Promise.all([
      readQuota(account, QUOTAS.fargate),
      plan.spot ? readQuota(account, QUOTAS.fargateSpot) : undefined,
    ]);
    return judgeVcpus(plan.vcpus, { onDemand, spot });
  },
};

/** @param quotas `spot` is undefined if the deployment does not use Fargate Spot */
export function judgeVcpus(
  { task, maintenance }: Plan['vcpus'],
  { onDemand, spot }: { readonly onDemand: number; readonly spot: number | undefined },
): Finding {
  // The second attempt of a task runs on demand even with Spot.
  const needed = task + maintenance;
  if (onDemand < needed) {
    return failed(
      `quota ${onDemand} on demand, ${needed} needed for a task and the daily maintenance`,
      `a smaller -c taskCpu, or a higher quota: ${raise(QUOTAS.fargate, Math.ceil(needed))}`,
    );
  }
  if (spot !== undefined && spot < task) {
    return failed(
      `quota ${spot} on Spot, ${task} needed for a task`,
      `-c spot=false, or a higher quota: ${raise(QUOTAS.fargateSpot, Math.ceil(task))}`,
    );
  }
  const withSpot = spot === undefined ? '' : ` and ${spot} on Spot`;
  return ok(`quota ${onDemand} on demand${withSpot}, ${needed} needed`);
}
