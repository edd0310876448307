import { z } from 'zod';
import type { RunTaskRequest } from '../../ecs/tasks';
import { parseRecurrence, type Recurrence } from '../../scheduler/recurrence';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const networkSchema = z.strictObject({
  AwsvpcConfiguration: z.strictObject({
    Subnets: z.array(z.string()).min(1),
    SecurityGroups: z.array(z.string()).optional(),
    AssignPublicIp: z.enum(['ENABLED', 'DISABLED']).optional(),
  }),
});

/** The network configuration has no effect locally. */
const ecsParametersSchema = z.strictObject({
  TaskDefinitionArn: z.string(),
  TaskCount: z.literal(1).default(1),
  LaunchType: z.literal('FARGATE').optional(),
  NetworkConfiguration: networkSchema.optional(),
  PlatformVersion: z.string().optional(),
  PropagateTags: z.string().optional(),
  EnableECSManagedTags: z.boolean().optional(),
});

const targetSchema = z.object({
  Arn: z.string(),
  RoleArn: z.string(),
  Input: z.string().default('{}'),
  EcsParameters: ecsParametersSchema.optional(),
});

const propertiesSchema = z.object({
  Name: z.string().optional(),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.literal('UTC').optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: targetSchema,
});

export const schedule = resourceType(
  'AWS::Scheduler::Schedule',
  propertiesSchema,
  (request, { place, services }) => {
    const { properties, where, defaultName } = request;
    const { State, Target } = properties;
    const name = properties.Name ?? defaultName;
    const recurrence = recurrenceOf(properties.ScheduleExpression, `${where}.ScheduleExpression`);
    const isEnabled = State === 'ENABLED';
    const group = `arn:aws:scheduler:${place.region}:${place.account}:schedule-group/default`;
    const actAs = () => services.iam.assume(Target.RoleArn, 'scheduler.amazonaws.com', group, name);
    actAs();
    if (Target.Arn.includes(':function:')) {
      const target = { functionArn: Target.Arn, input: Target.Input };
      if (isEnabled && properties.ScheduleExpression.startsWith('cron('))
        services.timedSchedules.putSchedule({ name, actAs, recurrence, target });
      else if (isEnabled) services.scheduler.putSchedule({ name, actAs, ...target });
    } else if (Target.Arn.includes(':cluster/') && Target.EcsParameters) {
      const task = {
        cluster: Target.Arn,
        taskDefinition: Target.EcsParameters.TaskDefinitionArn,
        overrides: overridesOf(Target.Input, `${where}.Target.Input`),
      };
      if (isEnabled) services.timedSchedules.putSchedule({ name, actAs, recurrence, target: { task } });
    } else {
      throw new TemplateError(
        `${where}.Target`,
        `expected a Lambda function, or an ECS cluster with EcsParameters, got ${Target.Arn}`,
      );
    }
    const arn = `arn:aws:scheduler:${place.region}:${place.account}:schedule/default/${name}`;
    return { ref: name, attributes: { Arn: arn } };
  },
);

function recurrenceOf(expression: string, where: string): Recurrence {
  try {
    return parseRecurrence(expression);
  } catch (error) {
    throw error instanceof RangeError ? new TemplateError(where, error.message) : error;
  }
}

/** The input is the task's overrides with the field names of ECS; EcsTasks expects those of Step Functions. */
function overridesOf(input: string, where: string): RunTaskRequest['overrides'] {
  try {
    return inPascalCase(JSON.parse(input));
  } catch {
    throw new TemplateError(where, `expected the task's overrides as JSON, got ${input}`);
  }
}

function inPascalCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inPascalCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.slice(0, 1).toUpperCase() + name.slice(1),
      inPascalCase(field),
    ]),
  );
}
