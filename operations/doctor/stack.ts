import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Account } from './account';
import { requires } from './permission';

/** `isDeployed` is undefined if the stack could not be read; `error` says why. */
export type StackState =
  | { readonly isDeployed: boolean; readonly status: string | null }
  | { readonly isDeployed: undefined; readonly error: unknown };

/** Reads the state of the stack; does not throw. */
export async function readStack({ cloudFormation }: Account, stackName: string): Promise<StackState> {
  try {
    const { Stacks = [] } = await requires('cloudformation:DescribeStacks', () =>
      cloudFormation.send(new DescribeStacksCommand({ StackName: stackName })),
    );
    return stackState(Stacks[0]?.StackStatus);
  } catch (error) {
    // CloudFormation has no error code for it.
    const isMissing = error instanceof Error && /does not exist/.test(error.message);
    return isMissing ? stackState(undefined) : { isDeployed: undefined, error };
  }
}

/** The statuses of a stack without resources: its first deployment failed, or has not begun. */
export const EMPTY_STATUSES: readonly string[] = [
  'ROLLBACK_COMPLETE',
  'REVIEW_IN_PROGRESS',
  'DELETE_COMPLETE',
];

/** @param status undefined: the stack does not exist */
export const stackState = (status: string | undefined): StackState => ({
  isDeployed: status !== undefined && !EMPTY_STATUSES.includes(status),
  status: status ?? null,
});
