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
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../../../domain/names';
import { type Endpoint, startEndpoint } from '../../src/endpoint/endpoint';
import type { Execution } from '../../src/stepfunctions/execution-store';
import type { Integration, TaskContext } from '../../src/stepfunctions/integrations/integration';
import { startExecutionIntegration } from '../../src/stepfunctions/integrations/start-execution';
import type { Json, JsonObject } from '../../src/stepfunctions/json';
import { createStatesService, type StatesService } from '../../src/stepfunctions/service';

export const MACHINE_ARN = `arn:aws:states:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stateMachine:machine`;
export const executionArn = (name: string, machineArn = MACHINE_ARN) =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;

export const CALL = 'arn:aws:states:::lambda:invoke';
/** A task that calls `invoke` of the test with `{FunctionName, Payload}`. */
export const task = (fields: object = {}) => ({ Type: 'Task', Resource: CALL, ...fields });

type Invoke = (parameters: JsonObject, context: TaskContext) => Promise<Json> | Json;

/** Step Functions with one integration whose work the test gives, and nested executions, reached through the SDK. */
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
    directory = mkdtempSync(path.join(tmpdir(), 'daybook-states-')),
  ): Promise<StatesHarness> {
    const integration: Integration = {
      resource: CALL,
      parameters: ['FunctionName', 'Payload'],
      run: async (parameters, context) => harness.invoke(parameters, context),
    };
    const service: StatesService = createStatesService({
      directory,
      account: LOCAL_ACCOUNT,
      region: LOCAL_REGION,
      integrations: [
        integration,
        startExecutionIntegration(
          () => harness.client,
          (executionArn) => service.untilEnded(executionArn),
        ),
      ],
      onChange: (execution) => harness.changes.push(execution),
    });
    const endpoint = await startEndpoint({
      host: '127.0.0.1',
      port: 0,
      services: [service],
      account: LOCAL_ACCOUNT,
      region: LOCAL_REGION,
    });
    const client = new SFNClient({
      endpoint: endpoint.url,
      region: LOCAL_REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const harness = new StatesHarness(directory, service, endpoint, client);
    return harness;
  }

  async stop(options: { keep?: boolean } = {}): Promise<void> {
    await this.endpoint.close();
    this.client.destroy();
    if (!options.keep) rmSync(this.directory, { recursive: true, force: true });
  }

  /** Deploys a machine of these states, the first of which it starts at. */
  deploy(states: object, fields: object = {}, name = 'machine'): void {
    const [StartAt] = Object.keys(states);
    const definition = JSON.stringify({ StartAt, States: states, ...fields });
    this.service.deployStateMachine({ name, roleArn: 'arn:aws:iam::0:role/r', definition });
  }

  async begin(name: string, input: Json = {}): Promise<void> {
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

  /** Runs the machine to its end. */
  async run(name: string, input: Json = {}): Promise<DescribeExecutionCommandOutput> {
    await this.begin(name, input);
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

/** Resolves when the task is told to stop. */
export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
