import { type AccountCheck, type Finding, failed, ok, skipped } from '../check';
import { QUOTAS, raise, readQuota } from '../quotas';

/** Does the quota of EMR Serverless allow the workers that a job asks for? Neither a deployment nor the start of a job tells. */
export const sparkVcpus: AccountCheck = {
  id: 'spark-vcpus',
  title: 'vCPUs of Spark',
  async run({ account, plan: { vcpus } }) {
    if (vcpus.spark === undefined) return skipped('a deployment without Spark');
    return judgeSparkVcpus(vcpus.spark, await readQuota(account, QUOTAS.emrServerless));
  },
};

/** @param most vCPUs of all workers */
export function judgeSparkVcpus(most: number, quota: number): Finding {
  if (quota >= most) return ok(`quota ${quota}, workers have at most ${most}`);
  return failed(
    `quota ${quota}, workers have up to ${most}: a job ends when it asks for more than the quota, and its task runs on Fargate`,
    `-c sparkMaxVcpu=${quota}, or a higher quota: ${raise(QUOTAS.emrServerless, most)}`,
  );
}
