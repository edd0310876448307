import type { Access, Caller, Decision } from './access';
import { evaluateConditions, type RequestKeys } from './condition';
import type { Statement } from './policy';
import { matchesPrincipal } from './principal';

/** The policies that apply to a request: those of the caller and those of the resource. */
export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/**
 * Evaluates a request within one account. A matching Deny denies, and so does a statement whose conditions cannot be
 * evaluated; otherwise an Allow of either side allows; the default is to deny.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 *
 * @param areChecked whether the caller's identity policies are known to allow the request
 */
export function evaluate(policies: Policies, caller: Caller, access: Access, areChecked = false): Decision {
  const keys = requestKeys(caller, access);
  let denied: string | undefined;
  let unknown: string | undefined;
  let allowed = false;
  for (const [side, statements] of Object.entries(policies) as [keyof Policies, readonly Statement[]][]) {
    for (const statement of statements) {
      if (!matchesStatement(statement, caller, access, areChecked)) continue;
      const result = evaluateConditions(statement.conditions, keys);
      if (result === false) continue;
      if (result !== true) {
        unknown ??= `because ${statement.where} cannot be evaluated locally: ${result.unknown} is not supported`;
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

function matchesStatement(
  { principals, effect, actions, resources }: Statement,
  caller: Caller,
  access: Access,
  areChecked: boolean,
): boolean {
  return (
    (principals === undefined || matchesPrincipal(principals, caller, effect, areChecked)) &&
    actions.some((action) => action.matches(access.action)) &&
    resources.some((resource) => resource.matches(access.resource))
  );
}

/**
 * The condition keys of a request. `aws:SecureTransport` is true although requests use plain HTTP on the loopback
 * address, because on AWS they use TLS.
 */
function requestKeys(caller: Caller, { context = {} }: Access): RequestKeys {
  const callerKeys: Record<string, string> =
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
    ...Object.entries(callerKeys),
    ...Object.entries(context).map(([key, value]): [string, string] => [key.toLowerCase(), value]),
  ]);
}
