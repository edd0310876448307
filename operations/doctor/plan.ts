import { z } from 'zod';

/** A resource whose name is fixed by the template. */
export interface NamedResource {
  /** `AWS::SQS::Queue` */
  readonly type: string;
  readonly name: string;
  /** True if it stays when its stack is deleted. */
  readonly isRetained: boolean;
}

/** The properties of the stack to be deployed on which the account's checks depend. */
export interface Plan {
  readonly stackName: string;
  /** The version of the bootstrap resources that the deployment requires, and the parameter that has the account's. */
  readonly bootstrap: { readonly parameter: string; readonly version: number };
  /** The existing VPC's subnets; undefined if the stack creates its own VPC. */
  readonly subnetIds: readonly string[] | undefined;
  /** How many of the region's zones the stack's own VPC uses, from the first. */
  readonly zones: number;
  /** The reserved concurrency by function. */
  readonly reservedConcurrency: Readonly<Record<string, number>>;
  /** The largest function, and its memory in MB. */
  readonly largestFunction: { readonly name: string; readonly memoryMb: number };
  /**
   * vCPUs of Fargate for a task of an execution, and for the daily maintenance; the most that all workers of Spark have, undefined
   * without Spark.
   */
  readonly vcpus: {
    readonly task: number;
    readonly maintenance: number;
    readonly spark?: number | undefined;
  };
  /** True if the first attempt of a task runs on Fargate Spot. */
  readonly spot: boolean;
  readonly named: readonly NamedResource[];
}

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
const manifestSchema = z.object({
  artifacts: z.record(z.string(), z.object({ type: z.string(), properties: z.unknown() })),
});
const stackArtifactSchema = z.object({
  requiresBootstrapStackVersion: z.number(),
  bootstrapStackVersionSsmParameter: z.string(),
});
const taskScheduleSchema = z.object({
  Target: z.object({
    EcsParameters: z.object({
      TaskDefinitionArn: z.object({ Ref: z.string() }),
      NetworkConfiguration: z.object({ AwsvpcConfiguration: z.object({ Subnets: z.array(z.unknown()) }) }),
    }),
  }),
});
const sparkSchema = z.object({ MaximumCapacity: z.object({ Cpu: z.string().regex(/^\d+ vCPU$/) }) });
const joinSchema = z.object({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) });
const refSchema = z.object({ Ref: z.string() });

/** The property with the name, by type of resource. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** The deletion policies of a resource that stays, which CloudFormation can also import. */
const RETAINED: readonly (string | undefined)[] = ['Retain', 'RetainExceptOnCreate'];

/** The types of {@link Plan.named}. */
export const NAMED_TYPES: readonly string[] = Object.keys(NAME_PROPERTIES);

/**
 * Reads the plan from the output of the CDK app.
 * @param template the stack's template
 * @param manifest of the cloud assembly
 */
export function planOf(
  template: unknown,
  manifest: unknown,
  place: { readonly account: string; readonly region: string },
): Plan {
  const resources = Object.entries(templateSchema.parse(template).Resources);
  const ofType = (type: string) => resources.filter(([, resource]) => resource.Type === type);
  const propertiesOf = (type: string) => ofType(type).map(([, { Properties }]) => Properties);
  const [stackName, artifact] = stackOf(manifest);
  const functions = propertiesOf('AWS::Lambda::Function').map((properties) => ({
    name: String(properties.FunctionName),
    memoryMb: Number(properties.MemorySize ?? 0),
    reserved: Number(properties.ReservedConcurrentExecutions ?? 0),
  }));
  const [largest = { name: '', memoryMb: 0 }] = [...functions].sort((a, b) => b.memoryMb - a.memoryMb);
  const maintenance = propertiesOf('AWS::Scheduler::Schedule').flatMap(
    (properties) => taskScheduleSchema.safeParse(properties).data?.Target.EcsParameters ?? [],
  )[0];
  const vcpus = ofType('AWS::ECS::TaskDefinition').map(([id, { Properties }]) => ({
    isMaintenance: id === maintenance?.TaskDefinitionArn.Ref,
    vcpus: Number(Properties.Cpu) / 1024,
  }));
  const most = (isMaintenance: boolean) =>
    Math.max(0, ...vcpus.filter((one) => one.isMaintenance === isMaintenance).map((one) => one.vcpus));
  const [spark] = propertiesOf('AWS::EMRServerless::Application').map((properties) =>
    Number.parseInt(sparkSchema.parse(properties).MaximumCapacity.Cpu, 10),
  );
  const subnets = maintenance?.NetworkConfiguration.AwsvpcConfiguration.Subnets ?? [];
  return {
    stackName,
    bootstrap: {
      parameter: artifact.bootstrapStackVersionSsmParameter,
      version: artifact.requiresBootstrapStackVersion,
    },
    subnetIds:
      ofType('AWS::EC2::VPC').length > 0
        ? undefined
        : subnets.filter((subnet): subnet is string => typeof subnet === 'string'),
    zones: ofType('AWS::EC2::Subnet').length,
    reservedConcurrency: Object.fromEntries(
      functions.filter(({ reserved }) => reserved > 0).map(({ name, reserved }) => [name, reserved]),
    ),
    largestFunction: { name: largest.name, memoryMb: largest.memoryMb },
    vcpus: { task: most(false), maintenance: most(true), ...(spark && { spark }) },
    spot: propertiesOf('AWS::StepFunctions::StateMachine').some((properties) =>
      Object.values(properties.DefinitionSubstitutions ?? {}).includes('FARGATE_SPOT'),
    ),
    named: resources.flatMap(([, { Type, Properties, DeletionPolicy }]) => {
      const name = resolve(Properties[NAME_PROPERTIES[Type] ?? ''], place);
      return name === undefined ? [] : [{ type: Type, name, isRetained: RETAINED.includes(DeletionPolicy) }];
    }),
  };
}

function stackOf(manifest: unknown) {
  const stacks = Object.entries(manifestSchema.parse(manifest).artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  const [[name, { properties }] = ['', { properties: undefined }]] = stacks;
  return [name, stackArtifactSchema.parse(properties)] as const;
}

/** A name that is a string, or joins strings with the account and the region. */
function resolve(
  value: unknown,
  { account, region }: { readonly account: string; readonly region: string },
): string | undefined {
  if (typeof value === 'string') return value;
  const joined = joinSchema.safeParse(value).data?.['Fn::Join'];
  if (!joined) return undefined;
  const [separator, parts] = joined;
  const known: Readonly<Record<string, string>> = { 'AWS::AccountId': account, 'AWS::Region': region };
  const texts = parts.map((part) =>
    typeof part === 'string' ? part : known[refSchema.safeParse(part).data?.Ref ?? ''],
  );
  return texts.includes(undefined) ? undefined : texts.join(separator);
}
