import type { Caller } from './access';
import { PolicyError } from './errors';

/** The principals of a statement in a resource or trust policy. */
export interface Principals {
  readonly everyone: boolean;
  /** `s3.amazonaws.com` */
  readonly services: readonly string[];
  /** ARNs of roles or role sessions, or `arn:aws:iam::<account>:root`. */
  readonly identities: readonly string[];
}

/** @throws PolicyError for unsupported kinds of principals */
export function readPrincipals(element: unknown, where: string): Principals {
  if (element === '*') return { everyone: true, services: [], identities: [] };
  if (typeof element !== 'object' || element === null) {
    throw new PolicyError(where, `Principal: expected "*" or an object, got ${JSON.stringify(element)}`);
  }
  const { AWS, Service, ...others } = element as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new PolicyError(where, `Principal: ${other} is not understood here`);
  const identities = list(AWS).map((one) => (/^\d{12}$/.test(one) ? `arn:aws:iam::${one}:root` : one));
  return {
    everyone: identities.includes('*'),
    services: list(Service),
    identities: identities.filter((one) => one !== '*'),
  };
}

const list = (value: unknown): string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);

/**
 * Matches a caller against a statement's principals. The account root in a Deny matches the whole account; in an Allow it
 * delegates to the account's identity policies and grants nothing by itself.
 * @param areChecked whether the identity policies are known to allow the request
 */
export function matchesPrincipal(
  principals: Principals,
  caller: Caller,
  effect: 'Allow' | 'Deny',
  areChecked = false,
): boolean {
  if (principals.everyone) return true;
  if (caller.kind === 'service') return principals.services.includes(caller.arn);
  const own = caller.kind === 'role' ? [caller.arn, caller.roleArn] : [caller.arn];
  const root = `arn:aws:iam::${caller.arn.split(':')[4]}:root`;
  return principals.identities.some(
    (one) => own.includes(one) || (one === root && (effect === 'Deny' || areChecked)),
  );
}
