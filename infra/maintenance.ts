import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAINTENANCE_TIME } from '../domain/maintenance-time';
import type { ResourceNames } from '../domain/names';
import type { Network } from './network';
import { awaitRights, serviceRole } from './service-role';
import type { Tasks } from './tasks';

interface MaintenanceProps {
  readonly names: ResourceNames;
  readonly network: Network;
  readonly tasks: Tasks;
  /** Receives the invocations that could not start a run. */
  readonly deadLetterQueue: Queue;
}

/** The schedule of the lake maintenance. It is independent of the workflow: maintenance can run during a batch. */
export class Maintenance extends Construct {
  constructor(scope: Construct, id: string, { names, network, tasks, deadLetterQueue }: MaintenanceProps) {
    super(scope, id);
    const { taskDefinitionArn, taskRole, executionRole } = tasks.maintain;
    const role = serviceRole(this, 'ScheduleRole', 'scheduler');
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
    deadLetterQueue.grant(role, 'sqs:SendMessage');
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: names.maintenanceSchedule,
      // A rate would start the first run at the creation of the schedule, during the deployment.
      scheduleExpression: dailyAt(MAINTENANCE_TIME),
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
              subnets: [...network.subnetIds],
              securityGroups: [network.securityGroup.securityGroupId],
              assignPublicIp: network.assignPublicIp,
            },
          },
        },
        // If a run cannot start, the run of the next day does its work.
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
      },
    });
    awaitRights(schedule, role);
    // The task needs the routes of the subnets, and the cluster its service-linked role: see associateCapacityProviders.
    schedule.node.addDependency(network, tasks.cluster);
  }
}

/** @param time in UTC, as HH:MM */
function dailyAt(time: string): string {
  const [hour, minute] = time.split(':').map(Number);
  return `cron(${minute} ${hour} * * ? *)`;
}
