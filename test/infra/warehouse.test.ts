import { Match, type Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_EVENTS } from '../../infra/events/event-options';
import { synthesize } from './template';

const pipelineOf = (template: Template): { States: Record<string, Record<string, unknown>> } => {
  const [machine] = Object.values(
    template.findResources('AWS::StepFunctions::StateMachine', {
      Properties: { StateMachineName: 'ECommerce-Pipeline-Orchestrator' },
    }),
  );
  return JSON.parse(machine?.Properties.DefinitionString);
};

test('without a warehouse, nothing loads one', () => {
  const template = synthesize();
  const { States: states } = pipelineOf(template);
  expect(states.TransformKpis).toMatchObject({ Next: 'ArchiveValidFiles' });
  expect(Object.keys(states)).not.toContain('LoadWarehouse');
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.resourcePropertiesCountIs('AWS::Lambda::Function', { FunctionName: 'Pipeline-Task-load' }, 0);
});

test('with one, it is loaded after the KPIs; a failure is reported and ends nothing', () => {
  const template = synthesize('', { warehouse: { kind: 'server' } });
  const { States: states } = pipelineOf(template);
  expect(states.TransformKpis).toMatchObject({ Next: 'LoadWarehouse' });
  expect(states.LoadWarehouse).toMatchObject({
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'NotifyWarehouseFailure' }],
    Next: 'ArchiveValidFiles',
  });
  expect(states.NotifyWarehouseFailure).toMatchObject({
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'ArchiveValidFiles' }],
    Next: 'ArchiveValidFiles',
  });
});

test('without events, only the task load reads the address, from a secret that outlives the stack, and reaches the server', () => {
  const template = synthesize('dev-', { warehouse: { kind: 'server' }, currency: 'EUR' });
  const secrets = Object.entries(template.findResources('AWS::SecretsManager::Secret'));
  expect(secrets).toMatchObject([
    [expect.any(String), { DeletionPolicy: 'Retain', Properties: { Name: 'dev-Daybook-Warehouse' } }],
  ]);
  const [[id] = ['']] = secrets;
  const readers = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    JSON.stringify(Properties.PolicyDocument).includes('secretsmanager:'),
  );
  expect(
    readers.flatMap(({ Properties }) => Properties.Roles.map(({ Ref }: { Ref: string }) => Ref)),
  ).toEqual([expect.stringMatching(/^Tasksloadrole/), expect.stringMatching(/^SmallBatchesloadrole/)]);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'dev-Pipeline-Task-load',
    Environment: { Variables: Match.objectLike({ WAREHOUSE_SECRET_ARN: { Ref: id }, CURRENCY: 'EUR' }) },
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupEgress: [{ FromPort: 443 }, { FromPort: 5432 }].map((rule) => Match.objectLike(rule)),
  });
});

test('with events, ingest also has the address and the settings by which rows are made', () => {
  const template = synthesize('dev-', {
    warehouse: { kind: 'server' },
    currency: 'EUR',
    events: DEFAULT_EVENTS,
  });
  const [[secret] = ['']] = Object.entries(
    template.findResources('AWS::SecretsManager::Secret', { Properties: { Name: 'dev-Daybook-Warehouse' } }),
  );
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'dev-Pipeline-Ingest',
    Environment: {
      Variables: Match.objectLike({
        WAREHOUSE_SECRET_ARN: { Ref: secret },
        REPORTING_TIME_ZONE: 'UTC',
        CURRENCY: 'EUR',
      }),
    },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'secretsmanager:GetSecretValue', Resource: { Ref: secret } }),
      ]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('^Eventsingestrole') }],
  });
});

describe('with Redshift', () => {
  let template: Template;
  beforeAll(() => {
    template = synthesize('', { warehouse: { kind: 'redshift' }, events: DEFAULT_EVENTS });
  });
  const policiesOf = (role: string) =>
    Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref.startsWith(role)))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const copyRole = () =>
    Object.keys(template.findResources('AWS::IAM::Role')).find((id) => id.startsWith('WarehouseCopyRole'));

  test('it reads the rows of loads from the bucket by a role of its own, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: ['redshift.amazonaws.com', 'redshift-serverless.amazonaws.com'].map((Service) => ({
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service },
        })),
      },
    });
    const statements = policiesOf('WarehouseCopyRole');
    expect(statements).toEqual([
      expect.objectContaining({ Action: 's3:GetObject' }),
      expect.objectContaining({
        Action: 's3:ListBucket',
        Condition: { StringLike: { 's3:prefix': ['warehouse/*'] } },
      }),
    ]);
    expect(JSON.stringify(statements[0].Resource)).toContain('"/warehouse/*"');
  });

  test('a load connects at its port, knows the role, and writes and deletes the rows', () => {
    const role = { 'Fn::GetAtt': [copyRole(), 'Arn'] };
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'Pipeline-Task-load',
      Environment: { Variables: Match.objectLike({ WAREHOUSE_COPY_ROLE_ARN: role }) },
    });
    template.hasOutput('WarehouseCopyRoleArn', { Value: role });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [{ FromPort: 443 }, { FromPort: 5439 }].map((rule) => Match.objectLike(rule)),
    });
    const statements = policiesOf('SmallBatchesloadrole').filter(({ Resource }) =>
      JSON.stringify(Resource).includes('/warehouse/*'),
    );
    expect(statements.map(({ Action }) => Action)).toEqual([
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:DeleteObject',
    ]);
  });

  test('ingest does not write to it', () => {
    const [ingest] = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'Pipeline-Ingest' } }),
    );
    expect(Object.keys(ingest?.Properties.Environment.Variables)).not.toContain('WAREHOUSE_SECRET_ARN');
    expect(JSON.stringify(policiesOf('Eventsingestrole'))).not.toContain('secretsmanager');
  });
});

