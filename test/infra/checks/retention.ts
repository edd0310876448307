import { type Check, one, resourcesOf, violations } from './check';

/**
 * The deletion policies of the types whose data is lost with the resource. A creation that is rolled back deletes the bucket,
 * so that it can be repeated. It could not delete a table, which has deletion protection.
 */
const STATEFUL = { 'AWS::S3::Bucket': 'RetainExceptOnCreate', 'AWS::DynamoDB::Table': 'Retain' };

export const RETENTION_CHECKS: readonly Check[] = [
  {
    rule: 'resources with data are retained when they are deleted or replaced',
    faults: (template) =>
      Object.entries(STATEFUL).flatMap(([type, policy]) =>
        violations(
          template,
          type,
          'is not retained, or would survive a failed creation',
          ({ DeletionPolicy, UpdateReplacePolicy }) =>
            DeletionPolicy === policy && UpdateReplacePolicy === 'Retain',
        ),
      ),
    breaks: {
      'a table deleted with the stack': (template) => {
        one(template, 'AWS::DynamoDB::Table').DeletionPolicy = 'Delete';
      },
      'a bucket that survives a failed creation': (template) => {
        one(template, 'AWS::S3::Bucket').DeletionPolicy = 'Retain';
      },
      'a bucket deleted when it is replaced': (template) => {
        delete one(template, 'AWS::S3::Bucket').UpdateReplacePolicy;
      },
    },
  },
  {
    rule: 'tables are on demand, have point-in-time recovery, and are protected from deletion',
    faults: (template) =>
      violations(
        template,
        'AWS::DynamoDB::Table',
        'is not on demand, has no point-in-time recovery, or is not protected',
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
    rule: 'items of the ledger expire at the time that they name, and those of no other table',
    faults: (template) =>
      violations(
        template,
        'AWS::DynamoDB::Table',
        'lets the wrong items expire',
        ({ Properties: { TableName, TimeToLiveSpecification: expiry } }) =>
          TableName === 'FileLedger'
            ? expiry?.Enabled === true && expiry.AttributeName === 'expires_at'
            : expiry === undefined,
      ),
    breaks: {
      'no expiry': (template) => {
        for (const { Properties } of Object.values(template.Resources))
          delete Properties?.TimeToLiveSpecification;
      },
    },
  },
  {
    rule: 'the bucket is versioned, encrypted, and not public',
    faults: (template) =>
      violations(
        template,
        'AWS::S3::Bucket',
        'has no versions or encryption, or is public',
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
    rule: 'only results expire, of executions and of queries, and copies of rows; the archive moves to Glacier; old versions and unfinished uploads expire',
    faults: (template) =>
      resourcesOf(template, 'AWS::S3::Bucket').flatMap(([id, { Properties }]) => {
        const rules: Rule[] = Properties.LifecycleConfiguration?.Rules ?? [];
        const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
        return [
          ...expiring
            .filter(
              ({ Prefix, ExpirationInDays = 0 }) =>
                Prefix !== 'athena/' &&
                Prefix !== 'warehouse/' &&
                (Prefix !== 'results/' || ExpirationInDays < 15),
            )
            .map(({ Id }) => `${id}: ${Id} expires objects that are needed`),
          ...(expiring.length === 0 ? [`${id}: results never expire`] : []),
          ...(rules.some(
            ({ Prefix, Transitions: [moved] = [] }) =>
              Prefix === 'archive/' &&
              moved?.StorageClass === 'GLACIER_IR' &&
              // Glacier bills at least 90 days per object, and files are replayed, if at all, before that.
              moved.TransitionInDays >= 90,
          )
            ? []
            : [`${id}: the archive stays in the expensive class, or moves too early`]),
          ...(rules.some(
            ({ Prefix, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload }) =>
              Prefix === undefined && NoncurrentVersionExpiration && AbortIncompleteMultipartUpload,
          )
            ? []
            : [`${id}: old versions or parts never expire`]),
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
      'only old versions of input/ expire': (template) => {
        for (const rule of lifecycle(template)) {
          if (rule.NoncurrentVersionExpiration) rule.Prefix = 'input/';
        }
      },
    },
  },
  {
    rule: 'every log has a retention period',
    faults: (template) =>
      violations(
        template,
        'AWS::Logs::LogGroup',
        'never expires',
        ({ Properties }) => Properties.RetentionInDays > 0,
      ),
    breaks: {
      'a log without retention': (template) => {
        delete one(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays;
      },
    },
  },
  {
    rule: 'every function, task and state machine writes to a log group of the stack',
    faults: (template) => [
      ...violations(
        template,
        'AWS::Lambda::Function',
        'uses the log group that Lambda creates, without retention',
        ({ Properties }) => template.Resources[Properties.LoggingConfig?.LogGroup?.Ref] !== undefined,
      ),
      ...violations(template, 'AWS::ECS::TaskDefinition', 'has a container without a log', ({ Properties }) =>
        Properties.ContainerDefinitions.every(
          ({ LogConfiguration }: { LogConfiguration?: { Options: Record<string, { Ref: string }> } }) =>
            template.Resources[LogConfiguration?.Options['awslogs-group']?.Ref ?? ''] !== undefined,
        ),
      ),
      ...violations(
        template,
        'AWS::StepFunctions::StateMachine',
        'does not log',
        ({ Properties }) =>
          Properties.LoggingConfiguration?.Level === 'ALL' &&
          Properties.LoggingConfiguration.Destinations.length === 1,
      ),
    ],
    breaks: {
      'a function with the log group that Lambda creates': (template) => {
        delete one(template, 'AWS::Lambda::Function').Properties.LoggingConfig;
      },
      'a task without a log': (template) => {
        delete one(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0].LogConfiguration;
      },
      'a state machine without logging': (template) => {
        one(template, 'AWS::StepFunctions::StateMachine').Properties.LoggingConfiguration.Level = 'OFF';
      },
    },
  },
  {
    rule: 'an update keeps the task definition revisions of a running execution',
    faults: (template) =>
      violations(
        template,
        'AWS::ECS::TaskDefinition',
        'is deregistered by an update',
        ({ UpdateReplacePolicy }) => UpdateReplacePolicy === 'Retain',
      ),
    breaks: {
      'an update that deregisters a revision': (template) => {
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
