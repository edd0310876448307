import {
  type Attached,
  type Condition,
  type Decision,
  evaluate,
  type Policies,
  policyHolder,
  type Statement,
} from 'local-aws';

/** The least that a policy can allow: one action on one resource, to one principal, under one value of each condition. */
export interface Grant {
  readonly attached: Attached;
  readonly statement: Statement;
  /** `stage-role: s3:ListBucket on arn:aws:s3:::shop if s3:prefix is staging/*` */
  readonly text: string;
}

/** Every Allow, taken apart; the texts are unique. */
export function grantsOf(policies: readonly Attached[]): Grant[] {
  const grants = policies.flatMap((attached) =>
    attached.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(apart)
      .map((statement) => ({ attached, statement, text: describe(attached.holder, statement) })),
  );
  return [...new Map(grants.map((grant) => [grant.text, grant])).values()];
}

/**
 * The grants without which one of the decisions at least would have been a refusal: those that alone allowed something.
 * A grant that is missing here was never used, or another allows whatever it does.
 */
export function neededGrants(grants: readonly Grant[], decisions: readonly Decision[]): Set<Grant> {
  const needed = new Set<Grant>();
  for (const decision of decisions) {
    if (!decision.allowed) continue;
    const allowing = grants.filter((grant) => isAbout(grant, decision) && allowedBy([grant], decision));
    const [only] = allowing;
    if (only && allowing.length === 1) needed.add(only);
  }
  return needed;
}

/** What the decision would be with these grants alone, and every Deny there is. */
export function decideAgain(
  grants: readonly Grant[],
  policies: readonly Attached[],
  decision: Decision,
): Decision {
  const denies = policies.flatMap((attached) =>
    attached.statements
      .filter(({ effect }) => effect === 'Deny')
      .map((statement) => ({ attached, statement, text: '' })),
  );
  const bearing = [...grants, ...denies].filter((grant) => isAbout(grant, decision));
  return evaluate(sides(bearing), decision.caller, decision);
}

/** One of each that differ in who asked, for what, and with which context. */
export function distinct(decisions: readonly Decision[]): Decision[] {
  const key = ({ caller, action, resource, context, allowed }: Decision) => {
    const who = caller.kind === 'role' ? caller.roleArn : `${caller.arn} ${JSON.stringify(caller)}`;
    return JSON.stringify([who, action, resource, context, allowed]);
  };
  return [...new Map(decisions.map((decision) => [key(decision), decision])).values()];
}

/** Whether a grant is attached to who asked, or to what was asked for. */
export function isAbout({ attached }: Pick<Grant, 'attached'>, { caller, resource }: Decision): boolean {
  if (attached.kind === 'identity') return caller.kind === 'role' && caller.roleArn === attached.holder;
  return policyHolder(resource) === attached.holder;
}

const allowedBy = (grants: readonly Grant[], decision: Decision): boolean =>
  evaluate(sides(grants), decision.caller, decision).allowed;

function sides(grants: readonly Grant[]): Policies {
  const of = (kind: Attached['kind']) =>
    grants.filter(({ attached }) => attached.kind === kind).map(({ statement }) => statement);
  return { identity: of('identity'), resource: of('resource') };
}

function apart(statement: Statement): Statement[] {
  return statement.actions.flatMap((action) =>
    statement.resources.flatMap((resource) =>
      combinations(statement.conditions).map((conditions) => ({
        ...statement,
        actions: [action],
        resources: [resource],
        conditions,
      })),
    ),
  );
}

function combinations(conditions: readonly Condition[]): Condition[][] {
  return conditions.reduce<Condition[][]>(
    (all, condition) =>
      all.flatMap((before) =>
        condition.values.map((value) => [...before, { ...condition, values: [value] }]),
      ),
    [[]],
  );
}

/** Roles by the names that CDK's constructs have, without what CDK sets before and behind. */
function describe(holder: string, { principals, actions, resources, conditions }: Statement): string {
  const who = principals
    ? `${principals.everyone ? 'everyone' : [...principals.services, ...principals.identities]} at `
    : '';
  const on = resources.map(({ text }) => short(text)).join();
  const under = conditions.map(({ key, values }) => `${key} is ${values.map(short).join()}`).join(' and ');
  return `${who}${short(holder)}: ${actions.map(({ text }) => text).join()} on ${on}${under && ` if ${under}`}`;
}

/** Without account and region, and without what CDK sets before and behind a role's name. */
const short = (arn: string): string =>
  arn
    .replace(/^arn:aws:iam::\d+:role\/Daybook-(\w+)[0-9A-F]{8}$/, '$1')
    .replace(/^arn:aws:(\w+):[^:]*:[^:]*:/, '$1:');
