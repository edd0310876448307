import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const ON_DEMAND_SHARDS = 4;

const propertiesSchema = z.strictObject({
  Name: z.string().optional(),
  ShardCount: z.number().int().min(1).optional(),
  RetentionPeriodHours: z.number().int().min(24).max(8760).default(24),
  StreamModeDetails: z.strictObject({ StreamMode: z.enum(['PROVISIONED', 'ON_DEMAND']) }).optional(),
  /** Without effect. */
  StreamEncryption: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

export const kinesisStream = resourceType(
  'AWS::Kinesis::Stream',
  propertiesSchema,
  ({ properties, where, defaultName }, { services }) => {
    const { Name: name = defaultName, ShardCount, RetentionPeriodHours, StreamModeDetails } = properties;
    const mode = StreamModeDetails?.StreamMode ?? 'PROVISIONED';
    const shardCount = ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1);
    try {
      const settings = { name, mode, shardCount, retentionHours: RetentionPeriodHours };
      const { arn } = services.kinesis.ensureStream(settings);
      services.iam.addResource(arn);
      return { ref: name, attributes: { Arn: arn } };
    } catch (error) {
      throw error instanceof RangeError ? new TemplateError(`${where}.ShardCount`, error.message) : error;
    }
  },
);
