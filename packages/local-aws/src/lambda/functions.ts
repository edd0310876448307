import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { FaultInjection } from '../fault-injection';
import type { Access, Caller } from '../iam/access';
import { assertAllowed, type DenialWording } from '../iam/denied';
import { type Iam, keyVariables } from '../iam/iam';
import type { LogSource, LogStream } from '../logs/log-groups';
import { type FunctionConfig, type InvocationResult, LambdaError } from './function-config';
import { FunctionProcess, type ImageProcess } from './function-process';
import { platformAccess } from './platform-access';
import { openRuntimeApi } from './runtime-api';

interface LambdaFunctionsOptions {
  /** Logs are in `logs/lambda`, temporary files of images in `scratch`. */
  readonly dataDirectory: string;
  readonly iam: Iam;
  readonly account: string;
  readonly region: string;
  /** Environment variables of every function: region, endpoint. */
  readonly platform: () => Readonly<Record<string, string>>;
  /** Bundle of runtime.ts. */
  readonly runtime: string;
  /** Bundle of parent-watch.ts. */
  readonly parentWatch?: string;
  readonly faults?: Pick<FaultInjection, 'invoke' | 'processes'> | undefined;
}

/** Concurrency of a function without reserved concurrency. */
const UNRESERVED_CONCURRENCY = 10;
/** Maximum number of queued invocations. */
const MAX_WAITING = 100;

interface Pool {
  config: FunctionConfig;
  readonly idle: FunctionProcess[];
  readonly busy: Set<FunctionProcess>;
  /** Concurrency in use, including processes that are starting. */
  taken: number;
  readonly waiting: (() => void)[];
}

/** The functions and their warm processes, limited by each function's concurrency. */
export class LambdaFunctions implements LogSource {
  private readonly pools = new Map<string, Pool>();
  private closed = false;

  constructor(private readonly options: LambdaFunctionsOptions) {}

  /** Creates or replaces a function. Processes with the earlier configuration end after their invocation. */
  deploy(config: FunctionConfig): void {
    for (const worker of this.pools.get(config.name)?.idle ?? []) worker.kill();
    this.pools.set(config.name, { config, idle: [], busy: new Set(), taken: 0, waiting: [] });
  }

  /** @param reference name or ARN. @throws LambdaError ResourceNotFoundException */
  config(reference: string): FunctionConfig {
    return this.pool(reference).config;
  }

  logGroups(): string[] {
    return [...this.pools.values()].map(({ config }) => config.logGroup);
  }

  logStreams(group: string): LogStream[] {
    const configs = [...this.pools.values()].map(({ config }) => config);
    return configs
      .filter(({ logGroup }) => logGroup === group)
      .map((config) => ({ group, stream: 'local', file: this.logFile(config) }));
  }

  /**
   * @param caller needs lambda:InvokeFunction
   * @param payload JSON text
   * @param whenBusy `refuse` throttles the caller, like a synchronous invocation; `wait` queues the invocation, like an
   *   asynchronous one
   * @throws LambdaError TooManyRequestsException, ResourceNotFoundException; AccessDeniedError
   */
  async invoke(
    caller: Caller,
    reference: string,
    payload: string,
    whenBusy: 'refuse' | 'wait',
  ): Promise<InvocationResult> {
    const pool = this.pool(reference);
    this.authorize(caller, reference);
    const run = () => this.run(pool, payload, whenBusy);
    const { faults } = this.options;
    return faults ? faults.invoke(caller, pool.config.name, run) : run();
  }

  /**
   * Invokes a function for an event source mapping, which Lambda itself does, so that no permission is needed. It waits
   * for the function's concurrency.
   * @throws LambdaError TooManyRequestsException, ResourceNotFoundException
   */
  async invokeForSource(reference: string, payload: string): Promise<InvocationResult> {
    const pool = this.pool(reference);
    const run = () => this.run(pool, payload, 'wait');
    const { faults, iam } = this.options;
    return faults ? faults.invoke(iam.service(LAMBDA), pool.config.name, run) : run();
  }

  /** The number of invocations that a function can process at once. @throws LambdaError ResourceNotFoundException */
  concurrency(reference: string): number {
    return this.pool(reference).config.reservedConcurrency ?? UNRESERVED_CONCURRENCY;
  }

  private async run(pool: Pool, payload: string, whenBusy: 'refuse' | 'wait'): Promise<InvocationResult> {
    await this.take(pool, whenBusy);
    try {
      if (this.closed) throw throttled(pool.config, 'The local endpoint is stopping.');
      const worker = pool.idle.pop() ?? (await this.start(pool));
      pool.busy.add(worker);
      try {
        return await worker.invoke(randomUUID(), payload);
      } finally {
        pool.busy.delete(worker);
        if (this.pools.get(pool.config.name) !== pool) worker.kill();
        else if (worker.alive) pool.idle.push(worker);
      }
    } finally {
      const next = pool.waiting.shift();
      if (next) next();
      else pool.taken--;
    }
  }

