import { GetAWSDefaultServiceQuotaCommand, GetServiceQuotaCommand } from '@aws-sdk/client-service-quotas';
import type { Account } from './account';
import { requires, unlessNamed } from './permission';

/** A quota of the account in its region. */
export interface Quota {
  readonly service: string;
  readonly code: string;
}

/** https://docs.aws.amazon.com/general/latest/gr/ecs-service.html, `vpc-service.html`, `lambda-service.html`, `emr-serverless.html` */
export const QUOTAS = {
  concurrency: { service: 'lambda', code: 'L-B99A9384' },
  fargate: { service: 'fargate', code: 'L-3032A538' },
  fargateSpot: { service: 'fargate', code: 'L-36FBB829' },
  emrServerless: { service: 'emr-serverless', code: 'L-D05C8A75' },
  vpcs: { service: 'vpc', code: 'L-F678F1CE' },
} as const satisfies Record<string, Quota>;

/** The quota's value. An account without a value of its own has AWS's default. */
export async function readQuota({ quotas }: Account, { service, code }: Quota): Promise<number> {
  const input = { ServiceCode: service, QuotaCode: code };
  const applied = await requires('servicequotas:GetServiceQuota', () =>
    unlessNamed(['NoSuchResourceException'], quotas.send(new GetServiceQuotaCommand(input))),
  );
  const value =
    applied?.Quota?.Value ??
    (
      await requires('servicequotas:GetAWSDefaultServiceQuota', () =>
        quotas.send(new GetAWSDefaultServiceQuotaCommand(input)),
      )
    ).Quota?.Value;
  if (value === undefined) throw new Error(`Service Quotas has no value for ${service} ${code}`);
  return value;
}

/** The command that requests a higher quota. */
export const raise = ({ service, code }: Quota, value: number): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value}`;
