/**
 * Names of the resources in an account. Every name starts with the deployment's `prefix` (CDK context, DAYBOOK_PREFIX on the
 * command line), so that several deployments fit in one account; by default it is empty.
 */

const PREFIX_PATTERN = /^[a-z0-9][a-z0-9-]{0,19}$/;

export interface ResourceNames {
  readonly prefix: string;
  readonly bucket: (account: string, region: string) => string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly schedule: string;
  readonly maintenanceSchedule: string;
  readonly ratesSchedule: string;
  readonly orchestrator: string;
  readonly settle: string;
  readonly move: string;
  /** The function that downloads currency rates. */
  readonly rates: string;
  /** The function that runs a task of a small batch. */
  readonly taskFunction: (task: string) => string;
  readonly executionEndedRule: string;
  readonly stateMachine: string;
  /** The state machine that runs one task of the workflow. */
  readonly runTask: string;
  /** The DynamoDB table of a mart, by the name in its definition. */
  readonly table: (name: string) => string;
  readonly ledgerTable: string;
  readonly successTopic: string;
  readonly failureTopic: string;
  readonly alarmTopic: string;
  readonly triggerDeadLetterQueue: string;
  readonly cluster: string;
  /** The application of EMR Serverless. */
  readonly spark: string;
  /** The value of the metrics' dimension, which separates the metrics of two deployments. */
  readonly metricsService: string;
  readonly dashboard: string;
  /** The secret with the address of the warehouse. */
  readonly warehouse: string;
  /** The secret with the key of pseudonyms. */
  readonly pseudonymKey: string;
  /** The function behind the HTTP API for events. */
  readonly collect: string;
  /** The function that writes events to the bucket. */
  readonly ingest: string;
  readonly eventsApi: string;
  readonly eventQueue: string;
  readonly eventDeadLetterQueue: string;
  readonly eventStream: string;
  readonly kafkaConsumerGroup: string;
  /** The Glue database. With underscores only, so that SQL need not quote it. */
  readonly database: string;
  readonly workgroup: string;
  readonly namedQuery: (name: string) => string;
  /** The managed policy for those who query the lake. */
  readonly readerPolicy: string;
}

/**
 * @param prefix lower-case letters, digits and hyphens, at most 20; empty for none
 * @throws RangeError for a prefix that is not valid in an S3 bucket name
 */
export function resourceNames(prefix = ''): ResourceNames {
  if (prefix !== '' && !PREFIX_PATTERN.test(prefix)) {
    throw new RangeError(
      `prefix ${JSON.stringify(prefix)}: expected at most 20 lower-case letters, digits and hyphens, not starting with a hyphen`,
    );
  }
  return {
    prefix,
    bucket: (account, region) => `${prefix}daybook-${account}-${region}`,
    queue: `${prefix}file-processing-queue`,
    deadLetterQueue: `${prefix}file-processing-queue-dlq`,
    schedule: `${prefix}Five-Minute-Pipeline-Trigger`,
    maintenanceSchedule: `${prefix}Daily-Maintenance-Trigger`,
    ratesSchedule: `${prefix}Daily-Rates-Trigger`,
    orchestrator: `${prefix}Pipeline-Orchestrator`,
    settle: `${prefix}Pipeline-Settle`,
    move: `${prefix}Pipeline-Move`,
    rates: `${prefix}Pipeline-Rates`,
    taskFunction: (task) => `${prefix}Pipeline-Task-${task}`,
    executionEndedRule: `${prefix}Pipeline-Execution-Ended`,
    stateMachine: `${prefix}ECommerce-Pipeline-Orchestrator`,
    runTask: `${prefix}Pipeline-Run-Task`,
    table: (name) => `${prefix}${name}`,
    ledgerTable: `${prefix}FileLedger`,
    successTopic: `${prefix}PipelineSuccessNotifications`,
    failureTopic: `${prefix}PipelineFailureNotifications`,
    alarmTopic: `${prefix}PipelineAlarms`,
    triggerDeadLetterQueue: `${prefix}Pipeline-Trigger-dlq`,
    cluster: `${prefix}Daybook`,
    spark: `${prefix}Daybook-Spark`,
    metricsService: `${prefix}Daybook`,
    dashboard: `${prefix}Daybook`,
    warehouse: `${prefix}Daybook-Warehouse`,
    pseudonymKey: `${prefix}Daybook-Pseudonyms`,
    collect: `${prefix}Pipeline-Collect`,
    ingest: `${prefix}Pipeline-Ingest`,
    eventsApi: `${prefix}Daybook-Events`,
    eventQueue: `${prefix}analytics-events-queue`,
    eventDeadLetterQueue: `${prefix}analytics-events-dlq`,
    eventStream: `${prefix}analytics-events`,
    kafkaConsumerGroup: `${prefix}daybook`,
    database: `${prefix}daybook`.replaceAll('-', '_'),
    workgroup: `${prefix}Daybook`,
    namedQuery: (name) => `${prefix}${name}`,
    readerPolicy: `${prefix}Daybook-Reader`,
  };
}

export const BY_OUTCOME_INDEX = 'by-outcome';

/** The account and region of local mode. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/** The template's output with the name of a mart's DynamoDB table: `OrderTable` of `order_kpis`. */
export const tableOutput = (mart: string): string =>
  `${mart.replace(/_kpis$/, '').replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Table`;
