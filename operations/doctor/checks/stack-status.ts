import { type AccountCheck, type Finding, failed, ok, warning } from '../check';
import { EMPTY_STATUSES } from '../stack';

/** Can CloudFormation create or update the stack? */
export const stackStatus: AccountCheck = {
  id: 'stack',
  title: 'stack',
  async run({ plan, stack }) {
    if (stack.isDeployed === undefined) throw stack.error;
    return judgeStack(plan.stackName, stack.status);
  },
};

/** @param status null: the stack does not exist */
export function judgeStack(stackName: string, status: string | null): Finding {
  if (status === null) return ok(`${stackName} does not exist yet`);
  const message = `${stackName} is ${status}`;
  if (EMPTY_STATUSES.includes(status)) return ok(`${message}; cdk deploy creates it again`);
  if (status.endsWith('_IN_PROGRESS')) return warning(message, 'wait until CloudFormation has finished');
  if (status === 'UPDATE_ROLLBACK_FAILED') return failed(message, 'npx cdk rollback');
  if (status.endsWith('_FAILED')) return failed(message, 'npx cdk destroy, then deploy again');
  return ok(message);
}
