import { type ChildProcess, fork, spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { FunctionConfig, InvocationResult } from './function-config';
import type { RuntimeApi } from './runtime-api';
import type { FunctionErrorPayload, InvokeMessage, ResultMessage } from './runtime-protocol';

interface FunctionProcessOptions {
  readonly config: FunctionConfig;
  /** Bundle of runtime.ts. */
  readonly runtime: string;
  /** Environment variables of the platform: region, endpoint, credentials. */
  readonly platform: Readonly<Record<string, string>>;
  /** Receives standard output and error. */
  readonly logFile: string;
  /** Set for a function from an image, which brings its own runtime. */
  readonly image?: ImageProcess | undefined;
}

export interface ImageProcess {
  /** Closed with the process. */
  readonly api: RuntimeApi;
  /** The process's /tmp; created here, removed when the process has ended. */
  readonly scratch: string;
  /** Script preloaded into the process. */
  readonly preload?: string;
}

/** A warm process of a function. It handles one invocation at a time. */
export class FunctionProcess {
  private readonly child: ChildProcess;
  private answer: ((message: ResultMessage | undefined) => void) | undefined;
  readonly exited: Promise<void>;
  /** True if it can take another invocation. */
  alive = true;

  constructor(private readonly options: FunctionProcessOptions) {
    const { logFile, image } = options;
    mkdirSync(path.dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    this.child = image ? startImage(options, image, log) : startBootstrap(options, log);
    closeSync(log);
    const answered = (message: ResultMessage) => this.answer?.(message);
    if (image) image.api.onResult = answered;
    else this.child.on('message', answered);
    this.exited = new Promise((resolve) => {
      const onExit = () => {
        this.alive = false;
        this.answer?.(undefined);
        image?.api.close();
        if (image) rmSync(image.scratch, { recursive: true, force: true });
        resolve();
      };
      this.child.once('error', onExit);
      this.child.once('exit', onExit);
    });
  }

  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const { timeoutSeconds } = this.options.config;
    const message: InvokeMessage = { requestId, payload, deadline: Date.now() + timeoutSeconds * 1000 };
    let timedOut = false;
    const answered = new Promise<ResultMessage | undefined>((resolve) => {
      this.answer = resolve;
    });
    const timer = setTimeout(() => {
      timedOut = true;
      this.kill();
    }, timeoutSeconds * 1000);
    if (!this.alive) this.answer?.(undefined);
    else if (this.options.image) this.options.image.api.deliver(message);
    else this.child.send(message, () => {});
    const result = await answered;
    clearTimeout(timer);
    this.answer = undefined;
    if (result) {
      return { requestId, payload: result.payload, ...(result.failed && { functionError: 'Unhandled' }) };
    }
    const fault = timedOut
      ? { errorType: 'Sandbox.Timedout', text: `Task timed out after ${timeoutSeconds.toFixed(2)} seconds` }
      : { errorType: 'Runtime.ExitError', text: `Runtime exited ${this.exitStatus()}` };
    this.log(`${requestId} ${fault.text}`);
    const error: FunctionErrorPayload = {
      errorType: fault.errorType,
      errorMessage: `RequestId: ${requestId} Error: ${fault.text}`,
    };
    return { requestId, payload: JSON.stringify(error), functionError: 'Unhandled' };
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(): void {
    this.alive = false;
    this.child.kill('SIGKILL');
  }

  private exitStatus(): string {
    const { exitCode, signalCode } = this.child;
    if (signalCode) return `with error: signal: ${signalCode}`;
    return exitCode ? `with error: exit status ${exitCode}` : 'without providing a reason';
  }

  private log(line: string): void {
    appendFileSync(this.options.logFile, `${new Date().toISOString()} ${line}\n`);
  }
}

function startBootstrap({ config, runtime, platform }: FunctionProcessOptions, log: number): ChildProcess {
  return fork(runtime, {
    cwd: config.codeDirectory,
    // A separate process group: Ctrl-C in the terminal reaches only the endpoint, which then stops the function.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: {
      // Not the user's home: SDKs would read its ~/.aws.
      HOME: config.codeDirectory,
      ...variables(config, platform),
      LAMBDA_TASK_ROOT: config.codeDirectory,
      _HANDLER: config.handler,
      LOCAL_AWS_FUNCTION_ARN: config.arn,
    },
  });
}

/** Runs an image as a plain child process, like a task's container. */
function startImage(
  { config, platform }: FunctionProcessOptions,
  { api, scratch, preload }: ImageProcess,
  log: number,
): ChildProcess {
  mkdirSync(scratch, { recursive: true });
  const [, ...args] = config.image?.command ?? [];
  return spawn(process.execPath, [...(preload === undefined ? [] : ['--require', preload]), ...args], {
    cwd: config.codeDirectory,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      HOME: scratch,
      ...variables(config, platform),
      AWS_LAMBDA_RUNTIME_API: api.host,
      // On AWS every function has its own /tmp, the only writable directory.
      ...(config.environment.TMPDIR === '/tmp' && { TMPDIR: scratch }),
    },
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function variables(
  config: FunctionConfig,
  platform: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    ...platform,
    ...config.environment,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  };
}
