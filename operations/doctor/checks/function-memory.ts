import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type AccountCheck, type Finding, ok, warning } from '../check';
import { requires, unlessNamed } from '../permission';

/** The limit of new accounts in MB. No API returns an account's limit. */
const NEW_ACCOUNT_LIMIT_MB = 3008;

/** Is the memory of the largest function available to every account? */
export const functionMemory: AccountCheck = {
  id: 'function-memory',
  title: 'memory of the functions',
  async run({ account: { lambda }, plan: { largestFunction } }) {
    const { name, memoryMb } = largestFunction;
    if (memoryMb <= NEW_ACCOUNT_LIMIT_MB) return judgeMemory(memoryMb, undefined);
    const found = await requires('lambda:GetFunctionConfiguration', () =>
      unlessNamed(
        ['ResourceNotFoundException'],
        lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
      ),
    );
    return judgeMemory(memoryMb, found?.MemorySize);
  },
};

/**
 * @param planned in MB
 * @param deployed what the function has now; undefined if it does not exist
 */
export function judgeMemory(planned: number, deployed: number | undefined): Finding {
  if (planned <= NEW_ACCOUNT_LIMIT_MB) return ok(`${planned} MB, available in every account`);
  if (deployed !== undefined && deployed >= planned) return ok(`${planned} MB, as deployed`);
  return warning(
    `${planned} MB; a new account is limited to ${NEW_ACCOUNT_LIMIT_MB} MB, and no API returns the limit`,
    `if the deployment fails: -c smallBatchMemory=${NEW_ACCOUNT_LIMIT_MB}`,
  );
}
