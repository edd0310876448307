import { randomBytes, randomInt } from 'node:crypto';
import { AwsError } from '../endpoint/service';
import { DEFAULT_PLACE } from '../place';
import {
  type Access,
  type AccessControl,
  administrator,
  type Caller,
  type Decision,
  type RoleSession,
  type ServicePrincipal,
} from './access';
import { CannotAssumeRoleError, PolicyError } from './errors';
import { evaluate } from './evaluate';
import { AWS_MANAGED_POLICIES } from './managed-policies';
import { compilePolicy, type Statement } from './policy';

export interface IamOptions {
  /** `000000000000` by default. */
  readonly account?: string;
  /** Logs denied requests, once for each kind. */
  readonly log?: (line: string) => void;
  /** Called with every decision except those for the administrator. */
  readonly onDecision?: (decision: Decision) => void;
}

/** Temporary credentials of a role session. */
export interface RoleKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The environment variables that SDKs read. */
export function keyVariables(keys: RoleKeys): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
}

/** The statements attached to a role or resource. */
export interface Attached {
  /** ARN of the role (identity and trust policies) or of the resource. */
  readonly holder: string;
  readonly kind: 'identity' | 'resource';
  readonly statements: readonly Statement[];
}

interface Role {
  readonly name: string;
  readonly id: string;
  /** Statements by policy name. */
  readonly policies: Map<string, readonly Statement[]>;
}

/** Prefix of all keys of roles, which distinguishes them from the user's own keys. */
const KEY_PREFIX = 'ASIALOCALAWS';
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * IAM of the local account: roles, policies, temporary credentials and authorization decisions, all in memory. Policies
 * are compiled when they are put.
 */
export class Iam implements AccessControl {
  private readonly roles = new Map<string, Role>();
  private readonly managed = new Map<string, readonly Statement[]>();
  /** Resource policies and trust policies by ARN; empty for a resource without a policy. */
  private readonly resources = new Map<string, Map<string, readonly Statement[]>>();
  private readonly sessions = new Map<
    string,
    { readonly session: RoleSession; readonly token: string; readonly expires: Date | undefined }
  >();
  private readonly refused = new Map<string, string>();
  private readonly account: string;

  constructor(private readonly options: IamOptions = {}) {
    this.account = options.account ?? DEFAULT_PLACE.account;
  }

  /**
   * Creates or replaces a role, without permissions.
   * @returns the role's ARN
   * @throws PolicyError
   */
  putRole(name: string, trust: unknown, path = '/'): string {
    const arn = `arn:aws:iam::${this.account}:role${path}${name}`;
    const id = `AROA${randomCharacters(17)}`;
    this.roles.set(arn, { name, id, policies: new Map() });
    this.resources.set(arn, new Map([['trust', compilePolicy(trust, 'trust', `${name}, trust policy`)]]));
    return arn;
  }

  /** @throws PolicyError for an unknown role */
  roleArn(name: string): string {
    const [arn] = [...this.roles].find(([, role]) => role.name === name) ?? [];
    if (arn !== undefined) return arn;
    throw new PolicyError(name, 'there is no such role');
  }

  /** @throws PolicyError */
  putRolePolicy(roleArn: string, policyName: string, document: unknown): void {
    this.role(roleArn, policyName).policies.set(policyName, compilePolicy(document, 'identity', policyName));
  }

  /** @throws PolicyError */
  putManagedPolicy(policyArn: string, document: unknown): void {
    this.managed.set(policyArn, compilePolicy(document, 'identity', policyArn));
  }

  /** @throws PolicyError for an unknown managed policy or role */
  attachManagedPolicy(roleArn: string, policyArn: string): void {
    const role = this.role(roleArn, policyArn);
    const known = AWS_MANAGED_POLICIES[policyArn];
    const statements = known ? compilePolicy(known, 'identity', policyArn) : this.managed.get(policyArn);
    if (!statements) throw new PolicyError(role.name, `the managed policy ${policyArn} is not known locally`);
    role.policies.set(policyArn, statements);
  }

  /** From now on service principals need a policy of the resource. */
  addResource(arn: string): void {
    this.resources.set(arn, new Map());
  }

  /** @throws PolicyError */
  putResourcePolicy(resourceArn: string, policyName: string, document: unknown): void {
    const policies = this.resources.get(resourceArn) ?? new Map();
    policies.set(policyName, compilePolicy(document, 'resource', policyName));
    this.resources.set(resourceArn, policies);
  }

  /** A service principal. @param sourceArn the value of aws:SourceArn, if the service sends one */
  service(name: string, sourceArn?: string): ServicePrincipal {
    const source = sourceArn === undefined ? undefined : { arn: sourceArn, account: this.account };
    return { kind: 'service', arn: name, source };
  }

