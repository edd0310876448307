import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescribedTask } from '../ecs/described-task';
import { EcsError } from '../ecs/task-definition';
import type { RequestContext } from '../endpoint/service';
import type { FaultInjection, FaultTargets } from '../fault-injection';
import type { Access, Caller } from '../iam/access';
import { type InvocationResult, LambdaError } from '../lambda/function-config';
import type { Execution } from '../stepfunctions/execution-store';
import { type Call, callerLabel, type Placeholders, UUID, withPlaceholders } from './call';
import { intercept } from './http';
import { FaultPlan } from './plan';
import { killEndpoint, Processes } from './processes';
import { refusalOf } from './refusal';
import type { Effect, Refusal } from './rule';
import { createFaultsService } from './service';

/** Exit code of a killed container. */
const KILLED = 137;

/**
 * Injects faults into services and their callers, according to the rules in `plan`. Sees every request, over HTTP or
 * between services of this process.
 */
export class Faults implements FaultInjection {
  readonly plan = new FaultPlan();
  readonly processes = new Processes();
  readonly services = [createFaultsService(this)];
  /** Maximum wait time of a long poll; undefined: as requested. */
  maxPollMs: number | undefined;
  variables: Readonly<Record<string, string>> = {};
  private aheadMs = 0;
  private pending = 0;
  private readonly running = new Set<string>();
  private targets: FaultTargets | undefined;
  readonly placeholders: Placeholders;

  /** @param placeholders patterns of run-specific text besides UUIDs */
  constructor(placeholders: Placeholders = {}) {
    this.placeholders = { ...placeholders, uuid: UUID };
  }

  connect(targets: FaultTargets): void {
    this.targets = targets;
  }

  readonly clock = (): Date => new Date(Date.now() + this.aheadMs);

  /** Advances the clock: visibility timeouts and delays end earlier. */
  advance(ms: number): void {
    this.aheadMs += ms;
  }

  /** True if no execution, task, function, event or message is in progress. */
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

  /** A task whose response is lost keeps running. */
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

  async call<Result>(
    caller: Caller,
    operation: string,
    access: Access,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const [service = ''] = access.action.split(':');
    const resource = withPlaceholders(access.resource, this.placeholders);
    const call = { service, operation, resource, caller: callerLabel(caller) };
    return this.busy(
      call,
      async (effect) => {
        if (effect?.do === 'refuse') throw refusalOf(service, effect.how);
        const result = await run();
        if (effect?.do === 'lose-answer') throw refusalOf(service, 'reset');
        if (effect?.do === 'twice' && operation === 'ReceiveMessage') this.resetVisibility(resource);
        return result;
      },
      false,
    );
  }

  private async busy<Result>(
    call: Call,
    work: (effect: Effect | undefined) => Promise<Result>,
    hasProcess = call.service !== 'sqs',
  ): Promise<Result> {
    const effect = this.plan.match(call, hasProcess);
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

function lambdaError(how: Refusal): LambdaError {
  if (how === 'reset' || how === 'timeout') {
    return new LambdaError('SdkClientException', 'An injected fault: no response.', 0);
  }
  const { code, message, status } = refusalOf('lambda', how);
  return new LambdaError(code as LambdaError['code'], message, status);
}

const ecsError = (code: EcsError['code']) => new EcsError(code, 'An injected fault.');
