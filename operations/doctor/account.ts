import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { LOCAL_ACCOUNT } from '../../domain/names';
import { clientConfig, connect, type Deployment, disconnect } from '../deployment';

/** A deployment, and the services of its account that only the checks use. */
export interface Account extends Deployment {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly quotas: ServiceQuotasClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
}

/**
 * Connects like {@link connect}.
 * @throws DeploymentError for an endpoint that is not a URL, or an invalid prefix
 */
export async function connectAccount(env: Readonly<Record<string, string | undefined>>): Promise<Account> {
  const deployment = await connect(env);
  const { isLocal: _, ...config } = clientConfig(env);
  return {
    ...deployment,
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    quotas: new ServiceQuotasClient(config),
    scheduler: new SchedulerClient(config),
    secrets: new SecretsManagerClient(config),
    sns: new SNSClient(config),
    ssm: new SSMClient(config),
  };
}

export function disconnectAccount(account: Account): void {
  disconnect(account);
  const { cloudFormation, cloudWatch, ec2, iam, quotas, scheduler, secrets, sns, ssm } = account;
  for (const client of [cloudFormation, cloudWatch, ec2, iam, quotas, scheduler, secrets, sns, ssm])
    client.destroy();
}

/** True for a pipeline of `daybook local`. Other emulators on this computer have an account of their own. */
export const isLocalPipeline = ({ isLocal, account }: Pick<Deployment, 'isLocal' | 'account'>): boolean =>
  isLocal && account === LOCAL_ACCOUNT;
