import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { type AccountCheck, type Finding, failed, ok } from '../check';
import { requires, unlessNamed } from '../permission';
import { QUOTAS, raise } from '../quotas';

/**
 * Lambda refuses a reservation that would leave fewer executions for the functions without one.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const MIN_UNRESERVED = 100;

/** AWS's default, which a new account may not have yet. */
const DEFAULT_CONCURRENCY = 1000;

/** Can the reserved concurrency of the plan be reserved? */
export const lambdaConcurrency: AccountCheck = {
  id: 'lambda-concurrency',
  title: 'concurrent executions of Lambda',
  async run({ account: { lambda }, plan }) {
    const { AccountLimit } = await requires('lambda:GetAccountSettings', () =>
      lambda.send(new GetAccountSettingsCommand({})),
    );
    const planned = Object.entries(plan.reservedConcurrency);
    const additional = await Promise.all(
      planned.map(async ([FunctionName, wanted]) => {
        const found = await requires('lambda:GetFunctionConcurrency', () =>
          unlessNamed(
            ['ResourceNotFoundException'],
            lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
          ),
        );
        return wanted - (found?.ReservedConcurrentExecutions ?? 0);
      }),
    );
    return judgeConcurrency({
      quota: AccountLimit?.ConcurrentExecutions ?? 0,
      unreserved: AccountLimit?.UnreservedConcurrentExecutions ?? 0,
      additional: additional.reduce((sum, one) => sum + one, 0),
    });
  },
};

/** @param additional what the deployment reserves in addition to what its functions have reserved already */
export function judgeConcurrency(facts: {
  readonly quota: number;
  readonly unreserved: number;
  readonly additional: number;
}): Finding {
  const { quota, unreserved, additional } = facts;
  const left = unreserved - Math.max(0, additional);
  if (additional <= 0) return ok(`quota ${quota}, ${unreserved} unreserved; nothing more to reserve`);
  if (left >= MIN_UNRESERVED) return ok(`quota ${quota}; ${left} stay unreserved`);
  const needed = Math.max(DEFAULT_CONCURRENCY, quota + MIN_UNRESERVED - left);
  return failed(
    `quota ${quota}; reserving ${additional} would leave ${left} unreserved, and Lambda requires ${MIN_UNRESERVED}`,
    `-c reserveConcurrency=false, or a higher quota: ${raise(QUOTAS.concurrency, needed)}`,
  );
}
