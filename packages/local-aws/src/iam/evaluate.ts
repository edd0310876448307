import type { Access, Caller, Decision } from './access';
import { evaluateConditions, type RequestKeys } from './condition';
import type { Statement } from './policy';
import { matchesPrincipal } from './principal';

/** What may bear on one request: the policies of who asks, and those of what is asked for. */
export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/**
 * What the policies say to a request, all of one account: a Deny that applies refuses; so does a statement that would
 * apply if only its conditions could be judged; an Allow of either side allows; nothing else does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function evaluate(policies: Policies, caller: Caller, access: Access): Decision {
  const keys = requestKeys(caller, access);
  let denied: string | undefined;
  let unknown: string | undefined;
  let allowed = false;
  for (const [side, statements] of Object.entries(policies) as [keyof Policies, readonly Statement[]][]) {
    for (const statement of statements) {
      if (!concerns(statement, caller, access)) continue;
      const verdict = evaluateConditions(statement.conditions, keys);
      if (verdict === false) continue;
      if (verdict !== true) {
        unknown ??= `because ${statement.where} cannot be judged locally: ${verdict.unknown} is not known`;
        continue;
      }
      if (statement.effect === 'Allow') allowed = true;
      else
        denied ??= `with an explicit deny in ${side === 'identity' ? 'an identity' : 'a resource'}-based policy`;
    }
  }
  const decision = { ...access, caller };
  const refusal = denied ?? unknown;
  if (refusal !== undefined) return { ...decision, allowed: false, why: refusal };
  if (allowed) return { ...decision, allowed };
  const side = caller.kind === 'service' ? 'resource' : 'identity';
  return { ...decision, allowed, why: `because no ${side}-based policy allows the ${access.action} action` };
}

function concerns(
  { principals, effect, actions, resources }: Statement,
  caller: Caller,
  access: Access,
): boolean {
  return (
    (principals === undefined || matchesPrincipal(principals, caller, effect)) &&
    actions.some((action) => action.matches(access.action)) &&
    resources.some((resource) => resource.matches(access.resource))
  );
}

/**
 * The condition keys of a request. Requests come over plain HTTP here, on the loopback address, and stand for those that
 * reach AWS over TLS: `aws:SecureTransport` is true.
 */
function requestKeys(caller: Caller, { context = {} }: Access): RequestKeys {
  const ofCaller: Record<string, string> =
    caller.kind === 'service'
      ? {
          ...(caller.source && {
            'aws:sourcearn': caller.source.arn,
            'aws:sourceaccount': caller.source.account,
          }),
        }
      : {
          'aws:principalarn': caller.kind === 'role' ? caller.roleArn : caller.arn,
          'aws:principalaccount': caller.arn.split(':')[4] ?? '',
        };
  return new Map([
    ['aws:securetransport', 'true'],
    ...Object.entries(ofCaller),
    ...Object.entries(context).map(([key, value]): [string, string] => [key.toLowerCase(), value]),
  ]);
}
