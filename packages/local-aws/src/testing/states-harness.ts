import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Endpoint, startEndpoint } from '../endpoint/endpoint';
import type { Execution } from '../stepfunctions/execution-store';
import type { Integration, TaskContext } from '../stepfunctions/integrations/integration';
import { startExecutionIntegration } from '../stepfunctions/integrations/start-execution';
import type { Json, JsonObject } from '../stepfunctions/json';
import { createStatesService, type StatesService } from '../stepfunctions/service';
import { ACCOUNT, clientConfig, REGION } from './scene';

export const MACHINE_ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:machine`;
export const executionArn = (name: string, machineArn = MACHINE_ARN) =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

export const CALL = 'arn:aws:states:::lambda:invoke';
/** A task state that calls the test's `invoke` with `{FunctionName, Payload}`. */
export const task = (fields: object = {}) => ({ Type: 'Task', Resource: CALL, ...fields });

type Invoke = (parameters: JsonObject, context: TaskContext) => Promise<Json> | Json;

/** Step Functions with one integration that the test implements, and nested executions, used through the SDK. */
export class StatesHarness {
  readonly changes: Execution[] = [];
  invoke: Invoke = () => null;

  private constructor(
    readonly directory: string,
    readonly service: StatesService,
    readonly endpoint: Endpoint,
    readonly client: SFNClient,
  ) {}

  static async start(
    directory = mkdtempSync(path.join(tmpdir(), 'local-aws-states-')),
    options: { listExecutionsLagMs?: number; clock?: () => Date } = {},
  ): Promise<StatesHarness> {
    const integration: Integration = {
      resource: CALL,
      parameters: ['FunctionName', 'Payload'],
      run: async (parameters, context) => harness.invoke(parameters, context),
    };
    const service: StatesService = createStatesService({
      directory,
      integrations: [
        integration,
        startExecutionIntegration(
          () => harness.client,
          (executionArn) => service.untilEnded(executionArn),
        ),
      ],
      onChange: (execution) => harness.changes.push(execution),
      ...options,
    });
    const endpoint = await startEndpoint({ services: [service] });
    const client = new SFNClient(clientConfig(endpoint.url));
    const harness = new StatesHarness(directory, service, endpoint, client);
    return harness;
  }

  async stop(options: { keep?: boolean } = {}): Promise<void> {
    await this.endpoint.close();
    this.client.destroy();
    if (!options.keep) rmSync(this.directory, { recursive: true, force: true });
  }

  /** Deploys a state machine that starts at the first of these states. */
  deploy(states: object, fields: object = {}, name = 'machine'): void {
    const [StartAt] = Object.keys(states);
    const definition = JSON.stringify({ StartAt, States: states, ...fields });
    this.service.deployStateMachine({ name, roleArn: 'arn:aws:iam::0:role/r', definition });
  }

  async startExecution(name: string, input: Json = {}): Promise<void> {
    await this.client.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) }),
    );
  }

  describe(name: string): Promise<DescribeExecutionCommandOutput> {
    return this.client.send(new DescribeExecutionCommand({ executionArn: executionArn(name) }));
  }

  async ended(name: string): Promise<DescribeExecutionCommandOutput> {
    await this.until(() =>
      this.changes.some((change) => change.name === name && change.status !== 'RUNNING'),
    );
    return this.describe(name);
  }

  /** Runs the machine and waits for its end. */
  async run(name: string, input: Json = {}): Promise<DescribeExecutionCommandOutput> {
    await this.startExecution(name, input);
    return this.ended(name);
  }

  async history(name: string): Promise<HistoryEvent[]> {
    const { events = [] } = await this.client.send(
      new GetExecutionHistoryCommand({ executionArn: executionArn(name), maxResults: 1000 }),
    );
    return events;
  }

  async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not within 10 s: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Resolves when the task is aborted. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
