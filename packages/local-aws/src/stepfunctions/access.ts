import type { AccessRule } from '../endpoint/service';

/**
 * The permissions of each operation.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_states.html
 */
export const STATES_ACCESS = {
  DescribeExecution: on('states:DescribeExecution', 'executionArn'),
  DescribeStateMachine: on('states:DescribeStateMachine', 'stateMachineArn'),
  DescribeStateMachineForExecution: on('states:DescribeStateMachineForExecution', 'executionArn'),
  GetExecutionHistory: on('states:GetExecutionHistory', 'executionArn'),
  ListExecutions: on('states:ListExecutions', 'stateMachineArn'),
  ListStateMachines: () => [{ action: 'states:ListStateMachines', resource: '*' }],
  ListTagsForResource: on('states:ListTagsForResource', 'resourceArn'),
  StartExecution: on('states:StartExecution', 'stateMachineArn'),
  StopExecution: on('states:StopExecution', 'executionArn'),
} satisfies Record<string, AccessRule>;

function on(action: string, field: string): AccessRule {
  return (input) => [{ action, resource: String(input[field]) }];
}
