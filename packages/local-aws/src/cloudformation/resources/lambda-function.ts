import { z } from 'zod';
import type { FunctionConfig } from '../../lambda/function-config';
import { TemplateError } from '../errors';
import { type DeployContext, resourceType } from '../resource';

const zipSchema = z.object({
  PackageType: z.literal('Zip').optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string(),
});

const imageSchema = z.object({
  PackageType: z.literal('Image'),
  Code: z.strictObject({ ImageUri: z.string() }),
  /** Required, because the configuration inside the image is unknown. */
  ImageConfig: z.strictObject({
    EntryPoint: z.array(z.string()).min(1),
    Command: z.array(z.string()).default([]),
    WorkingDirectory: z.string().optional(),
  }),
});

const commonSchema = z.object({
  FunctionName: z.string().optional(),
  Role: z.string(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  Timeout: z.number().default(3),
  MemorySize: z.number().default(128),
  ReservedConcurrentExecutions: z.number().optional(),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
});

const propertiesSchema = z.union([
  commonSchema.extend(imageSchema.shape),
  commonSchema.extend(zipSchema.shape),
]);

export const lambdaFunction = resourceType('AWS::Lambda::Function', propertiesSchema, (request, context) => {
  const { properties, where, defaultName } = request;
  const name = properties.FunctionName ?? defaultName;
  const { account, region } = context.place;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const { functions, iam } = context.services;
  iam.assume(properties.Role, 'lambda.amazonaws.com', undefined, name);
  iam.addResource(arn);
  functions.deploy({
    name,
    arn,
    roleArn: properties.Role,
    logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    isTraced: properties.TracingConfig?.Mode === 'Active',
    ...codeOf(properties, where, context.assets),
    environment: properties.Environment?.Variables ?? {},
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    reservedConcurrency: properties.ReservedConcurrentExecutions,
  });
  return { ref: name, attributes: { Arn: arn } };
});

function codeOf(
  properties: z.infer<typeof propertiesSchema>,
  where: string,
  assets: DeployContext['assets'],
): Pick<FunctionConfig, 'codeDirectory' | 'handler' | 'image'> {
  const refuse = (property: string, expected: string, found: string) => {
    throw new TemplateError(
      `${where}.${property}`,
      `expected ${expected}, got ${found}: only Node runs locally`,
    );
  };
  if (properties.PackageType === 'Image') {
    const { EntryPoint, Command } = properties.ImageConfig;
    if (EntryPoint[0] !== 'node') refuse('ImageConfig.EntryPoint', 'node', JSON.stringify(EntryPoint));
    // CDK tags images with the hash of their asset.
    const hash = properties.Code.ImageUri.split(':').at(-1) ?? '';
    return {
      codeDirectory: assets.image(hash, `${where}.Code`),
      handler: '',
      image: { command: [...EntryPoint, ...Command] },
    };
  }
  const { Runtime, Handler, Code } = properties;
  if (!Runtime.startsWith('nodejs')) refuse('Runtime', 'nodejs*', Runtime);
  return {
    codeDirectory: assets.file(Code.S3Key.replace(/\.zip$/, ''), `${where}.Code`),
    handler: Handler,
  };
}
