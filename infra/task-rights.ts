import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ResourceNames } from '../domain/names';
import {
  COPIED_ROWS,
  INPUT,
  KPIS,
  MARTS,
  REJECTED,
  RESULTS,
  SPARK_OF_EXECUTIONS,
  STAGING,
} from '../domain/object-keys';
import { REFRESH_LIFETIME_SECONDS } from '../state-machine/timeouts';
import { grantObjects, type ObjectGrants } from './grants';
import type { KpiTables } from './kpi-tables';
import { type Warehouse, warehouseVariables } from './warehouse/warehouse';

/** The tasks of every workflow, each a Fargate task and, for small batches, a function. */
const EVERY_WORKFLOW = ['validate', 'stage', 'transform'] as const;
export type WorkflowTask = (typeof EVERY_WORKFLOW)[number] | 'load';

/** What each task of a workflow has; `load` is there only where a warehouse is. */
export type OfTasks<T> = Readonly<Record<(typeof EVERY_WORKFLOW)[number], T>> & { readonly load?: T };

/** Makes something for each task of the workflow. */
export function ofTasks<T>(
  { warehouse }: Pick<TaskSettings, 'warehouse'>,
  make: (task: WorkflowTask) => T,
): OfTasks<T> {
  return {
    validate: make('validate'),
    stage: make('stage'),
    transform: make('transform'),
    ...(warehouse && { load: make('load') }),
  };
}

export const taskNames = (tasks: OfTasks<unknown>): WorkflowTask[] => Object.keys(tasks) as WorkflowTask[];

/** What tasks work on and by which settings, wherever they run. */
export interface TaskSettings {
  readonly names: ResourceNames;
  readonly bucket: Bucket;
  readonly tables: KpiTables;
  readonly reportingTimeZone: string;
  /** ISO 4217 code of the shop's currency. */
  readonly currency?: string | undefined;
  readonly maxBadRowShare: number;
  readonly warehouse?: Warehouse | undefined;
  /** The key of pseudonyms, if a contract pseudonymizes. */
  readonly pseudonymKey?: ISecret | undefined;
  readonly targetFileMb: number;
  /** Whether tasks plan jobs of Spark, and commit what these compute. */
  readonly hasSpark: boolean;
}

const OBJECTS: Readonly<Record<WorkflowTask, ObjectGrants>> = {
  validate: {
    read: [INPUT, RESULTS],
    list: [INPUT, RESULTS],
    upload: [RESULTS, REJECTED],
  },
  stage: {
    read: [RESULTS, STAGING],
    list: [RESULTS, STAGING],
    write: [RESULTS],
    upload: [STAGING],
    remove: [STAGING],
  },
  transform: {
    read: [STAGING, KPIS, MARTS],
    list: [STAGING, KPIS, MARTS],
    write: [RESULTS],
    upload: [KPIS, MARTS],
    remove: [KPIS, MARTS],
  },
  load: {
    read: [STAGING, KPIS, MARTS],
    list: [STAGING, KPIS, MARTS],
    write: [RESULTS],
  },
};

/** The rights of a task, which are the same for the role of its container and for that of its function. */
export function grantTask(
  task: WorkflowTask,
  role: IRole,
  { bucket, tables, pseudonymKey, warehouse, hasSpark }: TaskSettings,
): void {
  const { read = [], list = [], ...others } = OBJECTS[task];
  // Stage reads all results in any case.
  const plans = hasSpark && task === 'transform' ? [SPARK_OF_EXECUTIONS] : [];
  grantObjects(bucket, role, { read: [...read, ...plans], list: [...list, ...plans], ...others });
  if (task === 'load' && warehouse?.copyRole)
    grantObjects(bucket, role, { upload: [COPIED_ROWS], remove: [COPIED_ROWS] });
  const secret = { validate: pseudonymKey, load: warehouse?.secret, stage: undefined, transform: undefined }[
    task
  ];
  if (secret) {
    // Not by the secret's own grant, which allows to describe it, too.
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [secret.secretArn],
      }),
    );
  }
  if (task !== 'transform') return;
  // Not by the tables' own grant, which is for their indexes, too.
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['dynamodb:BatchWriteItem', 'dynamodb:DescribeTable', 'dynamodb:Scan'],
      resources: [...tables.tables.values()].map(({ tableArn }) => tableArn),
    }),
  );
}

/** The variables of a task, likewise. */
export function taskVariables(task: WorkflowTask, settings: TaskSettings): Record<string, string> {
  const { names, maxBadRowShare, targetFileMb, reportingTimeZone, currency, pseudonymKey, warehouse } =
    settings;
  const variables = {
    validate: {
      MAX_BAD_ROW_SHARE: String(maxBadRowShare),
      REPORTING_TIME_ZONE: reportingTimeZone,
      ...(currency !== undefined && { CURRENCY: currency }),
      ...(pseudonymKey && { PSEUDONYM_SECRET_ARN: pseudonymKey.secretArn }),
    },
    stage: { TARGET_FILE_MB: String(targetFileMb) },
    transform: {
      REPORTING_TIME_ZONE: reportingTimeZone,
      REFRESH_LIFETIME_SECONDS: String(REFRESH_LIFETIME_SECONDS),
      ...(names.prefix !== '' && { RESOURCE_PREFIX: names.prefix }),
    },
    load: {
      REPORTING_TIME_ZONE: reportingTimeZone,
      ...(currency !== undefined && { CURRENCY: currency }),
      ...(warehouse && warehouseVariables(warehouse)),
    },
  };
  return variables[task];
}
