import { LIFETIME_MARGIN_SECONDS } from '../../../state-machine/timeouts';
import {
  type Check,
  flat,
  list,
  one,
  type ResourceJson,
  resourcesOf,
  type TemplateJson,
  violations,
} from './check';

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

const refreshContainer = (
  template: TemplateJson,
): Container & { Environment: { Name: string; Value: string }[] } =>
  one(template, 'AWS::ECS::TaskDefinition', (id) => id.startsWith('Taskstransform')).Properties
    .ContainerDefinitions[0];

const refreshFunction = (template: TemplateJson) =>
  one(template, 'AWS::Lambda::Function', (id) => id.startsWith('SmallBatchestransform')).Properties;

const queues = (template: TemplateJson) =>
  resourcesOf(template, 'AWS::SQS::Queue').map(([id, { Properties }]) => [id, Properties as Queue] as const);

const container = (template: TemplateJson): Container =>
  one(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];

/** CloudWatch alarms cannot publish with the key of SNS; SNS encrypts this topic on its disks. */
const WITHOUT_KEY = 'PipelineAlarms';

/** A trace of every request with events would cost five times the request. */
const UNTRACED = 'Pipeline-Collect';

const ASSOCIATION = 'AWS::ECS::ClusterCapacityProviderAssociations';
const MACHINE = /^WorkflowStateMachine/;
const ORCHESTRATOR_SCHEDULE = /^TriggersSchedule[0-9A-F]+$/;

/** Whether the template says that the resource is created after one whose id matches. */
const waitsFor = ({ DependsOn }: ResourceJson, id: RegExp) => list(DependsOn).some((other) => id.test(other));

