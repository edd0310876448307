import { DEFAULT_PLACE } from '../place';

/** Who asks for something, and what it is that is asked for: the two sides of every decision. */

/** The person at the keyboard, who owns the account: may do everything. */
export interface Administrator {
  readonly kind: 'administrator';
  readonly arn: string;
  readonly userId: string;
}

/** A process or a service at work under a role of the template. */
export interface RoleSession {
  readonly kind: 'role';
  /** `arn:aws:sts::000000000000:assumed-role/<role>/<session>` */
  readonly arn: string;
  readonly userId: string;
  readonly roleArn: string;
}

/** A service in its own name, as S3 when it tells a queue: resource policies alone speak of it. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** `s3.amazonaws.com` */
  readonly arn: string;
  /** On whose behalf: a bucket, a rule, a topic; undefined where the service tells nobody. */
  readonly source: { readonly arn: string; readonly account: string } | undefined;
}

export type Caller = Administrator | RoleSession | ServicePrincipal;

/** One thing that a request needs to be allowed. */
export interface Access {
  /** `s3:GetObject`, as the service authorization reference spells it. */
  readonly action: string;
  /** An ARN; `*` where the action knows no resource. */
  readonly resource: string;
  /** Condition keys that the request has, besides those of every request. */
  readonly context?: Readonly<Record<string, string>>;
}

/** What was asked, and what the policies say to it. */
export interface Decision extends Access {
  readonly caller: Caller;
  readonly allowed: boolean;
  /** Why not, as AWS ends its sentence: `because no identity-based policy allows the s3:GetObject action`. */
  readonly why?: string;
}

/** What the endpoint asks about a request. */
export interface AccessControl {
  /** @throws AwsError InvalidClientTokenId for a key of a role that has ended, or never was */
  callerOf(accessKeyId: string, sessionToken: string | undefined): Caller;
  decide(caller: Caller, access: Access): Decision;
}

export function administrator(account = DEFAULT_PLACE.account): Administrator {
  return { kind: 'administrator', arn: `arn:aws:iam::${account}:user/local`, userId: 'LOCAL' };
}

/** For services that run without IAM, as in tests of their own: whoever asks may. */
export function allowAll(account = DEFAULT_PLACE.account): AccessControl {
  const caller = administrator(account);
  return {
    callerOf: () => caller,
    decide: (_, access) => ({ ...access, caller, allowed: true }),
  };
}
