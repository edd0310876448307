import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescribedTask } from '../ecs/described-task';
import { EcsError } from '../ecs/task-definition';
import type { RequestContext } from '../endpoint/service';
import type { FaultInjection, FaultTargets } from '../fault-injection';
import type { Caller } from '../iam/access';
import { type InvocationResult, LambdaError } from '../lambda/function-config';
import type { Execution } from '../stepfunctions/execution-store';
import { type Call, callerLabel, type Placeholders, UUID, withPlaceholders } from './call';
import { intercept } from './http';
import { FaultPlan } from './plan';
import { killEndpoint, Processes } from './processes';
import { refusalOf } from './refusal';
import type { Effect } from './rule';
import { createFaultsService } from './service';

/** A killed container's, as ECS tells it. */
const KILLED = 137;

/**
 * Faults of the services and of the processes that call them, for tests: every request goes by here, whether it comes
 * over HTTP or from one service of this process to another. Nothing goes wrong but by the rules put into `plan`.
 */
export class Faults implements FaultInjection {
  readonly plan = new FaultPlan();
  readonly processes = new Processes();
  /** The same by HTTP, for the account's owner. */
  readonly services = [createFaultsService(this)];
  /** How long a receive waits for a message at most, in milliseconds; as long as it asks for where undefined. */
  maxPollMs: number | undefined;
  /** What every task and function is given of its environment beside what the platform gives. */
  variables: Readonly<Record<string, string>> = {};
  private aheadMs = 0;
  private pending = 0;
  private readonly running = new Set<string>();
  private targets: FaultTargets | undefined;
  readonly placeholders: Placeholders;

  /** @param placeholders what differs from run to run in names and keys, besides UUIDs, by the word that stands for it */
  constructor(placeholders: Placeholders = {}) {
    this.placeholders = { ...placeholders, uuid: UUID };
  }

  connect(targets: FaultTargets): void {
    this.targets = targets;
  }

  /** The queues' clock. */
  readonly clock = (): Date => new Date(Date.now() + this.aheadMs);

  /** Puts the queues' clock forward: visibility timeouts and delays end so much sooner. */
  advance(ms: number): void {
    this.aheadMs += ms;
  }

  /** Whether no execution runs, and no task, function, event or message is on its way: nothing happens by itself. */
  get isIdle(): boolean {
    return this.running.size === 0 && this.pending === 0 && !this.targets?.isDelivering();
  }

  executionChanged({ executionArn, status }: Pick<Execution, 'executionArn' | 'status'>): void {
    if (status === 'RUNNING') this.running.add(executionArn);
    else this.running.delete(executionArn);
  }

  intercept(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    accessKeyId: string,
  ): RequestContext {
    return intercept(this, { request, response, context, accessKeyId });
  }

  /** Messages of the queue in flight can be received again at once. */
  resetVisibility(queueName: string): void {
    this.targets?.resetVisibility(queueName);
  }

  async invoke(
    caller: Caller,
    name: string,
    run: () => Promise<InvocationResult>,
  ): Promise<InvocationResult> {
    const call = { service: 'lambda', operation: 'Invoke', resource: name, caller: callerLabel(caller) };
    return this.busy(call, async (effect) => {
      if (effect?.do === 'refuse') throw lambdaError(effect.how);
      if (effect?.do === 'kill' && effect.at === 'before') {
        this.processes.killAllOf(name);
        return exited();
      }
      const result = await run();
      if (effect?.do === 'lose-answer') throw lambdaError('reset');
      if (effect?.do !== 'kill') return result;
      this.processes.killAllOf(name);
      return exited();
    });
  }

  /** A task whose answer is lost goes on, and nobody waits for it. */
  async runTask(caller: Caller, family: string, run: () => Promise<DescribedTask>): Promise<DescribedTask> {
    const call = { service: 'ecs', operation: 'RunTask', resource: family, caller: callerLabel(caller) };
    return this.busy(call, async (effect) => {
      if (effect?.do === 'refuse') throw ecsError(refusalOf('ecs', effect.how).code as EcsError['code']);
      if (effect?.do === 'lose-answer') {
        this.pending++;
        void run()
          .catch(() => {})
          .finally(() => this.pending--);
        throw ecsError('SdkClientException');
      }
      if (effect?.do === 'kill' && effect.at === 'before') this.processes.killNext(family);
      const task = await run();
      if (effect?.do !== 'kill' || effect.at === 'before') return task;
      return { ...task, Containers: task.Containers.map((one) => ({ ...one, ExitCode: KILLED })) };
    });
  }

  async deliver(
    service: string,
    queueArn: string,
    send: (delaySeconds?: number) => Promise<void>,
  ): Promise<void> {
    const call = {
      service: 'sqs',
      operation: 'SendMessage',
      resource: withPlaceholders(queueArn, this.placeholders),
      caller: service,
    };
    return this.busy(call, async (effect) => {
      if (effect?.do === 'refuse') throw refusalOf('sqs', effect.how);
      if (effect?.do === 'drop') return;
      await send(effect?.do === 'late' ? effect.seconds : undefined);
      if (effect?.do === 'twice') await send();
    });
  }

  private async busy<Result>(
    call: Call,
    work: (effect: Effect | undefined) => Promise<Result>,
  ): Promise<Result> {
    const effect = this.plan.match(call, call.service !== 'sqs');
    this.pending++;
    try {
      if (effect?.do === 'kill-endpoint' && effect.at === 'before') killEndpoint();
      const result = await work(effect);
      if (effect?.do === 'kill-endpoint') killEndpoint();
      if (effect?.do === 'delay') await new Promise((resolve) => setTimeout(resolve, effect.ms));
      return result;
    } finally {
      this.pending--;
    }
  }
}

const exited = (): InvocationResult => ({
  requestId: 'killed',
  functionError: 'Unhandled',
  payload: JSON.stringify({
    errorType: 'Runtime.ExitError',
    errorMessage: 'Runtime exited with error: signal: SIGKILL',
  }),
});

function lambdaError(how: Extract<Effect, { do: 'refuse' }>['how']): LambdaError {
  if (how === 'reset' || how === 'timeout') {
    return new LambdaError('SdkClientException', 'An injected fault: no answer came.', 0);
  }
  const { code, message, status } = refusalOf('lambda', how);
  return new LambdaError(code as LambdaError['code'], message, status);
}

const ecsError = (code: EcsError['code']) => new EcsError(code, 'An injected fault.');
