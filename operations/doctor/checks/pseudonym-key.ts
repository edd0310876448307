import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type DeploymentCheck, type Finding, failed, ok, skipped } from '../check';
import { requires, unlessNamed } from '../permission';

/** Does the secret exist with which validate replaces values? */
export const pseudonymKey: DeploymentCheck = {
  id: 'pseudonym-key',
  title: 'key of pseudonyms',
  async run({ account: { lambda, names, secrets } }) {
    const FunctionName = names.taskFunction('validate');
    const { Environment } = await requires('lambda:GetFunctionConfiguration', () =>
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    );
    const SecretId = Environment?.Variables?.PSEUDONYM_SECRET_ARN;
    if (SecretId === undefined) return skipped('no contract pseudonymizes');
    const found = await requires('secretsmanager:DescribeSecret', () =>
      unlessNamed(['ResourceNotFoundException'], secrets.send(new DescribeSecretCommand({ SecretId }))),
    );
    return judgePseudonymKey(names.pseudonymKey, found);
  },
};

/** @param found undefined: the secret does not exist */
export function judgePseudonymKey(
  name: string,
  found: { readonly DeletedDate?: Date | undefined } | undefined,
): Finding {
  if (found?.DeletedDate) {
    return failed(
      `${name} will be deleted at ${found.DeletedDate.toISOString()}`,
      `aws secretsmanager restore-secret --secret-id ${name}`,
    );
  }
  if (!found) {
    return failed(
      `${name} does not exist, so no file with values to replace can be loaded`,
      'docs/reliability.md#the-key-of-pseudonyms',
    );
  }
  return ok(`${name} exists`);
}
