import { DEFAULT_PLACE } from '../place';

/** The account owner, who is allowed everything. */
interface Administrator {
  readonly kind: 'administrator';
  readonly arn: string;
  readonly userId: string;
}

/** A session of a role of the template. */
export interface RoleSession {
  readonly kind: 'role';
  /** `arn:aws:sts::000000000000:assumed-role/<role>/<session>` */
  readonly arn: string;
  readonly userId: string;
  readonly roleArn: string;
}

/** A service principal, such as S3 when it notifies a queue. Only resource policies apply to it. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `s3.amazonaws.com` */
  readonly arn: string;
  /** The bucket, rule or topic in aws:SourceArn; undefined if the service sends none. */
  readonly source: { readonly arn: string; readonly account: string } | undefined;
}

export type Caller = Administrator | RoleSession | ServicePrincipal;

/** A permission that a request needs. */
export interface Access {
  /** Name in the service authorization reference: `s3:GetObject`. */
  readonly action: string;
  /** An ARN; `*` for actions without a resource. */
  readonly resource: string;
  /** Condition keys specific to the request. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface Decision extends Access {
  readonly caller: Caller;
  readonly allowed: boolean;
  /** The reason in AWS's message: `because no identity-based policy allows the s3:GetObject action`. */
  readonly why?: string;
}

export interface AccessControl {
  /** @throws AwsError InvalidClientTokenId for a revoked or unknown key of a role */
  callerOf(accessKeyId: string, sessionToken: string | undefined): Caller;
  decide(caller: Caller, access: Access): Decision;
}

export function administrator(account = DEFAULT_PLACE.account): Administrator {
  return { kind: 'administrator', arn: `arn:aws:iam::${account}:user/local`, userId: 'LOCAL' };
}

/** Allows everything, for services that run without IAM. */
export function allowAll(account = DEFAULT_PLACE.account): AccessControl {
  const caller = administrator(account);
  return {
    callerOf: () => caller,
    decide: (_, access) => ({ ...access, caller, allowed: true }),
  };
}