describe('with Aurora', () => {
  let template: Template;
  beforeAll(() => {
    template = synthesize('', { warehouse: { kind: 'aurora', maxCapacity: 4 }, events: DEFAULT_EVENTS });
  });
  const idOf = (type: string) => Object.keys(template.findResources(type))[0];

  test('the cluster pauses, is encrypted, backed up, protected, kept, and speaks TLS alone', () => {
    template.hasResource('AWS::RDS::DBCluster', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Engine: 'aurora-postgresql',
        ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 4, SecondsUntilAutoPause: 300 },
        StorageEncrypted: true,
        DeletionProtection: true,
        BackupRetentionPeriod: 7,
        ManageMasterUserPassword: true,
        EnableIAMDatabaseAuthentication: true,
        DatabaseName: 'daybook',
      },
    });
    template.hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Parameters: { 'rds.force_ssl': '1' },
    });
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      DBInstanceClass: 'db.serverless',
      PubliclyAccessible: false,
    });
    template.resourceCountIs('AWS::SecretsManager::Secret', 1);
  });

  test('only tasks and functions reach it, from subnets of the VPC, and it has no route out', () => {
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(
      ({ Properties: { FromPort, GroupId, SourceSecurityGroupId, CidrIp } }) => ({
        FromPort,
        to: JSON.stringify(GroupId).replace(/[0-9A-F]{8}.*/, ''),
        from: JSON.stringify(SourceSecurityGroupId).replace(/[0-9A-F]{8}.*/, ''),
        CidrIp,
      }),
    );
    const tasks = '{"Fn::GetAtt":["NetworkTasks';
    expect(ingress).toEqual([
      { FromPort: 5432, to: '{"Fn::GetAtt":["AuroraSecurityGroup', from: tasks, CidrIp: undefined },
      { FromPort: 443, to: '{"Fn::GetAtt":["AuroraEndpointSecurityGroup', from: tasks, CidrIp: undefined },
    ]);
    const [group] = Object.values(template.findResources('AWS::RDS::DBSubnetGroup'));
    const subnets = group?.Properties.SubnetIds.map(({ Ref }: { Ref: string }) => Ref);
    expect(subnets).toHaveLength(2);
    const routed = Object.values(template.findResources('AWS::EC2::Route')).map(({ Properties }) =>
      JSON.stringify(Properties.RouteTableId),
    );
    const tables = Object.values(template.findResources('AWS::EC2::SubnetRouteTableAssociation'))
      .filter(({ Properties }) => subnets.includes(Properties.SubnetId.Ref))
      .map(({ Properties }) => JSON.stringify(Properties.RouteTableId));
    expect(tables).toHaveLength(2);
    expect(routed.filter((table) => tables.includes(table))).toEqual([]);
  });

  test('load and ingest are in the VPC, have the server and the account, and reach the APIs that they need', () => {
    const secret = { 'Fn::GetAtt': [idOf('AWS::RDS::DBCluster'), 'MasterUserSecret.SecretArn'] };
    for (const FunctionName of ['Pipeline-Task-load', 'Pipeline-Ingest'])
      template.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName,
        VpcConfig: { SecurityGroupIds: [Match.anyValue()], SubnetIds: Match.anyValue() },
        Environment: {
          Variables: Match.objectLike({
            WAREHOUSE_SECRET_ARN: secret,
            WAREHOUSE_SERVER: {
              'Fn::Join': ['', [Match.anyValue(), ':', Match.anyValue(), '/daybook']],
            },
          }),
        },
      });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { VpcConfig: Match.anyValue() }, 2);
    const services = Object.values(
      template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }),
    ).map(({ Properties }) => [
      JSON.stringify(Properties.ServiceName).match(/secretsmanager|sqs/)?.[0],
      Properties.SubnetIds.length,
    ]);
    expect(services).toEqual([
      ['secretsmanager', 1],
      ['sqs', 1],
    ]);
  });

  test('nothing of the VPC of a deployment without it changes', () => {
    const parts = (one: Template) =>
      ['AWS::EC2::VPC', 'AWS::EC2::Subnet'].map((type) =>
        Object.entries(one.findResources(type)).filter(([id]) => id.startsWith('Network')),
      );
    const plain = parts(synthesize('', { events: DEFAULT_EVENTS }));
    expect(plain[1]).toHaveLength(2);
    expect(parts(template)).toEqual(plain);
  });
});

test('an existing secret is read, and none is made', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf';
  const template = synthesize('', { warehouse: { kind: 'server', secretArn } });
  template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Task-load',
    Environment: { Variables: Match.objectLike({ WAREHOUSE_SECRET_ARN: secretArn }) },
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Action: 'secretsmanager:GetSecretValue', Resource: secretArn }),
      ]),
    },
  });
});

test('in private subnets of an existing VPC, what connects to the warehouse is there as well', () => {
  const network = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], assignPublicIp: false };
  const template = synthesize('', { warehouse: { kind: 'server' }, network });
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: 'Pipeline-Task-load',
    VpcConfig: { SubnetIds: ['subnet-1', 'subnet-2'] },
  });
  const withAurora = synthesize('', { warehouse: { kind: 'aurora', maxCapacity: 2 }, network });
  withAurora.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-1', 'subnet-2'] });
  withAurora.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});
