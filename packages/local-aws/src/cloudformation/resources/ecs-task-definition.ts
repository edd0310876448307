import { z } from 'zod';
import { DEFAULT_STOP_TIMEOUT_SECONDS } from '../../ecs/task-definition';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const containerSchema = z.object({
  Name: z.string(),
  Image: z.string(),
  EntryPoint: z.array(z.string()).default([]),
  Command: z.array(z.string()).default([]),
  Environment: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
  LogConfiguration: z
    .strictObject({ LogDriver: z.literal('awslogs'), Options: z.record(z.string(), z.string()) })
    .optional(),
  StopTimeout: z.number().default(DEFAULT_STOP_TIMEOUT_SECONDS),
  /** Rejected, because the container would run without them. */
  Secrets: z.array(z.unknown()).max(0).optional(),
  EnvironmentFiles: z.array(z.unknown()).max(0).optional(),
});

const propertiesSchema = z.object({
  Family: z.string().optional(),
  Cpu: z.string().default('256'),
  Memory: z.string().default('512'),
  TaskRoleArn: z.string().optional(),
  ExecutionRoleArn: z.string().optional(),
  ContainerDefinitions: z.array(containerSchema).min(1),
});

export const ecsTaskDefinition = resourceType(
  'AWS::ECS::TaskDefinition',
  propertiesSchema,
  (request, context) => {
    const { properties, where, defaultName } = request;
    const family = properties.Family ?? defaultName;
    const [container, ...others] = properties.ContainerDefinitions;
    if (!container || others.length > 0) {
      throw new TemplateError(
        `${where}.ContainerDefinitions`,
        'expected one container: several are not supported locally',
      );
    }
    const { account, region } = context.place;
    const arn = `arn:aws:ecs:${region}:${account}:task-definition/${family}:1`;
    context.services.tasks.register({
      arn,
      family,
      cpu: properties.Cpu,
      memory: properties.Memory,
      taskRoleArn: properties.TaskRoleArn,
      executionRoleArn: properties.ExecutionRoleArn,
      container: {
        name: container.Name,
        image: container.Image,
        // CDK tags images with the hash of their asset.
        imageDirectory: context.assets.image(container.Image.split(':').at(-1) ?? '', `${where}.Image`),
        entryPoint: container.EntryPoint,
        command: container.Command,
        environment: Object.fromEntries(container.Environment.map(({ Name, Value }) => [Name, Value])),
        log: logOf(container.LogConfiguration?.Options),
        stopTimeoutSeconds: container.StopTimeout,
      },
    });
    return { ref: arn, attributes: { TaskDefinitionArn: arn } };
  },
);

function logOf(options: Readonly<Record<string, string>> | undefined) {
  if (!options) return undefined;
  const { 'awslogs-group': group = '', 'awslogs-stream-prefix': streamPrefix = '' } = options;
  return { group, streamPrefix };
}
