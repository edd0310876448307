import { RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from './wildcards';

/**
 * A function's log, and a role that may write it, which is not CDK's own: that has AWS's managed policy, and with it the
 * right to write into any log of the account.
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
  acknowledgeWildcards(role, ['*'], 'Traces, which AWS takes on nothing less than everything.');
  return { role, logGroup };
}