  /**
   * Assumes a role on behalf of a service.
   * @param sourceArn the value of aws:SourceArn; undefined if the service sends none
   * @param sessionName last part of the session's ARN
   * @throws CannotAssumeRoleError
   */
  assume(roleArn: string, service: string, sourceArn: string | undefined, sessionName: string): RoleSession {
    const role = this.roles.get(roleArn);
    if (!role) throw new CannotAssumeRoleError(roleArn, service, 'the template has no such role');
    const decision = this.decide(this.service(service, sourceArn), {
      action: 'sts:AssumeRole',
      resource: roleArn,
    });
    if (!decision.allowed) throw new CannotAssumeRoleError(roleArn, service, refusal(decision));
    return this.session(roleArn, role, sessionName);
  }

  /**
   * Assumes a role for the user or the session of a role, whose own permission is checked before. The trust policy must name the caller,
   * or the account, which leaves it to that permission.
   * @returns undefined if it does not, or there is no such role
   */
  assumeAs(caller: Caller, roleArn: string, sessionName: string): RoleSession | undefined {
    const role = this.roles.get(roleArn);
    if (!role || caller.kind === 'service') return undefined;
    const trust = [...(this.resources.get(roleArn)?.values() ?? [])].flat();
    const access = { action: 'sts:AssumeRole', resource: roleArn };
    const { allowed } = evaluate({ identity: [], resource: trust }, caller, access, true);
    return allowed ? this.session(roleArn, role, sessionName) : undefined;
  }

  private session(roleArn: string, { name, id }: Role, sessionName: string): RoleSession {
    const session = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
    return {
      kind: 'role',
      arn: `arn:aws:sts::${this.account}:assumed-role/${name}/${session}`,
      userId: `${id}:${session}`,
      roleArn,
    };
  }

  /** Issues credentials of the session, valid until revoked, or until a time. */
  issueKeys(session: RoleSession, expires?: Date): RoleKeys {
    const accessKeyId = `${KEY_PREFIX}${randomCharacters(8)}`;
    const sessionToken = randomBytes(48).toString('base64');
    this.sessions.set(accessKeyId, { session, token: sessionToken, expires });
    return { accessKeyId, secretAccessKey: randomBytes(30).toString('base64'), sessionToken };
  }

  revokeKeys(accessKeyId: string): void {
    this.sessions.delete(accessKeyId);
  }

  callerOf(accessKeyId: string, sessionToken: string | undefined): Caller {
    const known = this.sessions.get(accessKeyId);
    if (known?.expires && known.expires.getTime() <= Date.now()) {
      throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
    }
    if (known && known.token === sessionToken) return known.session;
    if (!known && !accessKeyId.startsWith(KEY_PREFIX)) return administrator(this.account);
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  }

  decide(caller: Caller, access: Access): Decision {
    if (caller.kind === 'administrator') return { ...access, caller, allowed: true };
    const policies = this.resources.get(policyHolder(access.resource));
    // Resources created through the API have no policy and accept all services.
    if (caller.kind === 'service' && !policies) return { ...access, caller, allowed: true };
    const identity = caller.kind === 'role' ? this.roles.get(caller.roleArn)?.policies : undefined;
    const decision = evaluate(
      { identity: [...(identity?.values() ?? [])].flat(), resource: [...(policies?.values() ?? [])].flat() },
      caller,
      access,
    );
    this.options.onDecision?.(decision);
    if (!decision.allowed) this.logRefusal(decision);
    return decision;
  }

  /** All policies. */
  attached(): Attached[] {
    return [
      ...[...this.roles].map(([holder, { policies }]) => attach(holder, 'identity', policies)),
      ...[...this.resources].map(([holder, policies]) => attach(holder, 'resource', policies)),
    ];
  }

  /** The denied requests so far, one line for each kind. */
  refusals(): string[] {
    return [...this.refused.values()];
  }

  private role(arn: string, wantedBy: string): Role {
    const role = this.roles.get(arn);
    if (role) return role;
    throw new PolicyError(wantedBy, `there is no role ${arn}`);
  }

  private logRefusal(decision: Decision): void {
    const { caller, action, resource, why } = decision;
    const who = caller.kind === 'role' ? caller.roleArn : caller.arn;
    const kind = [who, action, ...resource.split('/').slice(0, 2), why].join(' ');
    if (this.refused.has(kind)) return;
    this.refused.set(kind, refusal(decision));
    this.options.log?.(`refused: ${refusal(decision)}`);
  }
}

/** AWS's message for a denied request. */
export function refusal({ caller, action, resource, why }: Decision): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}

function attach(
  holder: string,
  kind: Attached['kind'],
  policies: ReadonlyMap<string, readonly Statement[]>,
): Attached {
  return { holder, kind, statements: [...policies.values()].flat() };
}

/** The ARN that holds a resource's policy: the bucket for an object, the function for a function version. */
export function policyHolder(resource: string): string {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/')[0] ?? resource;
  if (resource.includes(':function:')) return resource.split(':').slice(0, 7).join(':');
  return resource;
}

function randomCharacters(count: number): string {
  return Array.from({ length: count }, () => BASE_32[randomInt(BASE_32.length)]).join('');
}
