import type { Node } from 'constructs';
import { z } from 'zod';
import { isTimeZone } from '../domain/time';
import { isCurrency } from '../domain/values';
import { DEFAULT_TARGET_FILE_MB } from '../runtime/config';
import { DEFAULT_SCAN_LIMIT_MB, MIN_SCAN_LIMIT_MB } from './athena-workgroup';
import type { DaybookProps } from './daybook-stack';
import {
  DEFAULT_EVENTS,
  DEFAULT_TOPICS,
  type KafkaOptions,
  MAX_WINDOW_SECONDS,
} from './events/event-options';
import { checkedSize, DEFAULT_SIZE } from './fargate-size';
import { DEFAULT_RETENTION, MIN_RESULTS_DAYS } from './lifecycle';
import { DEFAULT_RATES_URL } from './rates';
import { DEFAULT_SMALL_BATCH } from './small-batches';
import { DEFAULT_SPARK, MIN_VCPU } from './spark';
import { DEFAULT_CAPACITY, type WarehouseOptions } from './warehouse/warehouse';

/** Invalid context values; the message names all of them. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** On the command line every value is a string; in cdk.json it can be a number, a boolean or a list. */
const integerFrom = (min: number) => {
  const error = `expected a whole number of at least ${min}`;
  return z.coerce.number({ error }).int(error).min(min, error);
};
const integerBetween = (min: number, max: number) => {
  const error = `expected a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error);
};
const share = z.coerce
  .number({ error: 'expected a number from 0 to 1' })
  .min(0, 'expected a number from 0 to 1')
  .max(1, 'expected a number from 0 to 1');
const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
  error: 'expected true or false',
});
const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== '')
        : value,
    z.array(item, { error: 'expected a list or a comma-separated string' }),
  );

/** docs/configuration.md describes the unit, default and effect of each value. */
const contextSchema = z.object({
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected 12 digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-central-1')
    .optional(),
  prefix: z.string().default(''),
  reportingTimeZone: z.string().refine(isTimeZone, 'expected an IANA time zone').default('UTC'),
  currency: z.string().refine(isCurrency, 'expected an ISO 4217 code, such as EUR').optional(),
  maxBadRowShare: share.default(0.2),
  maxBatchFiles: integerBetween(1, 10_000).optional(),
  maxBatchBytes: integerFrom(1).optional(),
  targetFileMb: integerFrom(1).default(DEFAULT_TARGET_FILE_MB),
  fileRetentionDays: integerFrom(1).optional(),
  logRetentionDays: integerFrom(1).optional(),
  archiveAfterDays: integerFrom(1).default(DEFAULT_RETENTION.archiveAfterDays),
  resultsDays: integerFrom(MIN_RESULTS_DAYS).default(DEFAULT_RETENTION.resultsDays),
  oldVersionDays: integerFrom(1).default(DEFAULT_RETENTION.oldVersionDays),
  taskCpu: integerFrom(1).default(DEFAULT_SIZE.cpu),
  taskMemory: integerFrom(1).default(DEFAULT_SIZE.memoryLimitMiB),
  taskDisk: integerFrom(1).default(DEFAULT_SIZE.ephemeralStorageGiB),
  spot: boolean.default(false),
  smallBatchBytes: integerFrom(0).default(DEFAULT_SMALL_BATCH.bytes),
  smallBatchMemory: integerBetween(512, 10_240).default(DEFAULT_SMALL_BATCH.memoryMb),
  smallBatchDisk: integerBetween(512, 10_240).default(DEFAULT_SMALL_BATCH.diskMb),
  spark: boolean.default(false),
  sparkBatchBytes: integerFrom(0).default(DEFAULT_SPARK.batchBytes),
  sparkMaxVcpu: integerFrom(MIN_VCPU).default(DEFAULT_SPARK.maxVcpu),
  reserveConcurrency: boolean.default(true),
  vpcId: z.string().startsWith('vpc-', 'expected vpc-...').optional(),
  subnetIds: list(z.string().startsWith('subnet-', 'expected comma-separated subnet-...')).default([]),
  assignPublicIp: boolean.optional(),
  successEmails: list(z.email('expected comma-separated addresses')).default([]),
  failureEmails: list(z.email('expected comma-separated addresses')).default([]),
  queueSenders: list(
    z
      .string()
      .regex(
        /^arn:[a-z-]+:(sns:[a-z0-9-]+:\d{12}:[\w-]+|events:[a-z0-9-]+:\d{12}:rule\/[\w./-]+)$/,
        'expected ARNs of SNS topics or EventBridge rules',
      ),
  ).default([]),
  topicKey: z.enum(['aws', 'own']).default('aws'),
  dashboard: boolean.default(true),
  athenaScanLimitMb: integerFrom(MIN_SCAN_LIMIT_MB).default(DEFAULT_SCAN_LIMIT_MB),
  events: boolean.default(true),
  eventOrigins: list(
    z
      .string()
      .regex(
        /^(\*|https?:\/\/[^/\s]+)$/,
        'expected * or comma-separated origins such as https://shop.example',
      ),
  ).default([...DEFAULT_EVENTS.origins]),
  eventRequestsPerSecond: integerBetween(1, 10_000).default(DEFAULT_EVENTS.requestsPerSecond),
  eventWindow: integerBetween(1, MAX_WINDOW_SECONDS).default(DEFAULT_EVENTS.windowSeconds),
  eventFileWait: integerBetween(0, 360).default(DEFAULT_EVENTS.fileWaitMinutes),
  eventStream: boolean.default(false),
  kafkaBootstrap: list(z.string().regex(/^[^:\s]+:\d+$/, 'expected comma-separated host:port')).default([]),
  kafkaTopics: list(z.string().regex(/^[\w.-]{1,249}$/, 'expected comma-separated names of topics')).default([
    ...DEFAULT_TOPICS,
  ]),
  kafkaSecretArn: z.string().startsWith('arn:', 'expected the ARN of a secret').optional(),
  kafkaAuthentication: z
    .enum(['SASL_SCRAM_512_AUTH', 'SASL_SCRAM_256_AUTH', 'BASIC_AUTH'])
    .default('SASL_SCRAM_512_AUTH'),
  kafkaSubnetIds: list(z.string().startsWith('subnet-', 'expected comma-separated subnet-...')).default([]),
  kafkaSecurityGroupId: z.string().startsWith('sg-', 'expected sg-...').optional(),
  warehouse: z
    .enum(['aurora', 'server', 'redshift'], { error: 'expected aurora, server or redshift' })
    .optional(),
  warehouseSecretArn: z.string().startsWith('arn:', 'expected the ARN of a secret').optional(),
  warehouseCapacity: integerBetween(1, 256).default(DEFAULT_CAPACITY),
  rates: boolean.optional(),
  ratesUrl: z
    .url({ protocol: /^https?$/, error: 'expected http:// or https:// and so on' })
    .default(DEFAULT_RATES_URL),
  contracts: list(z.string().min(1)).optional(),
  marts: list(z.string().min(1)).optional(),
  withoutMarts: list(z.string().min(1)).optional(),
});

export interface DeploymentOptions extends DaybookProps {
  /** Folders with contracts that change the included ones. */
  readonly contracts?: readonly string[] | undefined;
  /** Folders with marts that are added to the included ones or replace them. */
  readonly marts?: readonly string[] | undefined;
  /** Names of included marts that are left out. */
  readonly withoutMarts?: readonly string[] | undefined;
}

type ContextName = keyof typeof contextSchema.shape;
export const CONTEXT_NAMES = Object.keys(contextSchema.shape) as ContextName[];

/**
 * Reads the options of a deployment from the command line (`-c name=value`) or cdk.json.
 * @throws ContextError that names every invalid value
 */
export function readContext(node: Node, environment: NodeJS.ProcessEnv = process.env): DeploymentOptions {
  // The CDK CLI sets both variables for the account and region of its credentials.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = environment;
  const given: Record<string, unknown> = { account, region };
  for (const name of CONTEXT_NAMES) given[name] = node.tryGetContext(name) ?? given[name];
  const parsed = contextSchema.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `${name}: ${message}, got ${JSON.stringify(given[name])}`;
    });
    throw new ContextError(`context: ${faults.join('; ')}`);
  }
  const { taskCpu, taskMemory, taskDisk, archiveAfterDays, resultsDays, oldVersionDays, ...values } =
    parsed.data;
  const { vpcId, subnetIds, assignPublicIp, smallBatchBytes, smallBatchMemory, smallBatchDisk, ...others } =
    values;
  const { account: knownAccount, region: knownRegion, ...rest } = others;
  const {
    events,
    eventOrigins,
    eventRequestsPerSecond,
    eventWindow,
    eventFileWait,
    eventStream,
    ...further
  } = rest;
  const { kafkaBootstrap, kafkaTopics, kafkaSecretArn, kafkaAuthentication, ...beyond } = further;
  const { kafkaSubnetIds, kafkaSecurityGroupId, rates, ratesUrl, ...more } = beyond;
  const { warehouse, warehouseSecretArn, warehouseCapacity, ...last } = more;
  const { spark, sparkBatchBytes, sparkMaxVcpu, ...plain } = last;
  const kafka = givenKafka(events, {
    bootstrap: kafkaBootstrap,
    topics: kafkaTopics,
    secretArn: kafkaSecretArn,
    authentication: kafkaAuthentication,
    subnetIds: kafkaSubnetIds,
    securityGroupId: kafkaSecurityGroupId,
  });
  return {
    ...plain,
    ...(spark && { spark: { batchBytes: sparkBatchBytes, maxVcpu: sparkMaxVcpu } }),
    // Only the warehouse has amounts in the shop's currency.
    ...((rates ?? warehouse !== undefined) && { rates: { url: ratesUrl } }),
    ...(events && {
      events: {
        origins: eventOrigins,
        requestsPerSecond: eventRequestsPerSecond,
        windowSeconds: eventWindow,
        fileWaitMinutes: eventFileWait,
        stream: eventStream,
        ...(kafka && { kafka }),
      },
    }),
    ...(knownAccount && knownRegion && { place: { account: knownAccount, region: knownRegion } }),
    retention: { archiveAfterDays, resultsDays, oldVersionDays },
    size: checkedSize({ cpu: taskCpu, memoryLimitMiB: taskMemory, ephemeralStorageGiB: taskDisk }),
    smallBatch: { bytes: smallBatchBytes, memoryMb: smallBatchMemory, diskMb: smallBatchDisk },
    warehouse: givenWarehouse(warehouse, warehouseSecretArn, warehouseCapacity, {
      isPublicVpc: vpcId !== undefined && assignPublicIp !== false,
    }),
    ...givenNetwork({ vpcId, subnetIds, assignPublicIp }),
  };
}

function givenKafka(events: boolean, kafka: KafkaOptions): KafkaOptions | undefined {
  const { bootstrap, secretArn, subnetIds, securityGroupId } = kafka;
  if (bootstrap.length === 0) {
    if ((secretArn ?? securityGroupId ?? subnetIds[0]) === undefined) return undefined;
    throw new ContextError(
      'context: kafkaSecretArn, kafkaSubnetIds and kafkaSecurityGroupId are valid only with kafkaBootstrap',
    );
  }
  if (!events) throw new ContextError('context: kafkaBootstrap needs events=true');
  if (subnetIds.length > 0 !== (securityGroupId !== undefined)) {
    throw new ContextError('context: brokers in a VPC need both kafkaSubnetIds and kafkaSecurityGroupId');
  }
  return kafka;
}

function givenWarehouse(
  kind: WarehouseOptions['kind'] | undefined,
  secretArn: string | undefined,
  maxCapacity: number,
  { isPublicVpc }: { readonly isPublicVpc: boolean },
): WarehouseOptions | undefined {
  if (secretArn !== undefined && kind !== 'server' && kind !== 'redshift')
    throw new ContextError(
      'context: warehouseSecretArn is valid only with warehouse=server and warehouse=redshift',
    );
  if (kind === 'aurora' && isPublicVpc)
    throw new ContextError(
      'context: warehouse=aurora in your own VPC needs private subnets, with assignPublicIp=false: functions in public ones reach nothing outside',
    );
  if (kind === undefined) return undefined;
  return kind === 'aurora' ? { kind, maxCapacity } : { kind, secretArn };
}

function givenNetwork(values: {
  vpcId?: string | undefined;
  subnetIds: string[];
  assignPublicIp?: boolean | undefined;
}): Pick<DaybookProps, 'network'> {
  const { vpcId, subnetIds, assignPublicIp = true } = values;
  if (vpcId !== undefined && subnetIds.length > 0) return { network: { vpcId, subnetIds, assignPublicIp } };
  if (vpcId === undefined && subnetIds.length === 0 && values.assignPublicIp === undefined) return {};
  throw new ContextError(
    `context: your own VPC needs vpcId and subnetIds, and assignPublicIp is valid only with them, got ${JSON.stringify(values)}`,
  );
}
