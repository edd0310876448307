import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callFaults, type RuleInput } from 'local-aws/faults';
import type { Deployment } from '../../operations/deployment';
import { LocalPipeline } from '../e2e/local-pipeline';
import { aheadFile } from './clock';

export interface EndpointOptions {
  /** Seconds between orchestrator runs; 0 to disable. */
  readonly every?: number;
  /** True if faults can be injected: then the endpoint records every request. */
  readonly faults?: boolean;
  /** The directory of a changed template. */
  readonly template?: string;
}

/** `daybook local` as a child process, on a data directory that is kept over restarts. */
export class Endpoint {
  restarts = 0;
  /** How far the clocks have been advanced. */
  private aheadSeconds = 0;

  private constructor(
    readonly directory: string,
    private pipeline: LocalPipeline,
    private readonly options: Required<EndpointOptions>,
  ) {}

  static async start({ every = 1, faults = false, template = '' }: EndpointOptions = {}): Promise<Endpoint> {
    const directory = mkdtempSync(path.join(tmpdir(), 'daybook-stress-'));
    const pipeline = await LocalPipeline.start({ every, directory, template, faults });
    return new Endpoint(directory, pipeline, { every, template, faults });
  }

  get endpoint(): string {
    return this.pipeline.ready.endpoint;
  }

  get deployment(): Deployment {
    return this.pipeline.deployment;
  }

  get pid(): number | undefined {
    return this.pipeline.process.pid;
  }

  get isDown(): boolean {
    const { exitCode, signalCode } = this.pipeline.process;
    return exitCode !== null || signalCode !== null;
  }

  keys(prefix: string): Promise<string[]> {
    return this.pipeline.keys(prefix);
  }

  put(key: string, body: string | Uint8Array): Promise<void> {
    return this.pipeline.put(key, body);
  }

  text(key: string): Promise<string> {
    return this.pipeline.text(key);
  }

  /** Stops it with a signal if it is still running, and starts it again. */
  async restart(signal: NodeJS.Signals, every = this.options.every): Promise<void> {
    await this.pipeline.end(signal);
    const { directory, options } = this;
    this.pipeline = await LocalPipeline.start({ ...options, every, directory });
    this.restarts++;
    const ahead = this.aheadSeconds;
    this.aheadSeconds = 0;
    if (ahead > 0) await this.advance(ahead);
  }

  /** Advances the clocks of queue and bucket, and those of functions and tasks if the template supports it. */
  async advance(seconds: number): Promise<void> {
    await callFaults(this.endpoint, 'AdvanceClock', { seconds });
    this.aheadSeconds += seconds;
    if (this.options.template !== '')
      writeFileSync(aheadFile(this.options.template), String(this.aheadSeconds * 1000));
  }

  /** Injects a fault, if the endpoint supports it. */
  arm(rule: RuleInput): Promise<unknown> {
    return callFaults(this.endpoint, 'PutRule', rule);
  }

  /** Removes the faults that have not occurred, and clears the endpoint's recorded requests. */
  disarm(): Promise<unknown> {
    return callFaults(this.endpoint, 'Clear');
  }

  async stop(keep = false): Promise<void> {
    await this.pipeline.end();
    if (!keep) rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
