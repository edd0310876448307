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
  /** A line for people: what was refused, once for each refusal of its kind. */
  readonly log?: (line: string) => void;
  /** Told of every decision but those on the administrator, who is not judged. */
  readonly onDecision?: (decision: Decision) => void;
}

/** What a process of a role needs of its environment to sign its requests. */
export interface RoleKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** As the SDKs look for them. */
export function keyVariables(keys: RoleKeys): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
}

/** A policy's statements, and whom or what they are attached to. */
export interface Attached {
  /** The ARN of a role for its rights, of a resource for its rules, of a role again for who may assume it. */
  readonly holder: string;
  readonly kind: 'identity' | 'resource';
  readonly statements: readonly Statement[];
}

interface Role {
  readonly name: string;
  readonly id: string;
  /** By the names of the policies. */
  readonly policies: Map<string, readonly Statement[]>;
}

/** In front of every key given to a role, so that no key of a person's is taken for one. */
const KEY_PREFIX = 'ASIALOCALAWS';
const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * IAM of the local account: the roles and policies of the template, the keys of the processes that work under them, and
 * the answer to whether one may. Policies are made ready as they are put. Nothing outlives the process.
 */
export class Iam implements AccessControl {
  private readonly roles = new Map<string, Role>();
  private readonly managed = new Map<string, readonly Statement[]>();
  /** Of resources and, as to who may assume them, of roles; without statements for one that has no policy. */
  private readonly resources = new Map<string, Map<string, readonly Statement[]>>();
  private readonly sessions = new Map<string, { readonly session: RoleSession; readonly token: string }>();
  private readonly told = new Map<string, string>();

  private readonly account: string;

  constructor(private readonly options: IamOptions = {}) {
    this.account = options.account ?? DEFAULT_PLACE.account;
  }

  /**
   * A role without rights; one of that name before it is replaced.
   * @returns its ARN
   * @throws PolicyError
   */
  putRole(name: string, trust: unknown, path = '/'): string {
    const arn = `arn:aws:iam::${this.account}:role${path}${name}`;
    const id = `AROA${randomCharacters(17)}`;
    this.roles.set(arn, { name, id, policies: new Map() });
    this.resources.set(arn, new Map([['trust', compilePolicy(trust, 'trust', `${name}, trust policy`)]]));
    return arn;
  }

  /** @throws PolicyError where there is no role of that name */
  roleArn(name: string): string {
    const [arn] = [...this.roles].find(([, role]) => role.name === name) ?? [];
    if (arn !== undefined) return arn;
    throw new PolicyError(name, 'there is no such role');
  }

  /** Gives a role the rights of a document. @throws PolicyError */
  putRolePolicy(roleArn: string, policyName: string, document: unknown): void {
    this.role(roleArn, policyName).policies.set(policyName, compilePolicy(document, 'identity', policyName));
  }

  /** @throws PolicyError */
  putManagedPolicy(policyArn: string, document: unknown): void {
    this.managed.set(policyArn, compilePolicy(document, 'identity', policyArn));
  }

  /** @throws PolicyError for a policy of AWS's own that is not known here, or a role that is not there */
  attachManagedPolicy(roleArn: string, policyArn: string): void {
    const role = this.role(roleArn, policyArn);
    const known = AWS_MANAGED_POLICIES[policyArn];
    const statements = known ? compilePolicy(known, 'identity', policyArn) : this.managed.get(policyArn);
    if (!statements) throw new PolicyError(role.name, `the managed policy ${policyArn} is not known locally`);
    role.policies.set(policyArn, statements);
  }

  /** From now on services reach the resource only as its policies say. */
  addResource(arn: string): void {
    this.resources.set(arn, new Map());
  }

  /** @throws PolicyError */
  putResourcePolicy(resourceArn: string, policyName: string, document: unknown): void {
    const policies = this.resources.get(resourceArn) ?? new Map();
    policies.set(policyName, compilePolicy(document, 'resource', policyName));
    this.resources.set(resourceArn, policies);
  }

  /** A service in its own name, on behalf of one of its resources where it says so. */
  service(name: string, sourceArn?: string): ServicePrincipal {
    const source = sourceArn === undefined ? undefined : { arn: sourceArn, account: this.account };
    return { kind: 'service', arn: name, source };
  }

  /**
   * A service takes on a role.
   * @param sourceArn the resource on whose behalf; undefined where the service tells none
   * @param sessionName what comes last in the session's ARN
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
    const session = sessionName.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
    return {
      kind: 'role',
      arn: `arn:aws:sts::${this.account}:assumed-role/${role.name}/${session}`,
      userId: `${role.id}:${session}`,
      roleArn,
    };
  }

  /** Keys by which the endpoint knows the session, until they are revoked. */
  issueKeys(session: RoleSession): RoleKeys {
    const accessKeyId = `${KEY_PREFIX}${randomCharacters(8)}`;
    const sessionToken = randomBytes(48).toString('base64');
    this.sessions.set(accessKeyId, { session, token: sessionToken });
    return { accessKeyId, secretAccessKey: randomBytes(30).toString('base64'), sessionToken };
  }

  revokeKeys(accessKeyId: string): void {
    this.sessions.delete(accessKeyId);
  }

  callerOf(accessKeyId: string, sessionToken: string | undefined): Caller {
    const known = this.sessions.get(accessKeyId);
    if (known && known.token === sessionToken) return known.session;
    if (!known && !accessKeyId.startsWith(KEY_PREFIX)) return administrator(this.account);
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  }

  decide(caller: Caller, access: Access): Decision {
    if (caller.kind === 'administrator') return { ...access, caller, allowed: true };
    const policies = this.resources.get(policyHolder(access.resource));
    // Made by hand, through the API: nobody has said whom it is for.
    if (caller.kind === 'service' && !policies) return { ...access, caller, allowed: true };
    const identity = caller.kind === 'role' ? this.roles.get(caller.roleArn)?.policies : undefined;
    const decision = evaluate(
      { identity: [...(identity?.values() ?? [])].flat(), resource: [...(policies?.values() ?? [])].flat() },
      caller,
      access,
    );
    this.options.onDecision?.(decision);
    if (!decision.allowed) this.tell(decision);
    return decision;
  }

  /** Every policy that there is. */
  attached(): Attached[] {
    return [
      ...[...this.roles].map(([holder, { policies }]) => attach(holder, 'identity', policies)),
      ...[...this.resources].map(([holder, policies]) => attach(holder, 'resource', policies)),
    ];
  }

  /** What was refused so far, a line for each kind. */
  refusals(): string[] {
    return [...this.told.values()];
  }

  private role(arn: string, wantedBy: string): Role {
    const role = this.roles.get(arn);
    if (role) return role;
    throw new PolicyError(wantedBy, `there is no role ${arn}`);
  }

  private tell(decision: Decision): void {
    const { caller, action, resource, why } = decision;
    const who = caller.kind === 'role' ? caller.roleArn : caller.arn;
    const kind = [who, action, ...resource.split('/').slice(0, 2), why].join(' ');
    if (this.told.has(kind)) return;
    this.told.set(kind, refusal(decision));
    this.options.log?.(`refused: ${refusal(decision)}`);
  }
}

/** A refusal in AWS's words. */
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

/** The ARN under which a resource's policy is kept: an object's is its bucket's, a function's version's the function's. */
export function policyHolder(resource: string): string {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/')[0] ?? resource;
  if (resource.includes(':function:')) return resource.split(':').slice(0, 7).join(':');
  return resource;
}

function randomCharacters(count: number): string {
  return Array.from({ length: count }, () => BASE_32[randomInt(BASE_32.length)]).join('');
}
