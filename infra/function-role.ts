import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './wildcards';

/**
 * Creates a function's log group and a role that can write to it. CDK's default role has an AWS managed policy, which
 * allows writing to any log of the account.
 */
export function functionRole(
  scope: Construct,
  name: string,
): { readonly role: Role; readonly logGroup: LogGroup } {
  const logGroup = new LogGroup(scope, `${name}-log`, {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${name}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  acknowledgeWildcards(role, ['*'], 'X-Ray trace actions do not support resource-level permissions.');
  return { role, logGroup };
}
