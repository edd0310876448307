import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import type { Decision } from 'local-aws';
import type { Faults } from 'local-aws/faults';
import { directoryOf, remove } from 'local-aws/testing';
import { type RunningPipeline, startLocalPipeline } from '../../cli/local-pipeline';
import { DAY_MS } from '../../domain/time';
import { connect, type Deployment, disconnect } from '../../operations/deployment';
import { type ExecutionView, readHistory, viewExecution } from '../../operations/executions/execution';
import { listExecutions } from '../../operations/executions/executions';
import { stepsOf } from '../../operations/executions/steps';
import { readQueueDepth } from '../../operations/queue';
import { until } from '../e2e/local-pipeline';

/** In place of the state machine's own pauses. */
const RETRY_PAUSE_MS = 500;

/** The project's own template at work in this process, driven by hand, every decision of its IAM on record. */
export class PipelineRun {
  readonly decisions: Decision[] = [];
  readonly lines: string[] = [];
  private readonly data = directoryOf();
  /** How long ago objects are uploaded. */
  private age = 0;

  private constructor(
    private started: { local: RunningPipeline; deployment: Deployment } | undefined = undefined,
  ) {}

  static async start(templateDirectory: string, faults?: Faults): Promise<PipelineRun> {
    const run = new PipelineRun();
    try {
      const local = await startLocalPipeline({
        dataDirectory: run.data,
        every: 0,
        templateDirectory,
        log: (line) => run.lines.push(line),
        onDecision: (decision) => run.decisions.push(decision),
        clock: () => new Date(Date.now() - run.age),
        retryPauseMs: RETRY_PAUSE_MS,
        ...(faults && { faults }),
      });
      run.started = { local, deployment: await connect({ AWS_ENDPOINT_URL: local.outputs.endpoint }) };
    } catch (error) {
      remove(run.data);
      throw error;
    }
    return run;
  }

  get local(): RunningPipeline {
    return this.running.local;
  }

  get deployment(): Deployment {
    return this.running.deployment;
  }

  /** @param Tagging as in a query: `team=shop` */
  async put(Key: string, body = '', Tagging?: string): Promise<void> {
    const { s3, bucket } = this.deployment;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.from(body), Tagging }));
  }

  /** Sends an event to the HTTP API, and waits until its file is in the bucket. */
  async postEvent(event: object): Promise<void> {
    const { eventsUrl, eventsKey } = this.local.outputs;
    const answer = await fetch(eventsUrl ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': eventsKey ?? '' },
      body: JSON.stringify(event),
    });
    if (answer.status !== 202) throw new Error(`POST /events: ${answer.status} ${await answer.text()}`);
    await until(async () => (await this.keys('input/events/')).length > 0);
  }

  async keys(Prefix: string): Promise<string[]> {
    const { s3, bucket } = this.deployment;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** As if it had been uploaded then. */
  async putAt(time: number, key: string, body?: string, tagging?: string): Promise<void> {
    this.age = Date.now() - time;
    await this.put(key, body, tagging);
    this.age = 0;
  }

  async putDaysAgo(days: number, key: string, body = 'old'): Promise<void> {
    await this.putAt(Date.now() - days * DAY_MS, key, body);
  }

  async loseMessages(): Promise<void> {
    await this.deployment.sqs.send(new PurgeQueueCommand({ QueueUrl: this.local.outputs.queueUrl }));
  }

  async delete(Key: string): Promise<void> {
    const { s3, bucket } = this.deployment;
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  }

  /** Calls the orchestrator until it starts an execution, and gives its ARN. */
  async begin(): Promise<string> {
    const newest = async () => (await listExecutions(this.deployment, 1))[0]?.executionArn ?? '';
    const before = await newest();
    let started = before;
    await until(async () => {
      await this.local.tick();
      started = await newest();
      return started !== before;
    });
    return started;
  }

  /** Starts an execution as a person would. */
  async beginByHand(name: string): Promise<string> {
    const { sfn, stateMachineArn } = this.deployment;
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: '{"bytes":0}' }),
    );
    return executionArn;
  }

  async stopByHand(executionArn: string): Promise<void> {
    await this.deployment.sfn.send(new StopExecutionCommand({ executionArn }));
  }

  async untilEntered(executionArn: string, state: string): Promise<void> {
    await until(async () =>
      (await this.history(executionArn)).some((event) => event.stateEnteredEventDetails?.name === state),
    );
  }

  async statesEntered(executionArn: string): Promise<string[]> {
    return (await this.history(executionArn)).flatMap(
      ({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [],
    );
  }

  /** Of each task of the workflow, in their order, the engines that it was run on. */
  async enginesOf(executionArn: string): Promise<string[][]> {
    const nested = stepsOf(await readHistory(this.deployment, executionArn)).flatMap(
      (step) => step.nested ?? [],
    );
    return Promise.all(
      nested.map(async (arn) => (await this.statesEntered(arn)).filter((state) => state.startsWith('RunOn'))),
    );
  }

  async untilRunOn(executionArn: string, engine: string): Promise<void> {
    await until(async () => (await this.enginesOf(executionArn)).flat().includes(engine));
  }

  async untilEvent(executionArn: string, wanted: 'TaskScheduled' | 'TaskFailed'): Promise<void> {
    await until(async () => (await this.history(executionArn)).some(({ type }) => type === wanted));
  }

  async ended(executionArn: string): Promise<ExecutionView> {
    let view = await viewExecution(this.deployment, executionArn);
    await until(async () => {
      view = await viewExecution(this.deployment, executionArn);
      return view.status !== 'RUNNING';
    });
    return view;
  }

  /** Waits until no message waits and no execution runs. */
  async untilQuiet(): Promise<void> {
    await until(async () => {
      const { waiting, in_flight } = await readQueueDepth(this.deployment);
      const [latest] = await listExecutions(this.deployment, 1);
      return waiting + in_flight === 0 && latest?.status !== 'RUNNING';
    });
  }

  async stop(): Promise<void> {
    const { local, deployment } = this.running;
    this.started = undefined;
    disconnect(deployment);
    await local.stop();
    remove(this.data);
  }

  private async history(executionArn: string): Promise<HistoryEvent[]> {
    const { sfn } = this.deployment;
    const { events = [] } = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false, maxResults: 1000 }),
    );
    return events;
  }

  private get running() {
    if (!this.started) throw new Error('it has been stopped');
    return this.started;
  }
}
