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

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The only actions that are allowed on all resources, each with its reason. */
const ON_ALL_RESOURCES: Readonly<Record<string, string>> = {
  'athena:ListDataCatalogs': 'lists all data catalogs',
  'athena:ListEngineVersions': 'versions belong to AWS',
  'athena:ListWorkGroups': 'lists all workgroups',
  'ec2:CreateNetworkInterface': 'an interface in a VPC with Kafka has no ARN before it exists',
  'ec2:DeleteNetworkInterface': 'likewise',
  'ec2:DescribeNetworkInterfaces': 'lists all interfaces',
  'ec2:DescribeSecurityGroups': 'lists all security groups',
  'ec2:DescribeSubnets': 'lists all subnets',
  'ec2:DescribeVpcs': 'lists all VPCs',
  'ecr:GetAuthorizationToken': 'the token is for the whole registry',
  'logs:CreateLogDelivery': 'log deliveries have no ARN',
  'logs:GetLogDelivery': 'likewise',
  'logs:UpdateLogDelivery': 'likewise',
  'logs:DeleteLogDelivery': 'likewise',
  'logs:ListLogDeliveries': 'likewise',
  'logs:PutResourcePolicy': 'the resource policies of CloudWatch Logs belong to the account',
  'logs:DescribeResourcePolicies': 'likewise',
  'logs:DescribeLogGroups': 'lists all log groups',
  'xray:PutTraceSegments': 'traces have no ARN',
  'xray:PutTelemetryRecords': 'likewise',
  'xray:GetSamplingRules': 'all sampling rules are read together',
  'xray:GetSamplingTargets': 'likewise',
};

/** The only actions with a wildcard, each with its reason. */
const WILDCARD_ACTIONS: Readonly<Record<string, string>> = {
  's3:*': 'the VPC endpoint defines which bucket can be reached, the roles which actions are allowed',
  'dynamodb:*': 'likewise for tables',
  'kms:*': 'the IAM policies of the account decide who can use the key, the default of AWS for every key',
  'kms:GenerateDataKey*': 'the action and its variant without plaintext',
};

/** Services that can assume a role without a source condition, each with its reason. */
const WITHOUT_SOURCE: Readonly<Record<string, string>> = {
  'lambda.amazonaws.com': 'sends no source when it assumes a role; PassRole works only within the account',
};

/** AWS documents a source condition for the task role, and none for the execution role. */
const isExecutionRole = (id: string) => /executionrole/i.test(id);

const documents = (template: TemplateJson): [id: string, Statement[]][] =>
  Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const document =
      Type === 'AWS::KMS::Key' ? Properties.KeyPolicy : (Properties?.PolicyDocument as unknown);
    return document ? [[id, (document as { Statement: Statement[] }).Statement]] : [];
  });

const allowed = (template: TemplateJson): [id: string, Statement][] =>
  documents(template).flatMap(([id, statements]) =>
    statements.filter(({ Effect }) => Effect === 'Allow').map((one): [string, Statement] => [id, one]),
  );

const rolePolicy = (template: TemplateJson): Statement[] =>
  one(template, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement;

/** A resource and all that CloudFormation creates before it. */
function createdBefore(template: TemplateJson, id: string, found = new Set<string>()): Set<string> {
  const resource = template.Resources[id];
  if (!resource || found.has(id)) return found;
  found.add(id);
  for (const other of [...referencesIn(resource.Properties), ...list(resource.DependsOn)])
    createdBefore(template, other, found);
  return found;
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    return key === 'Fn::GetAtt' ? [String(list(inner)[0])] : referencesIn(inner);
  });
}

