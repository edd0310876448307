import { type Check, one, resourcesOf, unless } from './check';

/** Whatever is lost with the resource. */
const STATEFUL = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table'];

export const RETENTION_CHECKS: readonly Check[] = [
  {
    rule: 'what holds data outlives the stack, and whatever replaces it',
    faults: (template) =>
      STATEFUL.flatMap((type) =>
        unless(
          template,
          type,
          'is not retained',
          ({ DeletionPolicy, UpdateReplacePolicy }) =>
            DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain',
        ),
      ),
    breaks: {
      'a table goes with the stack': (template) => {
        one(template, 'AWS::DynamoDB::Table').DeletionPolicy = 'Delete';
      },
      'the bucket goes when it is replaced': (template) => {
        delete one(template, 'AWS::S3::Bucket').UpdateReplacePolicy;
      },
    },
  },
  {
    rule: 'tables cost by use, can be put back to any second, and are not deleted by mistake',
    faults: (template) =>
      unless(
        template,
        'AWS::DynamoDB::Table',
        'not on demand, without point-in-time recovery, or not protected',
        ({ Properties }) =>
          Properties.BillingMode === 'PAY_PER_REQUEST' &&
          Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true &&
          Properties.DeletionProtectionEnabled === true,
      ),
    breaks: {
      'no recovery': (template) => {
        delete one(template, 'AWS::DynamoDB::Table').Properties.PointInTimeRecoverySpecification;
      },
      'no protection': (template) => {
        one(template, 'AWS::DynamoDB::Table').Properties.DeletionProtectionEnabled = false;
      },
    },
  },
  {
    rule: 'the bucket keeps versions, encrypted, and shows none to the public',
    faults: (template) =>
      unless(
        template,
        'AWS::S3::Bucket',
        'without versions or encryption, or open to the public',
        ({ Properties }) =>
          Properties.VersioningConfiguration?.Status === 'Enabled' &&
          Properties.BucketEncryption !== undefined &&
          ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'].every(
            (block) => Properties.PublicAccessBlockConfiguration?.[block] === true,
          ),
      ),
    breaks: {
      'no versions': (template) => {
        delete one(template, 'AWS::S3::Bucket').Properties.VersioningConfiguration;
      },
      'public policies allowed': (template) => {
        one(template, 'AWS::S3::Bucket').Properties.PublicAccessBlockConfiguration.BlockPublicPolicy = false;
      },
    },
  },
  {
    rule: 'of current objects results alone expire; the archive moves to Glacier; old versions and unfinished uploads go',
    faults: (template) =>
      resourcesOf(template, 'AWS::S3::Bucket').flatMap(([id, { Properties }]) => {
        const rules: Rule[] = Properties.LifecycleConfiguration?.Rules ?? [];
        const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
        return [
          ...expiring
            .filter(({ Prefix, ExpirationInDays = 0 }) => Prefix !== 'results/' || ExpirationInDays < 15)
            .map(({ Id }) => `${id}: ${Id} lets go what is needed`),
          ...(expiring.length === 0 ? [`${id}: results stay for ever`] : []),
          ...(rules.some(
            ({ Prefix, Transitions: [moved] = [] }) =>
              Prefix === 'archive/' &&
              moved?.StorageClass === 'GLACIER_IR' &&
              // Its objects are paid for 90 days at the least; files are read again, if ever, before that.
              moved.TransitionInDays >= 90,
          )
            ? []
            : [`${id}: the archive stays in the dear class, or leaves it early`]),
          ...(rules.some(
            ({ Prefix, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload }) =>
              Prefix === undefined && NoncurrentVersionExpiration && AbortIncompleteMultipartUpload,
          )
            ? []
            : [`${id}: old versions or parts stay for ever`]),
        ];
      }),
    breaks: {
      'the lake expires': (template) => {
        lifecycle(template).push({ Id: 'tidy', Prefix: 'staging/', ExpirationInDays: 365 });
      },
      'everything expires': (template) => {
        for (const rule of lifecycle(template)) if (rule.Prefix === 'results/') delete rule.Prefix;
      },
      'the archive moves after a week': (template) => {
        for (const { Transitions } of lifecycle(template))
          for (const moved of Transitions ?? []) moved.TransitionInDays = 7;
      },
      'old versions of input/ alone go': (template) => {
        for (const rule of lifecycle(template)) {
          if (rule.NoncurrentVersionExpiration) rule.Prefix = 'input/';
        }
      },
    },
  },
  {
    rule: 'every log is let go after a time that someone chose',
    faults: (template) =>
      unless(
        template,
        'AWS::Logs::LogGroup',
        'keeps its lines for ever',
        ({ Properties }) => Properties.RetentionInDays > 0,
      ),
    breaks: {
      'a log without an end': (template) => {
        delete one(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays;
      },
    },
  },
  {
    rule: 'every function, task and state machine writes to a log of the stack, whose retention is set',
    faults: (template) => [
      ...unless(
        template,
        'AWS::Lambda::Function',
        'has the log that Lambda makes, without an end',
        ({ Properties }) => template.Resources[Properties.LoggingConfig?.LogGroup?.Ref] !== undefined,
      ),
      ...unless(template, 'AWS::ECS::TaskDefinition', 'has a container without a log', ({ Properties }) =>
        Properties.ContainerDefinitions.every(
          ({ LogConfiguration }: { LogConfiguration?: { Options: Record<string, { Ref: string }> } }) =>
            template.Resources[LogConfiguration?.Options['awslogs-group']?.Ref ?? ''] !== undefined,
        ),
      ),
      ...unless(
        template,
        'AWS::StepFunctions::StateMachine',
        'does not log',
        ({ Properties }) =>
          Properties.LoggingConfiguration?.Level === 'ALL' &&
          Properties.LoggingConfiguration.Destinations.length === 1,
      ),
    ],
    breaks: {
      'a function with a log of its own making': (template) => {
        delete one(template, 'AWS::Lambda::Function').Properties.LoggingConfig;
      },
      'a task without a log': (template) => {
        delete one(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].LogConfiguration;
      },
      'a silent state machine': (template) => {
        one(template, 'AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration.Level = 'OFF';
      },
    },
  },
  {
    rule: 'a revision that a running execution was started with stays',
    faults: (template) =>
      unless(
        template,
        'AWS::ECS::TaskDefinition',
        'is deregistered by an update',
        ({ UpdateReplacePolicy }) => UpdateReplacePolicy === 'Retain',
      ),
    breaks: {
      'an update that deregisters': (template) => {
        delete one(template, 'AWS::ECS::TaskDefinition').UpdateReplacePolicy;
      },
    },
  },
];

interface Rule {
  Id?: string;
  Prefix?: string;
  ExpirationInDays?: number;
  NoncurrentVersionExpiration?: object;
  AbortIncompleteMultipartUpload?: object;
  Transitions?: { StorageClass: string; TransitionInDays: number }[];
}

const lifecycle = (template: Parameters<Check['faults']>[0]): Rule[] =>
  one(template, 'AWS::S3::Bucket').Properties.LifecycleConfiguration.Rules;
