import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { watchExecutions } from '../../../operations/executions/follow';
import { fakeDeployment, MACHINE_ARN } from '../../builders/fake-deployment';

const ARN = `${MACHINE_ARN.replace(':stateMachine:', ':execution:')}:e-1`;

test('does not watch an execution that has ended, although it is still listed as running', async () => {
  const deployment = fakeDeployment(async (command) => {
    if (command instanceof ListExecutionsCommand) {
      return { executions: [{ executionArn: ARN, name: 'e-1', status: 'RUNNING' }] };
    }
    if (command instanceof DescribeExecutionCommand) return { name: 'e-1', status: 'SUCCEEDED' };
    return { events: [], definition: '{"StartAt":"A","States":{}}' };
  });
  Object.assign(deployment.sqs, { send: async () => ({ QueueUrl: 'queue', Attributes: {} }) });
  const frames = watchExecutions(deployment);
  const { value } = await frames.next();
  await frames.return(undefined);
  expect(value).toMatchObject({ execution: undefined });
});
