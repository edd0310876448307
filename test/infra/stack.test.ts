import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { catalog } from '../../catalog/catalog';
import { flat } from './checks/check';
import { synthesize } from './template';

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types here.
  readonly Properties: any;
}

let template: Template;
beforeAll(() => {
  template = synthesize();
});

test('the bucket notifies the queue of uploads below input/', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: {
      QueueConfigurations: [
        {
          Event: 's3:ObjectCreated:*',
          Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'input/' }] } },
          Queue: Match.anyValue(),
        },
      ],
    },
  });
});

test('the name of the bucket is literal where the place is known, and the same as where it is not', () => {
  const place = { account: '111111111111', region: 'eu-central-1' };
  const named = (of: Template) => Object.entries(of.findResources('AWS::S3::Bucket'));
  const [[id, bucket] = ['', undefined]] = named(synthesize('dev-', { place }));
  const [[sameId, sameBucket] = ['', undefined]] = named(synthesize('dev-'));
  expect(bucket?.Properties.BucketName).toBe('dev-daybook-111111111111-eu-central-1');
  const resolved = flat(sameBucket?.Properties.BucketName)
    .replace('<AWS::AccountId>', place.account)
    .replace('<AWS::Region>', place.region);
  expect([sameId, resolved]).toEqual([id, bucket?.Properties.BucketName]);
});

test('the tables have their keys and the index by date', () => {
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    TableName: 'OrderKPIs',
    KeySchema: [{ AttributeName: 'order_date', KeyType: 'HASH' }],
  });
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    TableName: 'CategoryKPIs',
    KeySchema: [
      { AttributeName: 'category', KeyType: 'HASH' },
      { AttributeName: 'order_date', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      Match.objectLike({
        IndexName: 'by-date',
        KeySchema: [
          { AttributeName: 'order_date', KeyType: 'HASH' },
          { AttributeName: 'category', KeyType: 'RANGE' },
        ],
      }),
    ],
  });
});

test('the ledger has an item per upload of a key, and the index by outcome', () => {
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    TableName: 'FileLedger',
    KeySchema: [
      { AttributeName: 'key', KeyType: 'HASH' },
      { AttributeName: 'upload', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      Match.objectLike({
        IndexName: 'by-outcome',
        KeySchema: [
          { AttributeName: 'outcome', KeyType: 'HASH' },
          { AttributeName: 'updated_at', KeyType: 'RANGE' },
        ],
      }),
    ],
  });
});

test('there are four tasks of one image', () => {
  const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const containers = definitions.map(({ Properties }) => Properties.ContainerDefinitions[0]);
  expect(containers.map(({ Command }) => Command[0]).sort()).toEqual([
    'maintain.cjs',
    'stage.cjs',
    'transform.cjs',
    'validate.cjs',
  ]);
  expect(new Set(containers.map(({ Image }) => JSON.stringify(Image))).size).toBe(1);
});

test('the tasks of the workflow are functions of the same image, too, each with the settings and rights of its task', () => {
  const hash = (uri: unknown) => /:(?<hash>[0-9a-f]{64})/.exec(JSON.stringify(uri))?.groups?.hash;
  const resources = Object.entries(template.toJSON().Resources) as [string, Resource][];
  const rights = (role: { 'Fn::GetAtt': [string, string] }) =>
    resources
      .filter(([, { Type, Properties }]) => {
        const roles: { Ref: string }[] = Properties.Roles ?? [];
        return Type === 'AWS::IAM::Policy' && roles.some(({ Ref }) => Ref === role['Fn::GetAtt'][0]);
      })
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      // What a function needs for itself, and ECS does for a task.
      .filter(({ Action }) => !/^(logs|xray):/.test([Action].flat()[0]));
  const functions = resources.filter(([, { Properties = {} }]) => Properties.PackageType === 'Image');
  const commands = functions.map(([, { Properties }]) => Properties.ImageConfig.Command[0]);
  expect(commands.sort()).toEqual(['stage.cjs', 'transform.cjs', 'validate.cjs']);
  for (const [, { Properties }] of functions) {
    const { EntryPoint, Command } = Properties.ImageConfig;
    const [, task] = resources.find(
      ([, one]) =>
        one.Type === 'AWS::ECS::TaskDefinition' &&
        one.Properties.ContainerDefinitions[0].Command[0] === Command[0],
    ) as [string, Resource];
    const container = task.Properties.ContainerDefinitions[0];
    expect(hash(Properties.Code.ImageUri)).toBe(hash(container.Image));
    expect(EntryPoint).toEqual(container.EntryPoint);
    const { TMPDIR, MEMORY_LIMIT_MB, ...settings } = Properties.Environment.Variables;
    expect(TMPDIR).toBe('/tmp');
    expect(MEMORY_LIMIT_MB).toBe(String(Properties.MemorySize));
    const ofContainer = Object.fromEntries(
      container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
    );
    expect({ ...settings, MEMORY_LIMIT_MB: ofContainer.MEMORY_LIMIT_MB }).toEqual(ofContainer);
    expect(rights(Properties.Role).length).toBeGreaterThan(2);
    expect(rights(Properties.Role)).toEqual(rights(task.Properties.TaskRoleArn));
  }
});