export const PLATFORM_CHECKS: readonly Check[] = [
  {
    // ECS creates its role with an account's first cluster, and a cluster cannot use capacity providers before that.
    rule: 'the cluster gets its capacity providers late, and no execution starts before that',
    faults: (template) => [
      ...violations(
        template,
        'AWS::ECS::Cluster',
        'has capacity providers from the start',
        ({ Properties }) => Properties.CapacityProviders === undefined,
      ),
      ...violations(template, ASSOCIATION, 'does not wait for the state machine', (resource) =>
        waitsFor(resource, MACHINE),
      ),
      ...violations(
        template,
        'AWS::Scheduler::Schedule',
        'does not wait for the capacity providers',
        (resource, id) => !ORCHESTRATOR_SCHEDULE.test(id) || waitsFor(resource, /^TasksCluster/),
      ),
    ],
    breaks: {
      'an association that waits for nothing': (template) => {
        delete one(template, ASSOCIATION).DependsOn;
      },
      'capacity providers of the cluster itself': (template) => {
        one(template, 'AWS::ECS::Cluster').Properties.CapacityProviders = ['FARGATE'];
      },
      'a schedule that does not wait': (template) => {
        delete one(template, 'AWS::Scheduler::Schedule', (id) => ORCHESTRATOR_SCHEDULE.test(id)).DependsOn;
      },
    },
  },
  {
    rule: 'a message is a dead letter after five receives, and is then kept at least as long as before',
    faults: (template) => {
      const all = new Map(queues(template));
      const redriving = [...all].filter(([, { RedrivePolicy }]) => RedrivePolicy);
      if (redriving.length === 0) return ['no queue has a redrive policy'];
      return redriving
        .filter(([, { RedrivePolicy, MessageRetentionPeriod }]) => {
          const [target = ''] = RedrivePolicy?.deadLetterTargetArn['Fn::GetAtt'] ?? [];
          const retention = all.get(target)?.MessageRetentionPeriod ?? 0;
          return RedrivePolicy?.maxReceiveCount !== 5 || retention < MessageRetentionPeriod;
        })
        .map(([id]) => `${id}: wrong redrive count, or dead letters expire too early`);
    },
    breaks: {
      'after one receive': (template) => {
        for (const [, { RedrivePolicy }] of queues(template))
          if (RedrivePolicy) RedrivePolicy.maxReceiveCount = 1;
      },
      'dead letters kept for a day': (template) => {
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
        .map(([id]) => `${id}: not encrypted`),
    breaks: {
      'a queue without encryption': (template) => {
        one(template, 'AWS::SQS::Queue').Properties.SqsManagedSseEnabled = false;
      },
    },
  },
  {
    rule: 'topics are encrypted with a key, except the alarm topic',
    faults: (template) =>
      violations(
        template,
        'AWS::SNS::Topic',
        'has no key',
        ({ Properties }) => Properties.TopicName === WITHOUT_KEY || Properties.KmsMasterKeyId !== undefined,
      ),
    breaks: {
      'a failure topic without a key': (template) => {
        delete one(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId;
      },
    },
  },
  {
    rule: 'a failed invocation of a schedule or a rule is a dead letter',
    faults: (template) => [
      ...violations(
        template,
        'AWS::Scheduler::Schedule',
        'drops failed invocations',
        ({ Properties }) => Properties.Target.DeadLetterConfig?.Arn !== undefined,
      ),
      ...violations(template, 'AWS::Events::Rule', 'drops failed invocations', ({ Properties }) =>
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
    rule: 'nothing can connect to a task, and the network costs nothing while idle',
    faults: (template) => [
      ...violations(
        template,
        'AWS::EC2::Subnet',
        'is private and would need a NAT',
        ({ Properties }) => Properties.MapPublicIpOnLaunch === true,
      ),
      ...['s3', 'dynamodb'].flatMap((service) =>
        resourcesOf(template, 'AWS::EC2::VPCEndpoint').some(([, { Properties }]) =>
          flat(Properties.ServiceName).endsWith(`.${service}`),
        )
          ? []
          : [`${service} has no endpoint`],
      ),
      ...violations(
        template,
        'AWS::EC2::SecurityGroup',
        'allows ingress, or all egress',
        ({ Properties }) =>
          Properties.SecurityGroupIngress === undefined &&
          Properties.SecurityGroupEgress.every(({ FromPort }: { FromPort?: number }) => FromPort === 443),
      ),
      ...resourcesOf(template, 'AWS::EC2::SecurityGroupIngress').map(([id]) => `${id}: allows ingress`),
      ...resourcesOf(template, 'AWS::EC2::NatGateway').map(([id]) => `${id}: costs while idle`),
      ...violations(
        template,
        'AWS::EC2::VPCEndpoint',
        'costs while idle, or allows access to every resource',
        ({ Properties }) =>
          Properties.VpcEndpointType === 'Gateway' && Properties.PolicyDocument !== undefined,
      ),
    ],
    breaks: {
      'an ingress rule': (template) => {
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
      'an endpoint for every bucket': (template) => {
        delete one(template, 'AWS::EC2::VPCEndpoint').Properties.PolicyDocument;
      },
    },
  },
  {
    rule: 'a task is not root, writes only to its scratch volume, and has the maximum time to stop',
    faults: (template) =>
      violations(
        template,
        'AWS::ECS::TaskDefinition',
        'is root, can write elsewhere, or is killed early',
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
      'a root user': (template) => {
        container(template).User = '0:0';
      },
      'the user of the image': (template) => {
        delete container(template).User;
      },
      'a writable root file system': (template) => {
        container(template).ReadonlyRootFilesystem = false;
      },
      'no volume': (template) => {
        container(template).MountPoints = [];
      },
      'thirty seconds to stop': (template) => {
        delete container(template).StopTimeout;
      },
    },
  },
  {
    rule: 'a function of the image writes to /tmp, the only writable directory',
    faults: (template) =>
      violations(
        template,
        'AWS::Lambda::Function',
        'writes to the directory of the image',
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
    rule: 'tasks and functions run on ARM64; functions and the state machine are traced',
    faults: (template) => [
      ...violations(
        template,
        'AWS::ECS::TaskDefinition',
        'is not for ARM64',
        ({ Properties }) => Properties.RuntimePlatform.CpuArchitecture === 'ARM64',
      ),
      ...violations(
        template,
        'AWS::Lambda::Function',
        'is not for ARM64, or not traced',
        ({ Properties }) =>
          Properties.Architectures[0] === 'arm64' &&
          (Properties.TracingConfig?.Mode === 'Active' || Properties.FunctionName === UNTRACED),
      ),
      ...violations(
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
      'a task for another architecture': (template) => {
        one(template, 'AWS::ECS::TaskDefinition').Properties.RuntimePlatform.CpuArchitecture = 'X86_64';
      },
    },
  },
  {
    rule: 'refresh considers no run ended before its state has timed out, its container is killed, and a margin has passed',
    faults: (template) => {
      const states = resourcesOf(template, 'AWS::StepFunctions::StateMachine').flatMap(([, { Properties }]) =>
        Object.values<State>(JSON.parse(Properties.DefinitionString).States),
      );
      const timeouts = states
        .filter(({ Resource }) => Resource === 'arn:aws:states:::ecs:runTask.sync')
        .map(({ TimeoutSeconds }) => Number(TimeoutSeconds));
      const stopped = Math.max(...timeouts) + Number(refreshContainer(template).StopTimeout);
      const lifetime = String(stopped + LIFETIME_MARGIN_SECONDS);
      const found = [
        refreshContainer(template).Environment.find(({ Name }) => Name === LIFETIME)?.Value,
        refreshFunction(template).Environment.Variables[LIFETIME],
      ];
      return found.filter((value) => value !== lifetime).map((value) => `${value} s, expected ${lifetime}`);
    },
    breaks: {
      'a longer time to stop': (template) => {
        refreshContainer(template).StopTimeout = 121;
      },
      'a function that does not know it': (template) => {
        delete refreshFunction(template).Environment.Variables[LIFETIME];
      },
    },
  },
];
