import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DescribedTask } from './ecs/described-task';
import type { LocalService, RequestContext } from './endpoint/service';
import type { Caller } from './iam/access';
import type { InvocationResult } from './lambda/function-config';
import type { Execution } from './stepfunctions/execution-store';

/** A process that works under a role: a task's or a function's. */
export interface RoleProcess {
  /** Of the keys that it signs with. */
  readonly accessKeyId: string;
  /** The task's family, or the function's name. */
  readonly name: string;
  readonly pid: number | undefined;
  /** SIGKILL. */
  kill(): void;
}

/** What fault injection can do to the services. */
export interface FaultTargets {
  /** Messages in flight can be received again at once. */
  resetVisibility(queueName: string): void;
  /** Whether an event is being delivered to a function, or waits to be retried. */
  isDelivering(): boolean;
}

/**
 * What the emulator asks and tells whoever injects faults. Every request passes it, whether it comes over HTTP or from one
 * service of this process to another. `local-aws/faults` is the implementation; nothing here imports it.
 */
export interface FaultInjection {
  /** Served by the endpoint beside the AWS services. */
  readonly services: readonly LocalService[];
  /** The clock of queues and buckets. */
  readonly clock: () => Date;
  /** Environment variables of every task and function, beside those of the platform. */
  readonly variables: Readonly<Record<string, string>>;
  readonly processes: { started(process: RoleProcess): void; ended(accessKeyId: string): void };
  connect(targets: FaultTargets): void;
  /** @returns the context that the service is to be given */
  intercept(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    accessKeyId: string,
  ): RequestContext;
  /** A function is invoked, by whichever service. */
  invoke(caller: Caller, name: string, run: () => Promise<InvocationResult>): Promise<InvocationResult>;
  /** A task is run to its end. */
  runTask(caller: Caller, family: string, run: () => Promise<DescribedTask>): Promise<DescribedTask>;
  /** A service sends a message in its own name. @param send given the seconds after which it is to arrive */
  deliver(service: string, queueArn: string, send: (delaySeconds?: number) => Promise<void>): Promise<void>;
  /** An execution started or ended. */
  executionChanged(execution: Pick<Execution, 'executionArn' | 'status'>): void;
}
