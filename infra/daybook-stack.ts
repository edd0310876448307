import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourceNames } from '../domain/names';
import { Functions } from './functions';
import { Intake } from './intake';
import { KpiTables } from './kpi-tables';
import { Maintenance } from './maintenance';
import { Network } from './network';
import { Tasks } from './tasks';
import { Topics } from './topics';
import { Triggers } from './triggers';
import { Workflow } from './workflow';

export interface DaybookProps extends StackProps {
  /** In front of every resource name; empty for none. */
  readonly prefix: string;
  /** IANA time zone in which a day begins and ends. */
  readonly reportingTimeZone: string;
  /** A file with a larger share of bad rows is rejected whole. */
  readonly maxBadRowShare: number;
  /** Days that a data file of the lake outlives the last version that needs it; 7 where not given, 1 at least. */
  readonly fileRetentionDays?: number;
  /** Days that the lake's tables can be read as they were, their files provided; 30 where not given. */
  readonly logRetentionDays?: number;
}

/** The whole of Daybook in one stack, a construct per concern. */
export class DaybookStack extends Stack {
  constructor(scope: Construct, id: string, props: DaybookProps) {
    super(scope, id, { description: 'Daybook: CSV files in S3 to daily KPIs in DynamoDB', ...props });
    const names = resourceNames(props.prefix);

    const intake = new Intake(this, 'Intake', { names });
    const tables = new KpiTables(this, 'KpiTables', { names });
    const topics = new Topics(this, 'Topics', { names });
    const network = new Network(this, 'Network');
    const tasks = new Tasks(this, 'Tasks', { ...props, names, bucket: intake.bucket, network, tables });
    const functions = new Functions(this, 'Functions', { names, intake });
    const workflow = new Workflow(this, 'Workflow', { names, intake, network, tasks, topics, functions });
    new Maintenance(this, 'Maintenance', { names, network, tasks });
    new Triggers(this, 'Triggers', { names, workflow, orchestrator: functions.orchestrator });

    new CfnOutput(this, 'BucketName', { value: intake.bucket.bucketName });
    new CfnOutput(this, 'QueueUrl', { value: intake.queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: intake.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'StateMachineArn', { value: workflow.stateMachine.attrArn });
    new CfnOutput(this, 'OrderTable', { value: tables.orders.tableName });
    new CfnOutput(this, 'CategoryTable', { value: tables.categories.tableName });
  }
}
