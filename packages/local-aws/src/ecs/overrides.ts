import { z } from 'zod';
import { type ContainerDefinition, EcsError } from './task-definition';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html, with the field names of Step Functions. */
const overridesSchema = z.strictObject({
  ContainerOverrides: z
    .array(
      z.strictObject({
        Name: z.string(),
        Command: z.array(z.string()).optional(),
        Environment: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).optional(),
        Cpu: z.number().optional(),
        Memory: z.number().optional(),
        MemoryReservation: z.number().optional(),
      }),
    )
    .default([]),
  Cpu: z.string().optional(),
  Memory: z.string().optional(),
  ExecutionRoleArn: z.string().optional(),
  TaskRoleArn: z.string().optional(),
  EphemeralStorage: z.strictObject({ SizeInGiB: z.number() }).optional(),
});
export type Overrides = z.infer<typeof overridesSchema>;

/** Characters of the overrides as JSON: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
const OVERRIDES_LIMIT = 8192;

/** @throws EcsError for overrides that ECS rejects */
export function readOverrides(value: unknown, container: ContainerDefinition): Overrides {
  const parsed = overridesSchema.safeParse(value ?? {});
  if (!parsed.success) {
    throw new EcsError('InvalidParameterException', `Overrides: ${z.prettifyError(parsed.error)}`);
  }
  const length = JSON.stringify(parsed.data).length;
  if (length > OVERRIDES_LIMIT) {
    throw new EcsError(
      'InvalidParameterException',
      `Container Overrides length must be at most ${OVERRIDES_LIMIT}, got ${length}`,
    );
  }
  for (const { Name } of parsed.data.ContainerOverrides) {
    if (Name !== container.name) {
      throw new EcsError(
        'InvalidParameterException',
        `Override for container named ${Name} is not a container in the TaskDefinition.`,
      );
    }
  }
  return parsed.data;
}

/** Applies the overrides to the container; later entries win. */
export function applyOverrides(container: ContainerDefinition, overrides: Overrides): ContainerDefinition {
  const all = overrides.ContainerOverrides;
  const variables = all.flatMap(({ Environment = [] }) =>
    Environment.map(({ Name, Value }) => [Name, Value]),
  );
  return {
    ...container,
    command: all.findLast(({ Command }) => Command)?.Command ?? container.command,
    environment: { ...container.environment, ...Object.fromEntries(variables) },
  };
}
