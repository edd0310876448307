import { type Account, isLocalPipeline } from './account';
import { type CheckContext, type Finding, notChecked, skipped } from './check';
import type { Plan } from './plan';
import { ACCOUNT_CHECKS, DEPLOYMENT_CHECKS } from './registry';
import { readStack } from './stack';

export type Part = 'account' | 'deployment';

/** A check and its result. */
export interface Result extends Finding {
  readonly check: string;
  readonly title: string;
  readonly part: Part;
}

export interface Examination {
  /** The stack; null for a local pipeline. */
  readonly stack: string | null;
  readonly account: string;
  readonly region: string;
  /** Whether the stack exists; null if that could not be checked. */
  readonly deployed: boolean | null;
  readonly checks: readonly Result[];
}

const LOCAL = 'not needed for a local pipeline';

/**
 * Runs all checks. A check that cannot be made is `not_checked` and ends nothing.
 * @param plan the stack to be deployed; not called for a local pipeline
 * @param contracts see {@link CheckContext}
 */
export async function examine(
  account: Account,
  env: CheckContext['env'],
  plan: () => Promise<Plan>,
  contracts: CheckContext['contracts'],
): Promise<Examination> {
  const { account: id, region } = account;
  if (isLocalPipeline(account)) {
    const context = { account, env, contracts, stack: { isDeployed: true, status: null } };
    const deployment = DEPLOYMENT_CHECKS.map((check) =>
      result('deployment', check, async () => (check.local ? check.run(context) : skipped(LOCAL))),
    );
    const ofAccount = ACCOUNT_CHECKS.map((check) => result('account', check, async () => skipped(LOCAL)));
    const checks = await Promise.all([...ofAccount, ...deployment]);
    return { stack: null, account: id, region, deployed: true, checks };
  }
  const planned = await plan();
  const stack = await readStack(account, planned.stackName);
  const context = { account, env, contracts, stack };
  const checks = await Promise.all([
    ...ACCOUNT_CHECKS.map((check) =>
      result('account', check, () => check.run({ ...context, plan: planned })),
    ),
    ...DEPLOYMENT_CHECKS.map((check) =>
      result('deployment', check, async () => withoutStack(stack.isDeployed) ?? check.run(context)),
    ),
  ]);
  return { stack: planned.stackName, account: id, region, deployed: stack.isDeployed ?? null, checks };
}

/**
 * The finding of every check of a deployment that does not exist; undefined if it exists.
 * @param isDeployed undefined: not known
 */
export function withoutStack(isDeployed: boolean | undefined): Finding | undefined {
  if (isDeployed === undefined) return notChecked('the state of the stack is not known');
  return isDeployed ? undefined : skipped('not deployed yet');
}

/** Runs a check. Its error becomes a finding. */
export async function result(
  part: Part,
  { id, title }: { readonly id: string; readonly title: string },
  run: () => Promise<Finding>,
): Promise<Result> {
  const finding = await run().catch((error: unknown) => notChecked(reasonOf(error)));
  return { check: id, title, part, ...finding };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'MissingPermissionError') return error.message;
  // Some servers answer an unknown request with a page.
  const [line = ''] = error.message.split('\n');
  return `${error.name}: ${line.slice(0, 200)}`;
}
