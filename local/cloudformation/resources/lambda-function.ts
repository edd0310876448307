import { z } from 'zod';
import { TemplateError } from '../errors';
import { resourceType } from '../resource';

const propertiesSchema = z.object({
  FunctionName: z.string().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string(),
  Role: z.string(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
});

export const lambdaFunction = resourceType(
  'AWS::Lambda::Function',
  propertiesSchema,
  (request, deploying) => {
    const { properties, where, defaultName } = request;
    const name = properties.FunctionName ?? defaultName;
    if (!properties.Runtime.startsWith('nodejs')) {
      throw new TemplateError(
        `${where}.Runtime`,
        `expected nodejs*, got ${properties.Runtime}: only Node runs locally`,
      );
    }
    const { account, region } = deploying.place;
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    const { functions, iam } = deploying.services;
    iam.assume(properties.Role, 'lambda.amazonaws.com', undefined, name);
    iam.addResource(arn);
    functions.deploy({
      name,
      arn,
      roleArn: properties.Role,
      logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      isTraced: properties.TracingConfig?.Mode === 'Active',
      codeDirectory: deploying.assets.file(properties.Code.S3Key.replace(/\.zip$/, ''), `${where}.Code`),
      handler: properties.Handler,
      environment: properties.Environment?.Variables ?? {},
      timeoutSeconds: properties.Timeout,
      memoryMb: properties.MemorySize,
      reservedConcurrency: properties.ReservedConcurrentExecutions,
    });
    return { ref: name, attributes: { Arn: arn } };
  },
);
