import { App } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { readContext } from '../../infra/context';
import { DEFAULT_SPARK } from '../../infra/spark';
import pipeline from '../../state-machine/pipeline.asl.json';
import runTask from '../../state-machine/run-task.asl.json';
import { synthesize } from './template';

interface Definition {
  readonly TimeoutSeconds: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads many fields of states.
  readonly States: Record<string, any>;
}

const machine = (template: Template, name: string) => {
  const properties = { StateMachineName: name };
  const [found] = Object.values(
    template.findResources('AWS::StepFunctions::StateMachine', { Properties: properties }),
  );
  return found?.Properties;
};
const definitionOf = (template: Template, name: string): Definition =>
  JSON.parse(machine(template, name).DefinitionString);

const RUN_TASK = 'Pipeline-Run-Task';
const PIPELINE = 'ECommerce-Pipeline-Orchestrator';

let plain: Template;
let spark: Template;
beforeAll(() => {
  plain = synthesize();
  spark = synthesize('', { spark: { batchBytes: 7_000_000_000, maxVcpu: 33 } });
});

/** The statements of the policies of roles whose logical id starts so. */
const statementsOf = (template: Template, role: string): Record<string, unknown>[] =>
  Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles[0].Ref.startsWith(role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

test('without Spark, the workflow is that of the files of definitions, and nothing of EMR is there', () => {
  expect(Object.keys(definitionOf(plain, RUN_TASK).States)).toEqual(Object.keys(runTask.States));
  expect(definitionOf(plain, RUN_TASK).TimeoutSeconds).toBe(runTask.TimeoutSeconds);
  expect(definitionOf(plain, PIPELINE).TimeoutSeconds).toBe(pipeline.TimeoutSeconds);
  expect(JSON.stringify(plain.toJSON())).not.toMatch(/emr-serverless|spark\//i);
});

test('the application costs nothing while idle, and has a limit of whole workers', () => {
  spark.hasResourceProperties('AWS::EMRServerless::Application', {
    Name: 'Daybook-Spark',
    Type: 'SPARK',
    Architecture: 'ARM64',
    ReleaseLabel: Match.stringLikeRegexp('^emr-7[.]'),
    InitialCapacity: Match.absent(),
    NetworkConfiguration: Match.absent(),
    MaximumCapacity: { Cpu: '32 vCPU', Memory: '128 GB', Disk: '800 GB' },
    AutoStartConfiguration: { Enabled: true },
    AutoStopConfiguration: { Enabled: true, IdleTimeoutMinutes: 15 },
  });
  expect(machine(spark, RUN_TASK).DefinitionSubstitutions.SparkSubmitParameters).toContain(
    'spark.dynamicAllocation.maxExecutors=7',
  );
});

test('stage and transform of a batch that reaches the limit are planned for Spark, all else is not', () => {
  const { States: states } = definitionOf(spark, RUN_TASK);
  expect(states.ChooseEngine).toEqual({
    ...definitionOf(plain, RUN_TASK).States.ChooseEngine,
    Default: 'IsLarge',
  });
  const [{ And: conditions, Next }] = states.IsLarge.Choices;
  expect([Next, states.IsLarge.Default]).toEqual(['PlanForSpark', 'RunOnFargate']);
  expect(conditions).toContainEqual({ Variable: '$.batch.bytes', NumericGreaterThanEquals: 7_000_000_000 });
  expect(conditions.at(-1).Or.map(({ StringEquals }: { StringEquals: string }) => StringEquals)).toEqual([
    'stage',
    'transform',
  ]);
});

test('a batch that is to run on Spark is not small', () => {
  const { States: states } = definitionOf(
    synthesize('', { spark: { batchBytes: 1000, maxVcpu: 8 } }),
    RUN_TASK,
  );
  const [{ And: conditions }] = states.ChooseEngine.Choices;
  expect(conditions).toContainEqual({ Variable: '$.batch.bytes', NumericLessThan: 1000 });
});

test('a plan is the task on Fargate as ever, but for one variable', () => {
  const { RunOnFargate, PlanForSpark } = definitionOf(spark, RUN_TASK).States;
  const [{ Environment: variables, ...container }] = PlanForSpark.Parameters.Overrides.ContainerOverrides;
  expect(variables.at(-1)).toEqual({ Name: 'ENGINE', Value: 'spark' });
  const overrides = { ContainerOverrides: [{ ...container, Environment: variables.slice(0, -1) }] };
  expect({ ...PlanForSpark.Parameters, Overrides: overrides }).toEqual(RunOnFargate.Parameters);
  expect(PlanForSpark.TimeoutSeconds).toBe(RunOnFargate.TimeoutSeconds);
});

test.each(['PlanForSpark', 'ReadSparkStep', 'RunOnSpark'])('what %s cannot do, Fargate does', (name) => {
  expect(definitionOf(spark, RUN_TASK).States[name].Catch).toEqual([
    { ErrorEquals: ['States.ALL'], ResultPath: '$.fallback', Next: 'RunOnFargate' },
  ]);
});

test('a job ends before its state gives up, and SQS can hide messages until after the longest execution', () => {
  const { RunOnSpark } = definitionOf(spark, RUN_TASK).States;
  expect(60 * RunOnSpark.Parameters.ExecutionTimeoutMinutes).toBeLessThan(RunOnSpark.TimeoutSeconds);
  const [orchestrate] = Object.values(
    spark.findResources('AWS::Lambda::Function', { Properties: { FunctionName: 'Pipeline-Orchestrator' } }),
  );
  const { Timeout, Environment } = orchestrate?.Properties ?? {};
  // 12 hours from the receive.
  expect(Timeout + Number(Environment.Variables.HELD_VISIBILITY)).toBeLessThanOrEqual(43_200);
});

test('the state machine starts, watches and cancels job runs of the application alone, with the role of the job', () => {
  const statements = statementsOf(spark, 'RunTask');
  const application = { 'Fn::GetAtt': [expect.stringMatching(/^SparkApplication/), 'Arn'] };
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'emr-serverless:StartJobRun',
    Resource: application,
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
    Resource: { 'Fn::Join': ['', [application, '/jobruns/*']] },
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Sparkjobrole/), 'Arn'] },
    Condition: { StringEquals: { 'iam:PassedToService': 'emr-serverless.amazonaws.com' } },
  });
});