/** What has to be there, besides what it refers to, for a resource to do its work. */
function neededBy(template: TemplateJson, id: string): string[] {
  const { Type } = template.Resources[id] ?? {};
  const ofType = (type: string, where: (resource: ResourceJson) => boolean = () => true) =>
    resourcesOf(template, type).flatMap(([needed, resource]) => (where(resource) ? [needed] : []));
  switch (Type) {
    case 'AWS::IAM::Role':
      return ofType('AWS::IAM::Policy', ({ Properties }) =>
        Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === id),
      );
    case 'AWS::EC2::Subnet':
      return [...ofType('AWS::EC2::Route'), ...ofType('AWS::EC2::VPCEndpoint')];
    case 'AWS::ECS::Cluster':
      return ofType('AWS::ECS::ClusterCapacityProviderAssociations');
    default:
      return [];
  }
}

const schedule = (template: TemplateJson, construct: string) =>
  one(template, 'AWS::Scheduler::Schedule', (id) => id.startsWith(construct));

export const RIGHTS_CHECKS: readonly Check[] = [
  {
    rule: 'a schedule is created after the policies, routes and capacity providers of all that it can run',
    faults: (template) =>
      resourcesOf(template, 'AWS::Scheduler::Schedule').flatMap(([id]) => {
        const before = createdBefore(template, id);
        return [...before]
          .flatMap((one) => neededBy(template, one))
          .filter((needed) => !before.has(needed))
          .map((needed) => `${id} can run before ${needed}`);
      }),
    breaks: {
      'the policy of a schedule’s own role': (template) => {
        delete schedule(template, 'Maintenance').DependsOn;
      },
      'the policies of a task': (template) => {
        delete one(template, 'AWS::ECS::TaskDefinition', (id) => id.startsWith('Tasksmaintain')).DependsOn;
      },
      'the policy of the orchestrator': (template) => {
        delete one(template, 'AWS::Lambda::Function', (id) => id.startsWith('Functionsorchestrate'))
          .DependsOn;
      },
      'the capacity providers': (template) => {
        const { DependsOn } = schedule(template, 'Triggers');
        schedule(template, 'Triggers').DependsOn = list(DependsOn).filter(
          (id) => !id.startsWith('TasksCluster'),
        );
      },
    },
  },
  {
    rule: 'only actions without resource-level permissions are allowed on all resources',
    faults: (template) =>
      allowed(template).flatMap(([id, { Resource, Action }]) =>
        // In the policy of a key, * is the key itself.
        list(Resource).includes('*') && template.Resources[id]?.Type !== 'AWS::KMS::Key'
          ? list(Action)
              .filter((action) => !(action in ON_ALL_RESOURCES))
              .map((action) => `${id}: ${action} on all resources`)
          : [],
      ),
    breaks: {
      'another action on all resources': (template) => {
        rolePolicy(template).push({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
      },
      'all resources in a list with others': (template) => {
        rolePolicy(template).push({ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['*', 'arn:x'] });
      },
    },
  },
  {
    rule: 'no action has a wildcard without a reason',
    faults: (template) =>
      allowed(template).flatMap(([id, { Action }]) =>
        list(Action)
          .filter((action) => action.includes('*') && !(action in WILDCARD_ACTIONS))
          .map((action) => `${id}: ${action}`),
      ),
    breaks: {
      'a wildcard': (template) => {
        rolePolicy(template).push({ Effect: 'Allow', Action: 'sqs:*', Resource: 'arn:x' });
      },
    },
  },
  {
    rule: 'no role has an AWS managed policy, which would be too broad',
    faults: (template) =>
      violations(
        template,
        'AWS::IAM::Role',
        'has a managed policy',
        ({ Properties }) => Properties.ManagedPolicyArns === undefined,
      ),
    breaks: {
      'the basic execution policy of Lambda': (template) => {
        one(template, 'AWS::IAM::Role').Properties.ManagedPolicyArns = ['AWSLambdaBasicExecutionRole'];
      },
    },
  },
  {
    rule: 'every role trusts a service only for this account, if the service sends a source',
    faults: (template) =>
      violations(
        template,
        'AWS::IAM::Role',
        'can be used for another account',
        ({ Properties }, id) =>
          isExecutionRole(id) ||
          (Properties.AssumeRolePolicyDocument.Statement as Statement[]).every(
            ({ Principal, Condition }) =>
              list((Principal as { Service: string }).Service).every(
                (service) => service in WITHOUT_SOURCE,
              ) || Condition?.StringEquals?.['aws:SourceAccount'] !== undefined,
          ),
      ),
    breaks: {
      'a trust without a source': (template) => {
        const role = one(template, 'AWS::IAM::Role', (id) => id.startsWith('Workflow'));
        delete role.Properties.AssumeRolePolicyDocument.Statement[0].Condition;
      },
    },
  },
  {
    rule: 'a resource policy allows a service only with a source condition',
    faults: (template) => [
      ...allowed(template)
        .filter(([, { Principal }]) => (Principal as { Service?: string } | undefined)?.Service)
        .filter(
          ([, { Condition = {} }]) =>
            !Object.values(Condition)
              .flatMap(Object.keys)
              .some((key) => /^aws:Source(Account|Arn)$/i.test(key)),
        )
        .map(([id]) => `${id}: allows a service without a source`),
      ...violations(
        template,
        'AWS::Lambda::Permission',
        'allows a service without a source',
        ({ Properties }) => Properties.SourceArn !== undefined,
      ),
    ],
    breaks: {
      'a queue for every bucket': (template) => {
        for (const [, { Properties }] of resourcesOf(template, 'AWS::SQS::QueuePolicy')) {
          for (const statement of Properties.PolicyDocument.Statement) {
            if (statement.Principal.Service) delete statement.Condition;
          }
        }
      },
      'a function for every rule': (template) => {
        delete one(template, 'AWS::Lambda::Permission').Properties.SourceArn;
      },
    },
  },
  {
    rule: 'the queue accepts messages only from the bucket of its stack',
    faults: (template) => {
      const statements = allowed(template).filter(
        ([, { Principal }]) =>
          (Principal as { Service?: string } | undefined)?.Service === 's3.amazonaws.com',
      );
      const bucket = flat(one(template, 'AWS::S3::Bucket').Properties.BucketName);
      const isBound = ([, { Condition }]: [string, Statement]) =>
        Condition?.StringEquals?.['aws:SourceAccount'] !== undefined &&
        flat(Condition?.ArnEquals?.['aws:SourceArn']).endsWith(`:s3:::${bucket}`);
      return statements.length === 1 && statements.every(isBound) ? [] : ['other buckets can send messages'];
    },
    breaks: {
      'any bucket of the account': (template) => {
        for (const [, statement] of allowed(template)) {
          if ((statement.Principal as { Service?: string })?.Service === 's3.amazonaws.com') {
            delete statement.Condition?.ArnEquals;
          }
        }
      },
    },
  },
  {
    rule: 'the bucket, the queues and the topics require TLS',
    faults: (template) =>
      (
        [
          ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
          ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
          ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
        ] as const
      ).flatMap(([type, policyType, targets]) =>
        violations(template, type, 'can be reached without TLS', (_, id) =>
          resourcesOf(template, policyType).some(
            ([, { Properties }]) =>
              list(Properties[targets]).some((target) => (target as { Ref: string }).Ref === id) &&
              (Properties.PolicyDocument.Statement as Statement[]).some(
                ({ Effect, Condition }) =>
                  Effect === 'Deny' && Condition?.Bool?.['aws:SecureTransport'] === 'false',
              ),
          ),
        ),
      ),
    breaks: {
      'a topic without TLS': (template) => {
        const policy = one(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument;
        policy.Statement = policy.Statement.filter(({ Effect }: Statement) => Effect !== 'Deny');
      },
      'a queue without TLS': (template) => {
        one(template, 'AWS::SQS::QueuePolicy').Properties.Queues = [];
      },
    },
  },
];
