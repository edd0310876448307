import { z } from 'zod';
import { invalidMapping } from './invalid-mapping';

/**
 * The settings of an event source mapping, with the names of the Lambda API.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export const mappingSettingsSchema = z.strictObject({
  FunctionName: z.string(),
  EventSourceArn: z.string().optional(),
  Enabled: z.boolean().optional(),
  BatchSize: z.number().int().min(1).max(10_000).optional(),
  MaximumBatchingWindowInSeconds: z.number().int().min(0).max(300).optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
  ScalingConfig: z
    .strictObject({ MaximumConcurrency: z.number().int().min(2).max(1000).optional() })
    .optional(),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']).optional(),
  /** Seconds since the epoch. */
  StartingPositionTimestamp: z.number().nonnegative().optional(),
  BisectBatchOnFunctionError: z.boolean().optional(),
  /** -1: until the records expire. */
  MaximumRetryAttempts: z.number().int().min(-1).max(10_000).optional(),
  /** -1: no limit. */
  MaximumRecordAgeInSeconds: z
    .number()
    .int()
    .max(604_800)
    .refine((age) => age === -1 || age >= 60, 'expected -1 or at least 60')
    .optional(),
  /** Without effect: a shard has one batch at a time, which keeps the order of each partition key too. */
  ParallelizationFactor: z.number().int().min(1).max(10).optional(),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().optional() }).optional() })
    .optional(),
  /** As on AWS, a mapping has one topic. */
  Topics: z.array(z.string()).length(1).optional(),
  SelfManagedEventSource: z
    .strictObject({
      Endpoints: z.strictObject({ KAFKA_BOOTSTRAP_SERVERS: z.array(z.string().regex(/^.+:\d+$/)).min(1) }),
    })
    .optional(),
  SelfManagedKafkaEventSourceConfig: z.strictObject({ ConsumerGroupId: z.string().optional() }).optional(),
  SourceAccessConfigurations: z
    .array(
      z.strictObject({
        Type: z.enum([
          'BASIC_AUTH',
          'SASL_SCRAM_256_AUTH',
          'SASL_SCRAM_512_AUTH',
          'SERVER_ROOT_CA_CERTIFICATE',
          'VPC_SUBNET',
          'VPC_SECURITY_GROUP',
        ]),
        URI: z.string(),
      }),
    )
    .optional(),
  /** Without effect. */
  Tags: z.unknown().optional(),
});
export type MappingSettings = z.infer<typeof mappingSettingsSchema>;

/** A stored mapping. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly functionArn: string;
  readonly settings: MappingSettings;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Part of the template: it ends with a template that no longer has it. */
  readonly isOfTemplate: boolean;
}

/** Largest payload of an invocation in bytes. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

const COMMON = [
  'FunctionName',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'Tags',
] as const;
const FAILURES = [
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
] as const;
const START = ['StartingPosition', 'StartingPositionTimestamp'] as const;

/** The settings of each kind of source. */
const SETTINGS: Readonly<Record<'queue' | 'stream' | 'topic', readonly (keyof MappingSettings)[]>> = {
  queue: [...COMMON, 'EventSourceArn', 'ScalingConfig'],
  stream: [...COMMON, 'EventSourceArn', ...START, ...FAILURES, 'ParallelizationFactor'],
  topic: [
    ...COMMON,
    ...START,
    ...FAILURES,
    'Topics',
    'SelfManagedEventSource',
    'SelfManagedKafkaEventSourceConfig',
    'SourceAccessConfigurations',
  ],
};

/** @throws LambdaError InvalidParameterValueException for a setting that this kind of source does not have */
export function assertSettingsOf(kind: keyof typeof SETTINGS, settings: MappingSettings): void {
  const known: readonly string[] = SETTINGS[kind];
  const other = Object.keys(settings).find((name) => !known.includes(name));
  if (other !== undefined) throw invalidMapping(`${other} is not a setting of a mapping of a ${kind}.`);
}

/** @throws LambdaError if there is a time without AT_TIMESTAMP, or AT_TIMESTAMP without a time */
export function assertStartingTime({
  StartingPosition,
  StartingPositionTimestamp,
}: Pick<MappingSettings, 'StartingPosition' | 'StartingPositionTimestamp'>): void {
  if ((StartingPosition === 'AT_TIMESTAMP') !== (StartingPositionTimestamp !== undefined)) {
    throw invalidMapping('StartingPositionTimestamp is required for AT_TIMESTAMP, and only for it.');
  }
}

/** True if the function reports the items of a batch that failed. */
export const reportsFailures = ({ FunctionResponseTypes = [] }: MappingSettings): boolean =>
  FunctionResponseTypes.includes('ReportBatchItemFailures');

/** @throws LambdaError InvalidParameterValueException that names the setting */
export function readSettings(input: unknown): MappingSettings {
  const parsed = mappingSettingsSchema.safeParse(input);
  if (!parsed.success) throw invalidMapping(z.prettifyError(parsed.error));
  return parsed.data;
}

/** A mapping as the API returns it. */
export function describeMapping(
  { uuid, functionArn, settings, modifiedAt }: EventSourceMapping,
  mappingArn: string,
  lastResult: string | undefined,
): object {
  const { FunctionName, Enabled, Tags, ...rest } = settings;
  return {
    UUID: uuid,
    EventSourceMappingArn: mappingArn,
    FunctionArn: functionArn,
    ...rest,
    State: Enabled === false ? 'Disabled' : 'Enabled',
    StateTransitionReason: 'USER_INITIATED',
    LastModified: modifiedAt / 1000,
    ...(lastResult !== undefined && { LastProcessingResult: lastResult }),
  };
}
