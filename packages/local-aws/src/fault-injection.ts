import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescribedTask } from './ecs/described-task';
import type { LocalService, RequestContext } from './endpoint/service';
import type { Access, Caller } from './iam/access';
import type { InvocationResult } from './lambda/function-config';
import type { Execution } from './stepfunctions/execution-store';

/** The process of a task or function, which signs requests with keys of its role. */
export interface RoleProcess {
  readonly accessKeyId: string;
  /** The task definition family or the function name. */
  readonly name: string;
  readonly pid: number | undefined;
  /** Sends SIGKILL. */
  kill(): void;
}

/** Functions of the services that fault injection calls. */
export interface FaultTargets {
  /** Makes messages in flight visible again. */
  resetVisibility(queueName: string): void;
  /** True while an event, message or record is being delivered to a function or waits for it. */
  isDelivering(): boolean;
}

/**
 * Hooks for fault injection. They see every request, over HTTP or between services of this process. `local-aws/faults`
 * implements them; nothing here imports it.
 */
export interface FaultInjection {
  /** Additional services that the endpoint serves. */
  readonly services: readonly LocalService[];
  /** The clock of queues and buckets, and of the lag of ListExecutions. */
  readonly clock: () => Date;
  /** Additional environment variables of every task and function. */
  readonly variables: Readonly<Record<string, string>>;
  readonly processes: { started(process: RoleProcess): void; ended(accessKeyId: string): void };
  connect(targets: FaultTargets): void;
  /** @returns the context to pass to the service */
  intercept(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    accessKeyId: string,
  ): RequestContext;
  /** Wraps every invocation of a function. */
  invoke(caller: Caller, name: string, run: () => Promise<InvocationResult>): Promise<InvocationResult>;
  /** Wraps every run of a task. */
  runTask(caller: Caller, family: string, run: () => Promise<DescribedTask>): Promise<DescribedTask>;
  /** Wraps every message that a service sends to a queue. */
  deliver(service: string, queueArn: string, send: (delaySeconds?: number) => Promise<void>): Promise<void>;
  /** Wraps every call that a service of this process sends to another on behalf of a role, after its permission check. */
  call<Result>(
    caller: Caller,
    operation: string,
    access: Access,
    run: () => Promise<Result>,
  ): Promise<Result>;
  /** An execution started or ended. */
  executionChanged(execution: Pick<Execution, 'executionArn' | 'status'>): void;
}
