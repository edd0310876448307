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
  const template = synthesize('', { warehouse: 'server' });
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
  const template = synthesize('dev-', { warehouse: 'server', currency: 'EUR' });
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
  const template = synthesize('dev-', { warehouse: 'server', currency: 'EUR', events: DEFAULT_EVENTS });
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
