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
