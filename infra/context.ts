import type { Node } from 'constructs';
import { z } from 'zod';
import { isTimeZone } from '../domain/time';
import { DEFAULT_TARGET_FILE_MB } from '../runtime/config';
import type { DaybookProps } from './daybook-stack';
import { checkedSize, DEFAULT_SIZE } from './fargate-size';
import { DEFAULT_RETENTION, LEAST_RESULTS_DAYS } from './lifecycle';
import { DEFAULT_SMALL_BATCH } from './small-batches';

/** Context values that mean nothing; the message names every one at once. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** On the command line every value is a text, in cdk.json it can be a number, a truth or a list. */
const whole = (least: number) => {
  const error = `expected a whole number of at least ${least}`;
  return z.coerce.number({ error }).int(error).min(least, error);
};
const between = (least: number, most: number) => {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
};
const share = z.coerce
  .number({ error: 'expected a number from 0 to 1' })
  .min(0, 'expected a number from 0 to 1')
  .max(1, 'expected a number from 0 to 1');
const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
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
    z.array(item, { error: 'expected a list, or texts with commas between' }),
  );

/** docs/configuration.md has each with its unit, default and effect. */
const contextSchema = z.object({
  prefix: z.string().default(''),
  reportingTimeZone: z.string().refine(isTimeZone, 'expected an IANA time zone').default('UTC'),
  maxBadRowShare: share.default(0.2),
  maxBatchFiles: between(1, 10_000).optional(),
  targetFileMb: whole(1).default(DEFAULT_TARGET_FILE_MB),
  fileRetentionDays: whole(1).optional(),
  logRetentionDays: whole(1).optional(),
  archiveAfterDays: whole(1).default(DEFAULT_RETENTION.archiveAfterDays),
  resultsDays: whole(LEAST_RESULTS_DAYS).default(DEFAULT_RETENTION.resultsDays),
  oldVersionDays: whole(1).default(DEFAULT_RETENTION.oldVersionDays),
  taskCpu: whole(1).default(DEFAULT_SIZE.cpu),
  taskMemory: whole(1).default(DEFAULT_SIZE.memoryLimitMiB),
  taskDisk: whole(1).default(DEFAULT_SIZE.ephemeralStorageGiB),
  spot: yesOrNo.default(false),
  smallBatchBytes: whole(0).default(DEFAULT_SMALL_BATCH.bytes),
  smallBatchMemory: between(512, 10_240).default(DEFAULT_SMALL_BATCH.memoryMb),
  smallBatchDisk: between(512, 10_240).default(DEFAULT_SMALL_BATCH.diskMb),
  reserveConcurrency: yesOrNo.default(true),
  vpcId: z.string().startsWith('vpc-', 'expected vpc-...').optional(),
  subnetIds: list(z.string().startsWith('subnet-', 'expected subnet-..., with commas between')).default([]),
  assignPublicIp: yesOrNo.optional(),
  successEmails: list(z.email('expected addresses with commas between')).default([]),
  failureEmails: list(z.email('expected addresses with commas between')).default([]),
  topicKey: z.enum(['aws', 'own']).default('aws'),
  dashboard: yesOrNo.default(true),
});

type ContextName = keyof typeof contextSchema.shape;
export const CONTEXT_NAMES = Object.keys(contextSchema.shape) as ContextName[];

/**
 * What a deployment is told on the command line (`-c name=value`) or in cdk.json.
 * @throws ContextError that names every wrong value
 */
export function readContext(node: Node): DaybookProps {
  const given = Object.fromEntries(CONTEXT_NAMES.map((name) => [name, node.tryGetContext(name)]));
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
  const { vpcId, subnetIds, assignPublicIp, smallBatchBytes, smallBatchMemory, smallBatchDisk, ...rest } =
    values;
  return {
    ...rest,
    retention: { archiveAfterDays, resultsDays, oldVersionDays },
    size: checkedSize({ cpu: taskCpu, memoryLimitMiB: taskMemory, ephemeralStorageGiB: taskDisk }),
    smallBatch: { bytes: smallBatchBytes, memoryMb: smallBatchMemory, diskMb: smallBatchDisk },
    ...givenNetwork({ vpcId, subnetIds, assignPublicIp }),
  };
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
    `context: a VPC of your own needs vpcId and subnetIds, and assignPublicIp goes with them, got ${JSON.stringify(values)}`,
  );
}
