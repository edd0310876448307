import { z } from 'zod';
import { refusal } from '../../iam/iam';
import { TemplateError } from '../errors';
import { resourceType, type Services } from '../resource';

const propertiesSchema = z.object({
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
  RoleArn: z.string(),
  DefinitionString: z.string(),
  LoggingConfiguration: z.object({ Level: z.string().default('OFF') }).optional(),
  TracingConfiguration: z.object({ Enabled: z.boolean().default(false) }).optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

export const stateMachine = resourceType(
  'AWS::StepFunctions::StateMachine',
  propertiesSchema,
  ({ properties, where, defaultName }, { place, services }) => {
    const name = properties.StateMachineName ?? defaultName;
    const definition = substitute(
      properties.DefinitionString,
      properties.DefinitionSubstitutions,
      `${where}.DefinitionSubstitutions`,
    );
    const arn = `arn:aws:states:${place.region}:${place.account}:stateMachine:${name}`;
    checkRole(properties, definition, arn, where, services);
    services.states.deployStateMachine({ name, roleArn: properties.RoleArn, definition });
    return { ref: arn, attributes: { Arn: arn, Name: name } };
  },
);

/** Replaces `${Name}` in the definition. @throws TemplateError for a name without a value and for an unused value */
function substitute(
  definition: string,
  values: Readonly<Record<string, string | number | boolean>>,
  where: string,
): string {
  const used = new Set<string>();
  const text = definition.replace(/\$\{([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    used.add(name);
    const value = values[name];
    if (value === undefined)
      throw new TemplateError(where, `the definition uses \${${name}}, which has no value`);
    return String(value);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new TemplateError(where, `the definition does not use ${unused.join(', ')}`);
  return text;
}

type Properties = z.infer<typeof propertiesSchema>;

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
const MANAGED_RULE = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'];
/** The managed rules that report the end of a `.sync` integration. */
const MANAGED_RULES = {
  ':::ecs:runTask.sync': 'StepFunctionsGetEventsForECSTaskRule',
  ':::emr-serverless:startJobRun.sync': 'StepFunctionsGetEventsForEMRServerlessJobRule',
  ':::states:startExecution.sync': 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const TRACING = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

/**
 * Checks the permissions that Step Functions itself needs from the role, most of them at creation: managed rules, log
 * delivery and traces.
 * @throws TemplateError, CannotAssumeRoleError
 */
function checkRole(
  { RoleArn, LoggingConfiguration, TracingConfiguration }: Properties,
  definition: string,
  arn: string,
  where: string,
  { iam }: Services,
): void {
  const session = iam.assume(RoleArn, 'states.amazonaws.com', arn, 'create');
  const [, , , region, account] = arn.split(':');
  const rules = Object.entries(MANAGED_RULES).filter(([resource]) => definition.includes(resource));
  const needed = [
    ...rules.flatMap(([, name]) =>
      MANAGED_RULE.map((action) => ({
        action,
        resource: `arn:aws:events:${region}:${account}:rule/${name}`,
      })),
    ),
    ...((LoggingConfiguration?.Level ?? 'OFF') === 'OFF' ? [] : LOG_DELIVERY).map((action) => ({
      action,
      resource: '*',
    })),
    ...(TracingConfiguration?.Enabled ? TRACING : []).map((action) => ({ action, resource: '*' })),
  ];
  for (const access of needed) {
    const decision = iam.decide(session, access);
    if (!decision.allowed) throw new TemplateError(where, refusal(decision));
  }
}
