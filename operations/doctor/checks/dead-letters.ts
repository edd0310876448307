import { plural } from '../../../domain/plural';
import { messagesIn } from '../../queue';
import { type DeploymentCheck, type Finding, failed, ok } from '../check';
import { requires } from '../permission';

const RUNBOOK = 'docs/runbook.md#dead-letters';

/** Are both dead-letter queues empty? */
export const deadLetters: DeploymentCheck = {
  id: 'dead-letters',
  title: 'dead-letter queues',
  local: true,
  async run({ account }) {
    const { deadLetterQueue, triggerDeadLetterQueue } = account.names;
    const count = async (queue: string) =>
      (await requires('sqs:GetQueueUrl and sqs:GetQueueAttributes', () => messagesIn(account, queue)))
        .waiting;
    const [files, invocations] = await Promise.all([count(deadLetterQueue), count(triggerDeadLetterQueue)]);
    return judgeDeadLetters(files, invocations);
  },
};

/** @param invocations by a schedule or a rule, which could not be delivered */
export function judgeDeadLetters(files: number, invocations: number): Finding {
  if (files + invocations === 0) return ok('empty');
  return failed(
    [
      ...(files > 0 ? [plural(files, 'dead letter')] : []),
      ...(invocations > 0 ? [plural(invocations, 'failed scheduled invocation')] : []),
    ].join(', '),
    files > 0 ? `npx daybook redrive, after the cause is fixed (${RUNBOOK})` : RUNBOOK,
  );
}
