import { type Check, flat, one, resourcesOf, type TemplateJson, unless } from './check';

interface Queue {
  QueueName?: string;
  MessageRetentionPeriod: number;
  SqsManagedSseEnabled?: boolean;
  RedrivePolicy?: { maxReceiveCount: number; deadLetterTargetArn: { 'Fn::GetAtt': [string, string] } };
}

interface Container {
  User?: string;
  ReadonlyRootFilesystem?: boolean;
  StopTimeout?: number;
  Privileged?: boolean;
  MountPoints?: { ContainerPath: string; ReadOnly: boolean; SourceVolume: string }[];
}

const LIFETIME = 'REFRESH_LIFETIME_SECONDS';

interface State {
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
}

const transformContainer = (
  template: TemplateJson,
): Container & { Environment: { Name: string; Value: string }[] } =>
  one(template, 'AWS::ECS::TaskDefinition', (id) => id.startsWith('Taskstransform')).Properties
    .ContainerDefinitions[0];

const transformFunction = (template: TemplateJson) =>
  one(template, 'AWS::Lambda::Function', (id) => id.startsWith('SmallBatchestransform')).Properties;

const queues = (template: TemplateJson) =>
  resourcesOf(template, 'AWS::SQS::Queue').map(([id, { Properties }]) => [id, Properties as Queue] as const);

const container = (template: TemplateJson): Container =>
  one(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];

/** Alarms cannot publish under the key of SNS; SNS encrypts this topic on its disks. */
const WITHOUT_KEY = 'PipelineAlarms';

