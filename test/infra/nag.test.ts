import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, type Stack, Validations } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { type DaybookProps, DaybookStack } from '../../infra/daybook-stack';
import { DEFAULT_EVENTS } from '../../infra/events/event-options';
import { DEFAULT_RATES_URL } from '../../infra/rates';
import { DEFAULT_SPARK } from '../../infra/spark';
import { ALL_EVENTS } from './all-events';

/** CDK's own rules take seconds, and longer if other tests run at the same time. */
const SLOW = 90_000;

const outputs: string[] = [];
afterAll(() => {
  for (const directory of outputs) rmSync(directory, { recursive: true, force: true });
});

interface Report {
  readonly pluginReports: { readonly violations: { readonly ruleName: string }[] }[];
}

/** The rules of cdk-nag (AwsSolutions), and with `builtin` those of CDK, that a stack breaks without an acknowledged reason. */
function brokenRules(
  options: Partial<DaybookProps>,
  { builtin = false, alter = () => {} }: { builtin?: boolean; alter?: (stack: Stack) => void } = {},
): string[] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'daybook-nag-'));
  outputs.push(outdir);
  const app = new App({ analyticsReporting: false, outdir, builtinCloudFormationValidation: builtin });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new DaybookStack(app, 'Daybook', {
    prefix: '',
    reportingTimeZone: 'UTC',
    maxBadRowShare: 0.2,
    targetFileMb: 128,
    ...options,
  });
  alter(stack);
  let failed = '';
  try {
    app.synth();
  } catch (error) {
    failed = String(error);
  }
  const file = path.join(outdir, 'validation-report.json');
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const rules = report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  return failed !== '' && rules.length === 0 ? [failed] : rules;
}

function find(stack: Stack, at: string): IConstruct {
  const found = stack.node.findAll().find(({ node }) => node.path === `Daybook/${at}`);
  if (!found) throw new Error(`there is no ${at}`);
  return found;
}

const EVERY_OPTION: Partial<DaybookProps> = {
  prefix: 'dev-',
  spot: true,
  reserveConcurrency: false,
  topicKey: 'own',
  failureEmails: ['a@example.com'],
  events: ALL_EVENTS,
  warehouse: { kind: 'redshift' },
  rates: { url: DEFAULT_RATES_URL },
  spark: DEFAULT_SPARK,
  network: {
    vpcId: 'vpc-0123456789abcdef0',
    subnetIds: ['subnet-0123456789abcdef0'],
    assignPublicIp: false,
  },
};

test(
  'the stack breaks no rule without a reason, including CDK’s own rules',
  () => {
    expect(brokenRules({ events: DEFAULT_EVENTS }, { builtin: true })).toEqual([]);
  },
  SLOW,
);

test(
  'with Aurora and Spark, the stack breaks no rule without a reason',
  () => {
    const warehouse = { kind: 'aurora', maxCapacity: 4 } as const;
    const options = { events: DEFAULT_EVENTS, warehouse, spark: DEFAULT_SPARK };
    expect(brokenRules(options, { builtin: true })).toEqual([]);
  },
  SLOW,
);

test(
  'with every option, only the injected faults are found, even if other resources have a reason for the same rule',
  () => {
    const alter = (stack: Stack) => {
      (find(stack, 'KpiTables/Orders/Resource') as CfnTable).pointInTimeRecoverySpecification = undefined;
      (find(stack, 'Workflow/StateMachine') as CfnStateMachine).loggingConfiguration = undefined;
      (find(stack, 'Tasks/stage-role') as Role).addToPolicy(
        new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::*'] }),
      );
    };
    expect(
      brokenRules(EVERY_OPTION, { alter })
        .map((rule) => rule.replace(/^AwsSolutions::/, ''))
        .sort(),
    ).toEqual(['AwsSolutions-DDB3', 'AwsSolutions-IAM5[Resource::arn:aws:s3:::*]', 'AwsSolutions-SF1']);
  },
  SLOW,
);