test('a job reads its file, results and tables, and can neither commit nor delete data', () => {
  const statements = statementsOf(spark, 'Sparkjobrole');
  const resourcesOf = (action: string, effect = 'Allow') =>
    statements
      .filter((statement) => statement.Effect === effect && [statement.Action].flat().includes(action))
      .flatMap(({ Resource }) => [Resource].flat())
      .map((resource) => JSON.stringify(resource).match(/"\/([^"]*)"\]\]\}$/)?.[1]);
  expect(resourcesOf('s3:PutObject')).toEqual(['results/*/spark/*', 'staging/*', 'kpis/*', 'marts/*']);
  expect(resourcesOf('s3:PutObject', 'Deny')).toEqual(['*/_delta_log/*']);
  expect(resourcesOf('s3:DeleteObject')).toEqual(
    ['staging', 'kpis', 'marts'].flatMap((prefix) => [`${prefix}/*/_temporary/*`, `${prefix}/*/__magic*`]),
  );
  expect(resourcesOf('s3:GetObject').slice(1)).toEqual(['results/*', 'staging/*', 'kpis/*', 'marts/*']);
  expect(
    statements.flatMap(({ Action }) => Action).filter((action) => /dynamodb|sqs/.test(`${action}`)),
  ).toEqual([]);
});

test('transform reads its plans and manifests, which stage could anyway', () => {
  const reads = (template: Template) =>
    JSON.stringify(statementsOf(template, 'Taskstransformrole')).includes('/results/*/spark/*');
  expect([reads(plain), reads(spark)]).toEqual([false, true]);
});

test('context values turn it on and limit it', () => {
  const read = (context: Record<string, unknown>) => readContext(new App({ context }).node, {}).spark;
  expect(read({})).toBeUndefined();
  expect(read({ spark: 'true' })).toEqual(DEFAULT_SPARK);
  expect(read({ spark: true, sparkBatchBytes: '0', sparkMaxVcpu: 16 })).toEqual({
    batchBytes: 0,
    maxVcpu: 16,
  });
  expect(() => read({ spark: true, sparkMaxVcpu: 4 })).toThrow(
    'sparkMaxVcpu: expected a whole number of at least 8, got 4',
  );
});
