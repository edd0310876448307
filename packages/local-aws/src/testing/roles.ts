import { administrator } from '../iam/access';
import { Iam, type IamOptions } from '../iam/iam';

export const ADMINISTRATOR = administrator();

/** A trust policy for one service. */
export const trustPolicy = (Service: string, Condition?: object) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sts:AssumeRole',
      ...(Condition && { Condition }),
    },
  ],
});

/** A policy of these statements, with the default effect Allow. */
export const policyOf = (...statements: readonly object[]) => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
});

/** An IAM with one role that the service can assume. */
export function iamWithRole(
  service: string,
  statements: readonly object[] = [],
  options: Partial<IamOptions> = {},
): { iam: Iam; roleArn: string } {
  const iam = new Iam(options);
  const roleArn = iam.putRole('worker', trustPolicy(service));
  if (statements.length > 0) iam.putRolePolicy(roleArn, 'rights', policyOf(...statements));
  return { iam, roleArn };
}