test('a task mounts its volume where the image declares it, owned by the user it runs as, with TMPDIR on it', () => {
  const image = readFileSync(path.join(__dirname, '../../runtime/Dockerfile'), 'utf8');
  const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const { User, MountPoints } = definition?.Properties.ContainerDefinitions[0] ?? {};
  const [{ ContainerPath }] = MountPoints;
  // An empty volume inherits the owner of the directory at its path; any other path would belong to root.
  expect(image).toMatch(new RegExp(`^VOLUME ${ContainerPath}$`, 'm'));
  expect(image).toMatch(new RegExp(`^COPY .*--chown=${User} /image/scratch ${ContainerPath}$`, 'm'));
  // Fargate may ignore the owner of an empty directory.
  expect(image).toMatch(/^RUN mkdir \.\.\/scratch && touch \.\.\/scratch\/\.keep$/m);
  expect(image).toMatch(new RegExp(`^ENV .*TMPDIR=${ContainerPath}$`, 'm'));
});

test('the schedule and the end of every execution invoke the orchestrator', () => {
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Name: 'Five-Minute-Pipeline-Trigger',
    ScheduleExpression: 'rate(5 minutes)',
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
  });
});

test('every name starts with the prefix, so that one account can have two deployments', () => {
  const copy = synthesize('dev-');
  const nameFields = [
    'TableName',
    'QueueName',
    'TopicName',
    'FunctionName',
    'StateMachineName',
    'ClusterName',
    'Name',
  ];
  const resources = Object.values(copy.toJSON().Resources) as {
    Type: string;
    Properties?: Record<string, unknown>;
  }[];
  const names = resources
    .filter(({ Type }) => !Type.startsWith('AWS::EC2'))
    .flatMap(({ Properties = {} }) => nameFields.map((field) => Properties[field]))
    .filter((name) => typeof name === 'string');
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !name.startsWith('dev-'))).toEqual([]);
});

test('refresh writes to the tables of its own deployment, every one of them, and knows their prefix', () => {
  const { Resources } = synthesize('dev-').toJSON() as { Resources: Record<string, { Type: string }> };
  const refresh = Object.entries(Resources).filter(([id]) => /^(Tasks|SmallBatches)transform/.test(id));
  const has = (type: string, text: string) =>
    refresh.some(([, one]) => one.Type === type && JSON.stringify(one).includes(text));
  expect(has('AWS::ECS::TaskDefinition', '{"Name":"RESOURCE_PREFIX","Value":"dev-"}')).toBe(true);
  expect(has('AWS::Lambda::Function', '"RESOURCE_PREFIX":"dev-"')).toBe(true);
  const tables = Object.keys(Resources).filter((id) => id.startsWith('KpiTables'));
  const policies = refresh.filter(([, one]) => JSON.stringify(one).includes('dynamodb:BatchWriteItem'));
  expect([policies.length, tables.length]).toEqual([2, catalog.served.length]);
  for (const [, policy] of policies) for (const id of tables) expect(JSON.stringify(policy)).toContain(id);
});

test('resources with data keep their names and logical ids, so that no update replaces them with empty ones', () => {
  const resources = Object.entries(template.toJSON().Resources) as [
    string,
    { Type: string; Properties?: Record<string, unknown> },
  ][];
  const named = resources.flatMap(([id, { Type, Properties = {} }]) => {
    const name = Properties.BucketName ?? Properties.TableName ?? Properties.QueueName;
    return name === undefined ? [] : [[Type, id, flat(name)]];
  });
  expect(named.sort()).toEqual([
    ['AWS::DynamoDB::Table', 'KpiTablesCategoriesB1BEEDC0', 'CategoryKPIs'],
    ['AWS::DynamoDB::Table', 'KpiTablesCustomerValue1C59785C', 'CustomerValue'],
    ['AWS::DynamoDB::Table', 'KpiTablesFunnelKpis9BE4109F', 'FunnelKpis'],
    ['AWS::DynamoDB::Table', 'KpiTablesInventoryStatus927AE7D0', 'InventoryStatus'],
    ['AWS::DynamoDB::Table', 'KpiTablesOrders5E1F3708', 'OrderKPIs'],
    ['AWS::DynamoDB::Table', 'KpiTablesProductSalesC1EAA192', 'ProductSales'],
    ['AWS::DynamoDB::Table', 'KpiTablesTrafficKpis7E285BE5', 'TrafficKpis'],
    ['AWS::DynamoDB::Table', 'LedgerFilesECAAC031', 'FileLedger'],
    ['AWS::S3::Bucket', 'IntakeBucketDF3620F2', 'daybook-<AWS::AccountId>-<AWS::Region>'],
    ['AWS::SQS::Queue', 'IntakeDeadLettersA15864BB', 'file-processing-queue-dlq'],
    ['AWS::SQS::Queue', 'IntakeQueue6FB53B87', 'file-processing-queue'],
    ['AWS::SQS::Queue', 'TriggersDeadLetters74EF38FB', 'Pipeline-Trigger-dlq'],
  ]);
});
