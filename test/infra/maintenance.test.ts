import type { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from './template';

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}

let template: Template;
beforeAll(() => {
  template = synthesize();
});

/** The first matching resource of a type, with its logical id. */
function find(type: string, matches: (properties: Record<string, unknown>) => boolean) {
  const found = Object.entries(template.findResources(type)).find(([, { Properties }]) =>
    matches(Properties),
  );
  if (!found) throw new Error(`no such ${type}`);
  return { id: found[0], properties: found[1].Properties };
}

const definition = () => find('AWS::ECS::TaskDefinition', ({ Family }) => Family === 'Daybook-maintain');
const schedule = () => find('AWS::Scheduler::Schedule', ({ Name }) => Name === 'Daily-Maintenance-Trigger');

function statementsOf(roleId: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === roleId))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

/** The last part of a statement's resources, below the bucket. */
function below(resource: unknown): string[] {
  return [resource]
    .flat()
    .map((one) => (one as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].at(-1) as string);
}

const idOf = (arn: unknown): string => (arn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];

test('maintenance runs every night, not at its creation, in the network of the workflow', () => {
  const { properties } = schedule();
  expect(properties).toMatchObject({
    ScheduleExpression: 'cron(17 3 * * ? *)',
    Target: {
      EcsParameters: { TaskDefinitionArn: { Ref: definition().id }, LaunchType: 'FARGATE', TaskCount: 1 },
    },
  });
  const { AwsvpcConfiguration } = properties.Target.EcsParameters.NetworkConfiguration;
  const machine = find(
    'AWS::StepFunctions::StateMachine',
    ({ StateMachineName }) => StateMachineName === 'Pipeline-Run-Task',
  ).properties;
  const { SubnetIds, SecurityGroupId } = machine.DefinitionSubstitutions;
  expect(AwsvpcConfiguration.Subnets).toEqual(SubnetIds['Fn::Join'][1]);
  expect(AwsvpcConfiguration.SecurityGroups).toEqual([SecurityGroupId]);
  expect(AwsvpcConfiguration.AssignPublicIp).toBe(machine.DefinitionSubstitutions.AssignPublicIp);
});

test('its schedule can only start its task in the cluster, pass the roles, and report a run that could not start', () => {
  const { properties } = definition();
  const statements = statementsOf(idOf(schedule().properties.Target.RoleArn));
  expect(statements).toEqual([
    {
      Effect: 'Allow',
      Action: 'ecs:RunTask',
      Resource: { Ref: definition().id },
      Condition: { ArnEquals: { 'ecs:cluster': schedule().properties.Target.Arn } },
    },
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: [properties.TaskRoleArn, properties.ExecutionRoleArn],
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
    {
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: schedule().properties.Target.DeadLetterConfig.Arn,
    },
  ]);
});

test('the task can change the tables of the lake and delete parsed rows, but not access input, archive or DynamoDB', () => {
  const statements = statementsOf(idOf(definition().properties.TaskRoleArn));
  const of = (action: string) =>
    statements
      .filter(({ Action }) => [Action].flat().includes(action))
      .flatMap(({ Resource }) => below(Resource));
  expect(of('s3:GetObject')).toEqual(['/staging/*', '/kpis/*', '/marts/*', '/results/maintain/*']);
  expect(of('s3:PutObject')).toEqual(['/staging/*', '/kpis/*', '/marts/*', '/results/maintain/*']);
  expect(of('s3:DeleteObject')).toEqual(['/staging/*', '/kpis/*', '/marts/*', '/results/*/rows/*']);
  const [listing] = statements.filter(({ Action }) => Action === 's3:ListBucket');
  expect(listing?.Condition).toEqual({
    StringLike: { 's3:prefix': ['staging/*', 'kpis/*', 'marts/*', 'results/*'] },
  });
  expect(new Set(statements.flatMap(({ Action }) => Action))).toEqual(
    new Set(['s3:GetObject', 's3:ListBucket', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject']),
  );
});

test('the workflow cannot start it', () => {
  const machine = find(
    'AWS::StepFunctions::StateMachine',
    ({ StateMachineName }) => StateMachineName === 'Pipeline-Run-Task',
  ).properties;
  const [start] = statementsOf(idOf(machine.RoleArn)).filter(({ Action }) => Action === 'ecs:RunTask');
  expect(JSON.stringify(start)).toContain(':task-definition/Daybook-stage:*');
  expect(JSON.stringify(start)).not.toContain('maintain');
});

test('the task gets the retentions of the context, and uses its defaults without them', () => {
  const environmentOf = (given: Template) =>
    Object.values(given.findResources('AWS::ECS::TaskDefinition'))
      .flatMap(({ Properties }) => Properties.ContainerDefinitions)
      .find(({ Name }) => Name === 'maintain')
      .Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]);
  expect(environmentOf(template).map(([name]: [string]) => name)).toEqual([
    'BUCKET_NAME',
    'MEMORY_LIMIT_MB',
    'METRICS_SERVICE',
    'TARGET_FILE_MB',
  ]);
  const long = environmentOf(synthesize('', { fileRetentionDays: 14, logRetentionDays: 90 }));
  expect(long).toContainEqual(['FILE_RETENTION_DAYS', '14']);
  expect(long).toContainEqual(['LOG_RETENTION_DAYS', '90']);
});
