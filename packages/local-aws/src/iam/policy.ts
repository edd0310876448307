import { z } from 'zod';
import { type Condition, readConditions } from './condition';
import { PolicyError } from './errors';
import { type Principals, readPrincipals } from './principal';
import { type Pattern, pattern } from './wildcard';

/** A compiled statement. */
export interface Statement {
  /** Policy name and statement number: `WorkflowRoleDefaultPolicy, statement 3`. */
  readonly where: string;
  readonly effect: 'Allow' | 'Deny';
  /** undefined for an identity policy. */
  readonly principals?: Principals;
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly conditions: readonly Condition[];
}

type PolicyKind = 'identity' | 'resource' | 'trust';

const strings = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);

/** NotAction, NotResource and NotPrincipal are not supported. */
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: strings,
  Resource: strings.optional(),
  Condition: z.unknown().optional(),
});
type StatementElement = z.infer<typeof statementSchema>;

const documentSchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Id: z.string().optional(),
  Statement: z.preprocess((one) => (Array.isArray(one) ? one : [one]), z.array(statementSchema)),
});

/**
 * Compiles a policy document whose references are resolved.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 *
 * @param where names the policy in messages
 * @throws PolicyError for an invalid policy or an unsupported element
 */
export function compilePolicy(document: unknown, kind: PolicyKind, where: string): Statement[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) throw new PolicyError(where, z.prettifyError(parsed.error));
  return parsed.data.Statement.map((statement, i) =>
    compile(statement, kind, `${where}, statement ${i + 1}${statement.Sid ? ` (${statement.Sid})` : ''}`),
  );
}

function compile(statement: StatementElement, kind: PolicyKind, where: string): Statement {
  const { Effect, Principal, Action, Resource, Condition } = statement;
  if ((Principal === undefined) !== (kind === 'identity')) {
    throw new PolicyError(
      where,
      `a policy of kind ${kind} ${kind === 'identity' ? 'has no' : 'needs a'} Principal`,
    );
  }
  if ((Resource === undefined) !== (kind === 'trust')) {
    throw new PolicyError(
      where,
      `a policy of kind ${kind} ${kind === 'trust' ? 'has no' : 'needs a'} Resource`,
    );
  }
  for (const action of Action) {
    if (action !== '*' && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/i.test(action)) {
      throw new PolicyError(where, `Action: expected service:Name, got ${action}`);
    }
  }
  const conditions = readConditions(Condition, `${where}, Condition`);
  for (const text of [...(Resource ?? []), ...conditions.flatMap(({ values }) => values)]) {
    if (text.includes('${'))
      throw new PolicyError(where, `policy variables are not understood here: ${text}`);
  }
  return {
    where,
    effect: Effect,
    ...(Principal !== undefined && { principals: readPrincipals(Principal, where) }),
    actions: Action.map((action) => pattern(action, { ignoreCase: true })),
    resources: (Resource ?? ['*']).map((resource) => pattern(resource)),
    conditions,
  };
}
