import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { withRetryPolicies } from '../state-machine/retry-policies';
import { awaitRights, serviceRole } from './service-role';
import { acknowledgeWildcards } from './wildcards';

interface StateMachineProps {
  readonly name: string;
  /** In Amazon States Language; a Retry names its policies. */
  readonly definition: object;
  readonly substitutions: Readonly<Record<string, string>>;
  readonly role: Role;
}

/** A role for a state machine that writes a log and traces. */
export function stateMachineRole(scope: Construct): Role {
  const role = serviceRole(scope, 'Role', 'states');
  // None of these can be bound to a resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
  role.addToPolicy(new PolicyStatement({ actions: LOG_DELIVERY, resources: ['*'] }));
  // Nor these: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
  role.addToPolicy(new PolicyStatement({ actions: TRACING, resources: ['*'] }));
  acknowledgeWildcards(role, ['*'], 'What AWS offers on nothing less than everything: log delivery, traces.');
  return role;
}

export function stateMachine(
  scope: Construct,
  { name, definition, substitutions, role }: StateMachineProps,
): CfnStateMachine {
  const log = new LogGroup(scope, 'Log', {
    // Below this prefix the service needs no growing policy of its own: its own delivery is let in.
    logGroupName: `/aws/vendedlogs/states/${name}`,
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const machine = new CfnStateMachine(scope, 'StateMachine', {
    stateMachineName: name,
    stateMachineType: 'STANDARD',
    roleArn: role.roleArn,
    definitionString: JSON.stringify(withRetryPolicies(definition)),
    definitionSubstitutions: substitutions,
    loggingConfiguration: {
      // Every event, without its data: that is in the execution's history for 90 days.
      level: 'ALL',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
    },
    tracingConfiguration: { enabled: true },
  });
  awaitRights(machine, role);
  return machine;
}

const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

const TRACING = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
