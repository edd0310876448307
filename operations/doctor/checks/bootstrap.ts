import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { type AccountCheck, type Finding, failed, ok } from '../check';
import { requires, unlessNamed } from '../permission';

/** Are the resources of `cdk bootstrap` there, and new enough? */
export const bootstrap: AccountCheck = {
  id: 'cdk-bootstrap',
  title: 'bootstrap of the CDK',
  async run({ account: { ssm, account, region }, plan }) {
    const { parameter, version } = plan.bootstrap;
    const found = await requires('ssm:GetParameter', () =>
      unlessNamed(['ParameterNotFound'], ssm.send(new GetParameterCommand({ Name: parameter }))),
    );
    return judgeBootstrap(found?.Parameter?.Value, version, `aws://${account}/${region}`);
  },
};

/** @param found the version's parameter; undefined if it does not exist */
export function judgeBootstrap(found: string | undefined, required: number, environment: string): Finding {
  const remedy = `npx cdk bootstrap ${environment}`;
  if (found === undefined) return failed('the account is not bootstrapped in this region', remedy);
  if (!(Number(found) >= required)) return failed(`version ${found}, ${required} required`, remedy);
  return ok(`version ${found}, ${required} required`);
}
