import type { FaultInjection } from '../../fault-injection';
import type { Access, RoleSession } from '../../iam/access';
import { assertAllowed, type DenialWording } from '../../iam/denied';
import type { Iam, RoleKeys } from '../../iam/iam';
import type { LambdaFunctions } from '../functions';
import { invalidMapping } from './invalid-mapping';
import type { EventSourceMapping } from './mapping';

/** The source of a mapping's records. */
export interface EventSource {
  /** @throws LambdaError InvalidParameterValueException if the function or its role cannot consume the source */
  check(): void;
  /** Delivers records until the signal is aborted and running invocations have ended. Does not reject. */
  run(signal: AbortSignal): Promise<void>;
  /** True while records wait for an invocation or are being processed. */
  readonly isBusy: boolean;
  /** The result of the latest batch, as in LastProcessingResult. */
  readonly lastResult: string | undefined;
}

/** Creates the source of a mapping. @throws LambdaError InvalidParameterValueException */
export type OpenSource = (mapping: EventSourceMapping) => EventSource;

export interface SourceServices {
  readonly iam: Iam;
  readonly functions: LambdaFunctions;
  readonly faults?: Pick<FaultInjection, 'call'> | undefined;
  readonly region: string;
  /** URL of the endpoint. */
  readonly endpoint: () => string;
  /** The clock of queues and streams, in milliseconds. */
  readonly now: () => number;
  /** Sends a message to a queue, by its ARN. */
  readonly sendMessage: (queueArn: string, body: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/** Time until a source that failed, such as one that was deleted, is read again. */
export const FAULT_PAUSE_MS = 1000;

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: RoleKeys;
}

const DENIAL: DenialWording = { code: 'AccessDeniedException', status: 403 };

/** Calls of Lambda's pollers to other services, with the permissions of a function's role. */
export class RoleCalls {
  private readonly session: RoleSession;

  /** @throws CannotAssumeRoleError */
  constructor(
    private readonly services: SourceServices,
    functionArn: string,
  ) {
    const { roleArn, name } = services.functions.config(functionArn);
    this.session = services.iam.assume(roleArn, 'lambda.amazonaws.com', undefined, name);
  }

  get roleArn(): string {
    return this.session.roleArn;
  }

  /** @throws AccessDeniedError; an error of the call or of fault injection */
  async run<Result>(
    operation: string,
    access: Access,
    call: () => Result | Promise<Result>,
  ): Promise<Result> {
    const { iam, faults } = this.services;
    assertAllowed((wanted) => iam.decide(this.session, wanted), [access], DENIAL);
    return faults ? faults.call(this.session, operation, access, async () => call()) : call();
  }

  /** Uses SDK clients with credentials of the role, valid until `use` ends. */
  async withClientConfig<Result>(use: (config: ClientConfig) => Promise<Result>): Promise<Result> {
    const { iam, endpoint, region } = this.services;
    const credentials = iam.issueKeys(this.session);
    try {
      return await use({ endpoint: endpoint(), region, credentials });
    } finally {
      iam.revokeKeys(credentials.accessKeyId);
    }
  }

  /** @throws LambdaError InvalidParameterValueException for the first action that is denied */
  assertMay(actions: readonly string[], resource: string, where: string): void {
    const denied = actions.find(
      (action) => !this.services.iam.decide(this.session, { action, resource }).allowed,
    );
    if (denied === undefined) return;
    throw invalidMapping(
      `The provided execution role does not have permissions to call ${denied.split(':')[1]} on ${where}: allow the role ${this.roleArn} the action ${denied} on ${resource}.`,
    );
  }
}
