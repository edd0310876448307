import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourceNames, tableOutput } from '../domain/names';
import type { BilledSizes } from '../domain/workflow';
import { Alarms } from './alarms';
import { athenaWorkgroup, DEFAULT_SCAN_LIMIT_MB } from './athena-workgroup';
import { Catalogue } from './catalogue';
import { Dashboard } from './dashboard';
import type { EventOptions } from './events/event-options';
import { Events } from './events/events';
import { DEFAULT_SIZE, type FargateSize } from './fargate-size';
import { Functions } from './functions';
import { Intake, type Place } from './intake';
import { KpiTables } from './kpi-tables';
import { Ledger } from './ledger';
import { DEFAULT_RETENTION, type Retention } from './lifecycle';
import { Maintenance } from './maintenance';
import { type GivenNetwork, Network } from './network';
import { pseudonymKey } from './pseudonym-key';
import { Rates, type RatesOptions } from './rates';
import { readerPolicy } from './reader-policy';
import { RunTask } from './run-task';
import { DEFAULT_SMALL_BATCH, SmallBatches, type SmallBatchSize } from './small-batches';
import { Spark, type SparkOptions } from './spark';
import { taskNames } from './task-rights';
import { Tasks } from './tasks';
import { type TopicKey, Topics } from './topics';
import { Triggers } from './triggers';
import { defineWarehouse, SERVER_PORTS, type WarehouseOptions } from './warehouse/warehouse';
import { Workflow } from './workflow';

export interface DaybookProps extends StackProps {
  /** In front of every resource name; empty for none. */
  readonly prefix: string;
  /** Where the stack will be deployed, if that is known. Without it the template suits every account and region. */
  readonly place?: Place | undefined;
  /** IANA time zone in which a day begins and ends. */
  readonly reportingTimeZone: string;
  /** ISO 4217 code of the shop's currency; where not given, that of each file. */
  readonly currency?: string | undefined;
  /** A file with a larger share of bad rows is rejected whole. */
  readonly maxBadRowShare: number;
  /** Files that one execution takes at most; the orchestrator's own default where not given. */
  readonly maxBatchFiles?: number | undefined;
  /** Their bytes, likewise. */
  readonly maxBatchBytes?: number | undefined;
  /** Days that a data file of the lake outlives the last version that needs it; 7 where not given, 1 at least. */
  readonly targetFileMb: number;
  readonly fileRetentionDays?: number | undefined;
  /** Days that the lake's tables can be read as they were, their files provided; 30 where not given. */
  readonly logRetentionDays?: number | undefined;
  readonly retention?: Retention;
  readonly size?: FargateSize;
  readonly smallBatch?: SmallBatchSize;
  /** Whether tasks are tried on Fargate Spot first; not where not given. */
  readonly spot?: boolean;
  /** Whether the orchestrator has a reserved concurrency of 1; so where not given. */
  readonly reserveConcurrency?: boolean;
  /** Made where not given. */
  readonly network?: GivenNetwork;
  readonly successEmails?: readonly string[];
  readonly failureEmails?: readonly string[];
  readonly topicKey?: TopicKey;
  /** ARNs of SNS topics and EventBridge rules that may send the bucket's events to the queue, besides S3. */
  readonly queueSenders?: readonly string[];
  /** Whether there is a dashboard; so where not given. */
  readonly dashboard?: boolean;
  /** MB that a query of Athena reads at most before it is cancelled; 10,240 where not given. */
  readonly athenaScanLimitMb?: number | undefined;
  /** Spark for large batches; none where not given. */
  readonly spark?: SparkOptions | undefined;
  /** The warehouse; none where not given. */
  readonly warehouse?: WarehouseOptions | undefined;
  /** The download of currency rates; none where not given. */
  readonly rates?: RatesOptions | undefined;
  /** The entry points for events; none where not given. */
  readonly events?: EventOptions | undefined;
}

