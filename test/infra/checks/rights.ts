import { type Check, flat, list, one, resourcesOf, type TemplateJson, unless } from './check';

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Actions that are allowed on everything, each with why; no other is. */
export const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'ecr:GetAuthorizationToken': 'the token is for the registry as a whole',
  'logs:CreateLogDelivery': 'log deliveries have no ARN',
  'logs:GetLogDelivery': 'likewise',
  'logs:UpdateLogDelivery': 'likewise',
  'logs:DeleteLogDelivery': 'likewise',
  'logs:ListLogDeliveries': 'likewise',
  'logs:PutResourcePolicy': 'the resource policies of CloudWatch Logs are those of the account',
  'logs:DescribeResourcePolicies': 'likewise',
  'logs:DescribeLogGroups': 'a list of all of them',
  'xray:PutTraceSegments': 'traces have no ARN',
  'xray:PutTelemetryRecords': 'likewise',
  'xray:GetSamplingRules': 'sampling rules are read as a whole',
  'xray:GetSamplingTargets': 'likewise',
};

/** Actions with a wildcard, each with why; no other has one. */
export const WILDCARD_ACTIONS: Readonly<Record<string, string>> = {
  's3:*': 'the VPC endpoint says which bucket can be reached, the roles what may be done there',
  'dynamodb:*': 'likewise, which tables',
  'kms:*': 'the account of the key decides by its own policies who may use it, as AWS has it in every key',
  'kms:GenerateDataKey*': 'the action and its variant without the plain text',
};

/** Services that may take on a role without naming a source, each with why. */
const SOURCELESS: Readonly<Record<string, string>> = {
  'lambda.amazonaws.com': 'names no source when it takes on a role; PassRole ends at the account',
};

/** AWS documents a source for the role that a task has, and none for the one that starts it. */
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

export const RIGHTS_CHECKS: readonly Check[] = [
  {
    rule: 'nothing is allowed on everything but what AWS offers on nothing less',
    faults: (template) =>
      allowed(template).flatMap(([id, { Resource, Action }]) =>
        // A key's own policy can only mean the key.
        list(Resource).includes('*') && template.Resources[id]?.Type !== 'AWS::KMS::Key'
          ? list(Action)
              .filter((action) => !(action in ON_EVERYTHING))
              .map((action) => `${id}: ${action} on everything`)
          : [],
      ),
    breaks: {
      'one more right on everything': (template) => {
        rolePolicy(template).push({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
      },
      'one among others': (template) => {
        rolePolicy(template).push({ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: ['*', 'arn:x'] });
      },
    },
  },
  {
    rule: 'no action has a wildcard that is not explained',
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
    rule: 'no role has a policy of AWS’s, which are broader than one task needs',
    faults: (template) =>
      unless(
        template,
        'AWS::IAM::Role',
        'has a managed policy',
        ({ Properties }) => Properties.ManagedPolicyArns === undefined,
      ),
    breaks: {
      'Lambda’s basic execution': (template) => {
        one(template, 'AWS::IAM::Role').Properties.ManagedPolicyArns = ['AWSLambdaBasicExecutionRole'];
      },
    },
  },
  {
    rule: 'every role trusts a service for this account alone, where the service can tell',
    faults: (template) =>
      unless(
        template,
        'AWS::IAM::Role',
        'can be used for another account',
        ({ Properties }, id) =>
          isExecutionRole(id) ||
          (Properties.AssumeRolePolicyDocument.Statement as Statement[]).every(
            ({ Principal, Condition }) =>
              list((Principal as { Service: string }).Service).every((service) => service in SOURCELESS) ||
              Condition?.StringEquals?.['aws:SourceAccount'] !== undefined,
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
    rule: 'what a resource lets a service do, it lets it for a source of this account alone',
    faults: (template) => [
      ...allowed(template)
        .filter(([, { Principal }]) => (Principal as { Service?: string } | undefined)?.Service)
        .filter(
          ([, { Condition = {} }]) =>
            !Object.values(Condition)
              .flatMap(Object.keys)
              .some((key) => /^aws:Source(Account|Arn)$/i.test(key)),
        )
        .map(([id]) => `${id}: lets a service in, whoever it acts for`),
      ...unless(
        template,
        'AWS::Lambda::Permission',
        'lets a service in, whoever it acts for',
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
    rule: 'the queue takes messages from the bucket of its stack alone',
    faults: (template) => {
      const statements = allowed(template).filter(
        ([, { Principal }]) =>
          (Principal as { Service?: string } | undefined)?.Service === 's3.amazonaws.com',
      );
      const bucket = flat(one(template, 'AWS::S3::Bucket').Properties.BucketName);
      const isBound = ([, { Condition }]: [string, Statement]) =>
        Condition?.StringEquals?.['aws:SourceAccount'] !== undefined &&
        flat(Condition?.ArnEquals?.['aws:SourceArn']).endsWith(`:s3:::${bucket}`);
      return statements.length === 1 && statements.every(isBound) ? [] : ['S3 is let in from elsewhere'];
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
    rule: 'bucket, queues and topics are reached by TLS alone',
    faults: (template) =>
      (
        [
          ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'Bucket'],
          ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy', 'Queues'],
          ['AWS::SNS::Topic', 'AWS::SNS::TopicPolicy', 'Topics'],
        ] as const
      ).flatMap(([type, policyType, targets]) =>
        unless(template, type, 'can be reached without TLS', (_, id) =>
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
      'a topic without': (template) => {
        const policy = one(template, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument;
        policy.Statement = policy.Statement.filter(({ Effect }: Statement) => Effect !== 'Deny');
      },
      'a queue without': (template) => {
        one(template, 'AWS::SQS::QueuePolicy').Properties.Queues = [];
      },
    },
  },
];
