import { AwsError } from '../endpoint/service';
import type { Access, Decision } from './access';
import { refusal } from './iam';

/** A service's format of access denied errors. */
export interface DenialWording {
  readonly code: string;
  readonly status: number;
  /** SQS writes `sqs:sendmessage`, SNS `SNS:Publish`. */
  readonly action?: (action: string) => string;
  /** S3 quotes the resource. */
  readonly quotesResource?: boolean;
}

export const ACCESS_DENIED_EXCEPTION: DenialWording = { code: 'AccessDeniedException', status: 400 };

export class AccessDeniedError extends AwsError {
  constructor(
    readonly decision: Decision,
    wording: DenialWording,
  ) {
    super(wording.code, refusal(withWording(decision, wording)), wording.status);
    this.name = 'AccessDeniedError';
  }
}

/** @throws AccessDeniedError for the first access that is denied */
export function assertAllowed(
  decide: (access: Access) => Decision,
  accesses: readonly Access[],
  wording: DenialWording,
): void {
  for (const access of accesses) {
    const decision = decide(access);
    if (!decision.allowed) throw new AccessDeniedError(decision, wording);
  }
}

function withWording(
  decision: Decision,
  { action = (name) => name, quotesResource }: DenialWording,
): Decision {
  const name = action(decision.action);
  return {
    ...decision,
    action: name,
    resource: quotesResource ? `"${decision.resource}"` : decision.resource,
    ...(decision.why !== undefined && { why: decision.why.replace(decision.action, name) }),
  };
}