  /** Starts no more functions and waits until none runs, at most `limitMs`. */
  async drain(limitMs: number): Promise<void> {
    this.closed = true;
    const end = Date.now() + limitMs;
    const isBusy = () => [...this.pools.values()].some(({ busy }) => busy.size > 0);
    while (isBusy() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Kills all processes, including running invocations, and waits for them. */
  async close(): Promise<void> {
    this.closed = true;
    const processes = [...this.pools.values()].flatMap(({ idle, busy, waiting }) => {
      for (const proceed of waiting.splice(0)) proceed();
      return [...idle, ...busy];
    });
    for (const worker of processes) worker.kill();
    await Promise.all(processes.map(({ exited }) => exited));
  }

  private pool(reference: string): Pool {
    const name = functionName(reference);
    const pool = this.pools.get(name);
    if (!pool) throw new LambdaError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
    return pool;
  }

  /** Acquires a unit of the function's concurrency, now or when another invocation releases it. */
  private async take(pool: Pool, whenBusy: 'refuse' | 'wait'): Promise<void> {
    const limit = this.concurrency(pool.config.name);
    if (pool.taken < limit) {
      pool.taken++;
      return;
    }
    if (whenBusy === 'refuse' || limit === 0) throw throttled(pool.config, 'Rate Exceeded.');
    if (pool.waiting.length >= MAX_WAITING) {
      throw throttled(pool.config, `${MAX_WAITING} invocations wait already.`);
    }
    await new Promise<void>((resolve) => pool.waiting.push(resolve));
  }

  /** @throws LambdaError ResourceNotFoundException; AccessDeniedError */
  authorize(caller: Caller, reference: string, action = 'lambda:InvokeFunction'): void {
    const { arn } = this.config(reference);
    const qualifier = reference.split(':function:')[1]?.split(':')[1];
    const resource = qualifier === undefined ? arn : `${arn}:${qualifier}`;
    const decide = (access: Access) => this.options.iam.decide(caller, access);
    assertAllowed(decide, [{ action, resource }], LAMBDA_DENIAL);
  }

  /** @throws CannotAssumeRoleError; LambdaError if the endpoint stops meanwhile */
  private async start(pool: Pool): Promise<FunctionProcess> {
    const { config } = pool;
    const { iam } = this.options;
    const image = config.image && (await this.openImage(config));
    if (this.closed) {
      image?.api.close();
      throw throttled(config, 'The local endpoint is stopping.');
    }
    const session = iam.assume(config.roleArn, LAMBDA, undefined, config.name);
    const keys = iam.issueKeys(session);
    for (const access of platformAccess(config, this.options)) iam.decide(session, access);
    const worker = new FunctionProcess({
      config,
      runtime: this.options.runtime,
      platform: { ...this.options.platform(), ...keyVariables(keys) },
      logFile: this.logFile(config),
      image,
    });
    this.options.faults?.processes.started({
      accessKeyId: keys.accessKeyId,
      name: config.name,
      pid: worker.pid,
      kill: () => worker.kill(),
    });
    void worker.exited.then(() => {
      iam.revokeKeys(keys.accessKeyId);
      this.options.faults?.processes.ended(keys.accessKeyId);
      const position = pool.idle.indexOf(worker);
      if (position >= 0) pool.idle.splice(position, 1);
    });
    return worker;
  }

  private logFile({ name }: FunctionConfig): string {
    return path.join(this.options.dataDirectory, 'logs', 'lambda', `${name}.log`);
  }

  private async openImage({ arn, name }: FunctionConfig): Promise<ImageProcess> {
    const { dataDirectory, parentWatch } = this.options;
    return {
      api: await openRuntimeApi(arn),
      scratch: path.join(dataDirectory, 'scratch', `${name}-${randomUUID()}`),
      ...(parentWatch !== undefined && { preload: parentWatch }),
    };
  }
}

const LAMBDA = 'lambda.amazonaws.com';
const LAMBDA_DENIAL: DenialWording = { code: 'AccessDeniedException', status: 403 };

/** Accepts `name`, `account:function:name` or an ARN, each with an optional qualifier. */
function functionName(reference: string): string {
  const parts = reference.split(':');
  const marker = parts.indexOf('function');
  return (marker >= 0 ? parts[marker + 1] : parts[0]) ?? reference;
}

const throttled = (config: FunctionConfig, why: string) =>
  new LambdaError('TooManyRequestsException', `${config.name}: ${why}`, 429);
