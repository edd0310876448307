import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ResourceNames } from '../domain/names';
import type { Network } from './network';
import type { Tasks } from './tasks';

interface MaintenanceProps {
  readonly names: ResourceNames;
  readonly network: Network;
  readonly tasks: Tasks;
}

/** The clock that runs the lake's maintenance, apart from the workflow: it may run beside a batch. */
export class Maintenance extends Construct {
  constructor(scope: Construct, id: string, { names, network, tasks }: MaintenanceProps) {
    super(scope, id);
    const { account } = Stack.of(this);
    const { taskDefinitionArn, taskRole, executionRole } = tasks.maintain;
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [taskDefinitionArn],
        conditions: { ArnEquals: { 'ecs:cluster': tasks.cluster.clusterArn } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [taskRole.roleArn, ...(executionRole ? [executionRole.roleArn] : [])],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    );
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: names.maintenanceSchedule,
      scheduleExpression: 'rate(1 day)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: tasks.cluster.clusterArn,
        roleArn: role.roleArn,
        ecsParameters: {
          taskDefinitionArn,
          taskCount: 1,
          launchType: 'FARGATE',
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets: network.vpc.publicSubnets.map(({ subnetId }) => subnetId),
              securityGroups: [network.securityGroup.securityGroupId],
              // Without a NAT, the way to the image and the logs.
              assignPublicIp: 'ENABLED',
            },
          },
        },
        // A run that could not start is made up for by the next day's.
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 },
      },
    });
    schedule.node.addDependency(role);
  }
}
