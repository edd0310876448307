import { type ChildProcess, fork, spawn } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { FunctionConfig, InvocationResult } from './function-config';
import type { RuntimeApi } from './runtime-api';
import type { FunctionErrorPayload, InvokeMessage, ResultMessage } from './runtime-protocol';

export interface FunctionProcessOptions {
  readonly config: FunctionConfig;
  /** The function's bootstrap (runtime.ts, built). */
  readonly runtime: string;
  /** Variables that the platform gives: region, endpoint, the keys of the role. */
  readonly platform: Readonly<Record<string, string>>;
  /** Standard output and error are appended to it. */
  readonly logFile: string;
  /** Of an image's process alone, which has no bootstrap of ours. */
  readonly image?: ImageProcess | undefined;
}

/** What the process of an image is given by its platform. */
export interface ImageProcess {
  /** Closed with the process. */
  readonly api: RuntimeApi;
  /** Its own /tmp; made here, removed once the process has ended. */
  readonly scratch: string;
  /** A script preloaded into the process. */
  readonly preload?: string;
}

/** One warm process of a function. It takes one invocation at a time. */
export class FunctionProcess {
  private readonly child: ChildProcess;
  private answer: ((message: ResultMessage | undefined) => void) | undefined;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  /** Whether it can take another invocation. */
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
      const gone = () => {
        this.alive = false;
        this.answer?.(undefined);
        image?.api.close();
        if (image) rmSync(image.scratch, { recursive: true, force: true });
        resolve();
      };
      this.child.once('error', gone);
      this.child.once('exit', gone);
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
    // In a group of its own: Ctrl-C in the terminal is for the endpoint, which then ends the function.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: {
      // Not the user's, whose ~/.aws would speak along.
      HOME: config.codeDirectory,
      ...variables(config, platform),
      LAMBDA_TASK_ROOT: config.codeDirectory,
      _HANDLER: config.handler,
      LOCAL_AWS_FUNCTION_ARN: config.arn,
    },
  });
}

/** Of an image only the process is real, as of a task's container. */
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
      // On AWS every function has a /tmp of its own, and can write nowhere else.
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
