import type { Catalog } from '../../catalog/catalog';
import type { Account } from './account';
import type { Plan } from './plan';
import type { StackState } from './stack';

/**
 * - `warning`: the deployment works, but something needs attention.
 * - `not_checked`: a permission is missing, or the service did not answer.
 * - `skipped`: the check has no meaning here.
 */
export type Status = 'ok' | 'warning' | 'failed' | 'not_checked' | 'skipped';

/** The result of a check. */
export interface Finding {
  readonly status: Status;
  /** One sentence without a full stop. */
  readonly message: string;
  /** What to do: a command, or an option of the deployment; null if there is nothing to do. */
  readonly remedy: string | null;
}

/** What every check can read. */
export interface CheckContext {
  readonly account: Account;
  readonly stack: StackState;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The catalog to deploy, or that of a local pipeline. @throws if its contracts have faults */
  readonly contracts: () => Catalog;
}

interface CheckBase<Context> {
  /** Stable between versions; words joined by hyphens. */
  readonly id: string;
  /** What is checked, in a few words. */
  readonly title: string;
  /** True if the check also has a meaning for a pipeline of `daybook local`. */
  readonly local?: boolean;
  /** @throws MissingPermissionError, and errors of the services: the check is then `not_checked` */
  readonly run: (context: Context) => Promise<Finding>;
}

/** A check of the account: can the planned stack be deployed to it? */
export type AccountCheck = CheckBase<CheckContext & { readonly plan: Plan }>;

/** A check of a stack that exists. */
export type DeploymentCheck = CheckBase<CheckContext>;

export const ok = (message: string): Finding => ({ status: 'ok', message, remedy: null });
export const warning = (message: string, remedy: string): Finding => ({ status: 'warning', message, remedy });
export const failed = (message: string, remedy: string): Finding => ({ status: 'failed', message, remedy });
export const skipped = (message: string): Finding => ({ status: 'skipped', message, remedy: null });
export const notChecked = (why: string): Finding => ({
  status: 'not_checked',
  message: `could not be checked: ${why}`,
  remedy: null,
});
