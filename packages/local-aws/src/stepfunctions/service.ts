import { jsonService } from '../endpoint/json-protocol';
import type { LocalService } from '../endpoint/service';
import { ACCESS_DENIED_EXCEPTION } from '../iam/denied';
import { DEFAULT_PLACE, type Place } from '../place';
import { STATES_ACCESS } from './access';
import type { Integration } from './integrations/integration';
import { type MachineSpec, Machines, type MachinesOptions } from './machines';
import { describeExecution } from './operations/describe-execution';
import { describeStateMachine } from './operations/describe-state-machine';
import { describeStateMachineForExecution } from './operations/describe-state-machine-for-execution';
import { getExecutionHistory } from './operations/get-execution-history';
import { listExecutions } from './operations/list-executions';
import { listStateMachines } from './operations/list-state-machines';
import { listTagsForResource } from './operations/list-tags-for-resource';
import { startExecution } from './operations/start-execution';
import { stopExecution } from './operations/stop-execution';

interface StatesServiceOptions extends Omit<MachinesOptions, keyof Place | 'integrations'>, Partial<Place> {
  readonly integrations: readonly Integration[];
}

export interface StatesService extends LocalService {
  /** @throws DefinitionError for an invalid or unsupported definition */
  deployStateMachine(spec: MachineSpec): void;
  /** Aborts the executions that the last process left running, with the error `Local.Restarted`. */
  abortInterrupted(): void;
  /** Resolves when the execution has ended. */
  untilEnded(executionArn: string): Promise<void>;
}

/** Step Functions. Executions and their histories are stored in `directory`. */
export function createStatesService(options: StatesServiceOptions): StatesService {
  const served = new Map(options.integrations.map((integration) => [integration.resource, integration]));
  const machines = new Machines({
    ...DEFAULT_PLACE,
    ...options,
    integrations: { find: (resource) => served.get(resource) },
  });
  const service = jsonService({
    name: 'states',
    target: 'AWSStepFunctions',
    version: '1.0',
    state: machines,
    access: STATES_ACCESS,
    denial: ACCESS_DENIED_EXCEPTION,
    operations: {
      DescribeExecution: describeExecution,
      DescribeStateMachine: describeStateMachine,
      DescribeStateMachineForExecution: describeStateMachineForExecution,
      GetExecutionHistory: getExecutionHistory,
      ListExecutions: listExecutions,
      ListStateMachines: listStateMachines,
      ListTagsForResource: listTagsForResource,
      StartExecution: startExecution,
      StopExecution: stopExecution,
    },
    close: async () => machines.close(),
  });
  return {
    ...service,
    deployStateMachine: (spec) => void machines.deploy(spec),
    abortInterrupted: () => machines.abortInterrupted(),
    untilEnded: (executionArn) => machines.untilEnded(executionArn),
  };
}