/** The whole of Daybook in one stack, a construct per concern. */
export class DaybookStack extends Stack {
  constructor(scope: Construct, id: string, props: DaybookProps) {
    super(scope, id, { description: 'Daybook: CSV files in S3 to daily KPIs in DynamoDB', ...props });
    const names = resourceNames(props.prefix);
    const {
      retention = DEFAULT_RETENTION,
      size = DEFAULT_SIZE,
      smallBatch = DEFAULT_SMALL_BATCH,
      spot = false,
      reserveConcurrency = true,
    } = props;
    const { successEmails = [], failureEmails = [], topicKey = 'aws', dashboard = true } = props;
    const hasSpark = props.spark !== undefined;

    const intake = new Intake(this, 'Intake', {
      names,
      retention,
      place: props.place,
      senders: props.queueSenders,
      hasSpark,
    });
    const { bucket } = intake;
    const tables = new KpiTables(this, 'KpiTables', { names });
    const topics = new Topics(this, 'Topics', { names, successEmails, failureEmails, topicKey });
    const network = new Network(this, 'Network', {
      intake,
      tables,
      warehousePort:
        props.warehouse && props.warehouse.kind !== 'aurora' ? SERVER_PORTS[props.warehouse.kind] : undefined,
      ...(props.network && { given: props.network }),
    });
    const settings = {
      ...props,
      hasSpark,
      names,
      bucket,
      tables,
      pseudonymKey: pseudonymKey(this, names),
      warehouse:
        props.warehouse &&
        defineWarehouse(this, props.warehouse, {
          names,
          bucket,
          network,
          hasEvents: props.events !== undefined,
        }),
    };
    const tasks = new Tasks(this, 'Tasks', { ...settings, network, size });
    const smallBatches = new SmallBatches(this, 'SmallBatches', {
      ...settings,
      image: tasks.image,
      size: smallBatch,
    });
    const functions = new Functions(this, 'Functions', {
      names,
      intake,
      reserveConcurrency,
      maxBatchFiles: props.maxBatchFiles,
      maxBatchBytes: props.maxBatchBytes,
      eventFileWait: props.events?.fileWaitMinutes,
      billedSizes: { ...billedSizes(size, smallBatch, network), ...(hasSpark && { spark: true }) },
      hasSpark,
    });
    new Ledger(this, 'Ledger', { names, functions });
    const spark = props.spark && new Spark(this, 'Spark', { names, bucket, options: props.spark });
    const runTask = new RunTask(this, 'RunTask', {
      names,
      bucket,
      network,
      tasks,
      smallBatches,
      smallBatchBytes: smallBatch.bytes,
      spot,
      spark,
    });
    const workflow = new Workflow(this, 'Workflow', {
      names,
      intake,
      tasks,
      runTask,
      topics,
      functions,
      hasSpark,
    });
    const triggers = new Triggers(this, 'Triggers', {
      names,
      workflow,
      orchestrator: functions.orchestrator,
    });
    // Before the association no task can start on Fargate, so nothing starts an execution before it.
    triggers.schedule.node.addDependency(tasks.associateCapacityProviders(workflow.stateMachine));
    const { deadLetterQueue } = triggers;
    new Maintenance(this, 'Maintenance', { names, network, tasks, deadLetterQueue });

    const rates = props.rates
      ? new Rates(this, 'Rates', { names, bucket, options: props.rates, deadLetterQueue })
      : undefined;
    const events = props.events
      ? new Events(this, 'Events', { ...settings, options: props.events })
      : undefined;

    const { athenaScanLimitMb: scanLimitMb = DEFAULT_SCAN_LIMIT_MB } = props;
    const workgroup = athenaWorkgroup(this, { names, bucket, scanLimitMb });
    new Catalogue(this, 'Catalogue', { names, bucket, workgroup });
    const readers = readerPolicy(this, { names, bucket });

    // Last: they watch and show whatever is there.
    const { attrArn: stateMachineArn } = workflow.stateMachine;
    const { all: alarms } = new Alarms(this, 'Alarms', {
      names,
      topic: topics.alarms,
      stateMachineArn,
      events,
      rates,
      spark,
    });
    if (dashboard) {
      const { bucketName } = bucket;
      const taskFunctions = taskNames(smallBatches.functions);
      new Dashboard(this, 'Dashboard', {
        names,
        bucketName,
        tasks: taskFunctions,
        stateMachineArn,
        alarms,
        events,
      });
    }

    new CfnOutput(this, 'ReaderPolicyArn', { value: readers.managedPolicyArn });
    new CfnOutput(this, 'BucketName', { value: intake.bucket.bucketName });
    new CfnOutput(this, 'QueueUrl', { value: intake.queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: intake.deadLetterQueue.queueUrl });
    new CfnOutput(this, 'StateMachineArn', { value: workflow.stateMachine.attrArn });
    if (settings.warehouse) {
      const { secret, server, copyRole } = settings.warehouse;
      new CfnOutput(this, 'WarehouseSecretArn', { value: secret.secretArn });
      if (server !== undefined) new CfnOutput(this, 'WarehouseServer', { value: server });
      if (copyRole) new CfnOutput(this, 'WarehouseCopyRoleArn', { value: copyRole.roleArn });
    }
    if (events) {
      new CfnOutput(this, 'EventsUrl', { value: events.api.url });
      new CfnOutput(this, 'EventKeysArn', { value: events.keys.secretArn });
      new CfnOutput(this, 'EventQueueUrl', { value: events.queue.queueUrl });
      if (events.stream) new CfnOutput(this, 'EventStream', { value: events.stream.streamName });
    }
    for (const [name, { tableName }] of tables.tables) {
      new CfnOutput(this, tableOutput(name), { value: tableName });
    }
  }
}

/** The sizes that settle records in an execution's usage. */
function billedSizes(
  { cpu, memoryLimitMiB, ephemeralStorageGiB }: FargateSize,
  { memoryMb, diskMb }: SmallBatchSize,
  { assignPublicIp }: Network,
): BilledSizes {
  return {
    task: { vcpu: cpu / 1024, memory_gb: memoryLimitMiB / 1024, disk_gb: ephemeralStorageGiB },
    public_address: assignPublicIp === 'ENABLED',
    task_function: { memory_gb: memoryMb / 1024, disk_gb: diskMb / 1024 },
  };
}