export const PLATFORM_CHECKS: readonly Check[] = [
  {
    rule: 'a message is a dead letter after five receives, and then is kept for no shorter than it was',
    faults: (template) => {
      const all = new Map(queues(template));
      const redriving = [...all].filter(([, { RedrivePolicy }]) => RedrivePolicy);
      if (redriving.length === 0) return ['no queue has a redrive policy'];
      return redriving
        .filter(([, { RedrivePolicy, MessageRetentionPeriod }]) => {
          const [dead = ''] = RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'] ?? [];
          const kept = all.get(dead)?.MessageRetentionPeriod ?? 0;
          return RedrivePolicy?.maxReceiveCount !== 5 || kept < MessageRetentionPeriod;
        })
        .map(([id]) => `${id}: redrives elsewhere, otherwise, or to where letters are lost`);
    },
    breaks: {
      'after one receive': (template) => {
        for (const [, { RedrivePolicy }] of queues(template))
          if (RedrivePolicy) RedrivePolicy.maxReceiveCount = 1;
      },
      'letters kept for a day': (template) => {
        for (const [, queue] of queues(template))
          if (!queue.RedrivePolicy) queue.MessageRetentionPeriod = 86_400;
      },
      'no redrive': (template) => {
        for (const [, queue] of queues(template)) delete queue.RedrivePolicy;
      },
    },
  },
  {
    rule: 'queues are encrypted',
    faults: (template) =>
      queues(template)
        .filter(([, { SqsManagedSseEnabled }]) => !SqsManagedSseEnabled)
        .map(([id]) => `${id}: in the clear`),
    breaks: {
      'one in the clear': (template) => {
        one(template, 'AWS::SQS::Queue').Properties.SqsManagedSseEnabled = false;
      },
    },
  },
  {
    rule: 'topics are encrypted with a key, but for that of the alarms',
    faults: (template) =>
      unless(
        template,
        'AWS::SNS::Topic',
        'without a key',
        ({ Properties }) => Properties.TopicName === WITHOUT_KEY || Properties.KmsMasterKeyId !== undefined,
      ),
    breaks: {
      'failures without a key': (template) => {
        delete one(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId;
      },
    },
  },
  {
    rule: 'a call that a schedule or a rule could not make is a dead letter',
    faults: (template) => [
      ...unless(
        template,
        'AWS::Scheduler::Schedule',
        'drops calls',
        ({ Properties }) => Properties.Target.DeadLetterConfig?.Arn !== undefined,
      ),
      ...unless(template, 'AWS::Events::Rule', 'drops calls', ({ Properties }) =>
        Properties.Targets.every(
          ({ DeadLetterConfig }: { DeadLetterConfig?: unknown }) => DeadLetterConfig !== undefined,
        ),
      ),
    ],
    breaks: {
      'a schedule that drops them': (template) => {
        delete one(template, 'AWS::Scheduler::Schedule').Properties.Target.DeadLetterConfig;
      },
      'a rule that drops them': (template) => {
        delete one(template, 'AWS::Events::Rule').Properties.Targets[0].DeadLetterConfig;
      },
    },
  },
  {
    rule: 'nothing can connect to a task, and nothing is paid for while none runs',
    faults: (template) => [
      ...unless(
        template,
        'AWS::EC2::Subnet',
        'is private, with no way out but a NAT',
        ({ Properties }) => Properties.MapPublicIpOnLaunch === true,
      ),
      ...['s3', 'dynamodb'].flatMap((service) =>
        resourcesOf(template, 'AWS::EC2::VPCEndpoint').some(([, { Properties }]) =>
          flat(Properties.ServiceName).endsWith(`.${service}`),
        )
          ? []
          : [`${service} is reached by public addresses`],
      ),
      ...unless(
        template,
        'AWS::EC2::SecurityGroup',
        'lets something in, or all out',
        ({ Properties }) =>
          Properties.SecurityGroupIngress === undefined &&
          Properties.SecurityGroupEgress.every(({ FromPort }: { FromPort?: number }) => FromPort === 443),
      ),
      ...resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([id]) => `${id}: lets something in`),
      ...resourcesOf(template, 'AWS::EC2::NatGateway').map(([id]) => `${id}: costs while idle`),
      ...unless(
        template,
        'AWS::EC2::VPCEndpoint',
        'costs while idle, or reaches everything',
        ({ Properties }) =>
          Properties.VpcEndpointType === 'Gateway' && Properties.PolicyDocument !== undefined,
      ),
    ],
    breaks: {
      'a way in': (template) => {
        one(template, 'AWS::EC2::SecurityGroup').Properties.SecurityGroupIngress = [{ FromPort: 22 }];
      },
      'a NAT': (template) => {
        template.Resources.Nat = { Type: 'AWS::EC2::NatGateway', Properties: {} };
      },
      'a private subnet': (template) => {
        one(template, 'AWS::EC2::Subnet').Properties.MapPublicIpOnLaunch = false;
      },
      'no endpoint for DynamoDB': (template) => {
        for (const [id, { Properties }] of resourcesOf(template, 'AWS::EC2::VPCEndpoint'))
          if (flat(Properties.ServiceName).endsWith('.dynamodb')) delete template.Resources[id];
      },
      'an endpoint to every bucket': (template) => {
        delete one(template, 'AWS::EC2::VPCEndpoint').Properties.PolicyDocument;
      },
    },
  },
  {
    rule: 'a task is no root, writes to its scratch volume alone, and is given all the time there is to stop',
    faults: (template) =>
      unless(
        template,
        'AWS::ECS::TaskDefinition',
        'is root, writes anywhere or is cut off',
        ({ Properties }) => {
          const volumes = Properties.Volumes?.map(({ Name }: { Name: string }) => Name) ?? [];
          return Properties.ContainerDefinitions.every(
            ({ User, ReadonlyRootFilesystem, StopTimeout, Privileged, MountPoints = [] }: Container) =>
              User !== undefined &&
              !/^(0|root)(:|$)/.test(User) &&
              !Privileged &&
              ReadonlyRootFilesystem === true &&
              StopTimeout === 120 &&
              MountPoints.length === 1 &&
              MountPoints.every(
                ({ ContainerPath, ReadOnly, SourceVolume }) =>
                  ContainerPath === '/scratch' && !ReadOnly && volumes.includes(SourceVolume),
              ),
          );
        },
      ),
    breaks: {
      'a root': (template) => {
        container(template).User = '0:0';
      },
      'whoever the image says': (template) => {
        delete container(template).User;
      },
      'a root file system to write to': (template) => {
        container(template).ReadonlyRootFilesystem = false;
      },
      'nowhere to write': (template) => {
        container(template).MountPoints = [];
      },
      'thirty seconds to stop': (template) => {
        delete container(template).StopTimeout;
      },
    },
  },
  {
    rule: 'an image writes to /tmp as a function, where nothing else can be written to',
    faults: (template) =>
      unless(
        template,
        'AWS::Lambda::Function',
        'writes to where the image says',
        ({ Properties }) =>
          Properties.PackageType !== 'Image' || Properties.Environment.Variables.TMPDIR === '/tmp',
      ),
    breaks: {
      'the scratch volume of Fargate': (template) => {
        const image = one(template, 'AWS::Lambda::Function', (id) => id.startsWith('SmallBatches'));
        delete image.Properties.Environment.Variables.TMPDIR;
      },
    },
  },
  {
    rule: 'tasks and functions run on ARM64, and what they call can be traced',
    faults: (template) => [
      ...unless(
        template,
        'AWS::ECS::TaskDefinition',
        'is not for ARM64',
        ({ Properties }) => Properties.RuntimePlatform.CpuArchitecture === 'ARM64',
      ),
      ...unless(
        template,
        'AWS::Lambda::Function',
        'is not for ARM64, or not traced',
        ({ Properties }) =>
          Properties.Architectures[0] === 'arm64' && Properties.TracingConfig?.Mode === 'Active',
      ),
      ...unless(
        template,
        'AWS::StepFunctions::StateMachine',
        'is not traced',
        ({ Properties }) => Properties.TracingConfiguration?.Enabled === true,
      ),
    ],
    breaks: {
      'a function that is not traced': (template) => {
        delete one(template, 'AWS::Lambda::Function').Properties.TracingConfig;
      },
      'a task for another processor': (template) => {
        one(template, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform.CpuArchitecture = 'X86_64';
      },
    },
  },
  {
    rule: 'transform takes no run for dead before its state has timed out and its container is killed',
    faults: (template) => {
      const states = resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap(([, { Properties }]) =>
        Object.values<State>(JSON.parse(Properties.DefinitionString).States),
      );
      const timeouts = states
        .filter(({ Resource }) => Resource === 'arn:aws:states:::ecs:runTask.sync')
        .map(({ TimeoutSeconds }) => Number(TimeoutSeconds));
      const lifetime = String(Math.max(...timeouts) + Number(transformContainer(template).StopTimeout));
      const found = [
        transformContainer(template).Environment.find(({ Name }) => Name === LIFETIME)?.Value,
        transformFunction(template).Environment.Variables[LIFETIME],
      ];
      return found.filter((value) => value !== lifetime).map((value) => `${value} s, expected ${lifetime}`);
    },
    breaks: {
      'a longer time to stop': (template) => {
        transformContainer(template).StopTimeout = 121;
      },
      'a function that does not know it': (template) => {
        delete transformFunction(template).Environment.Variables[LIFETIME];
      },
    },
  },
];
