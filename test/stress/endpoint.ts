import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callFaults, type RuleInput } from 'local-aws/faults';
import type { Deployment } from '../../operations/deployment';
import { LocalPipeline } from '../e2e/local-pipeline';
import { aheadFile } from './clock';

export interface EndpointOptions {
  /** Seconds between looks at the queue; 0 for none. */
  readonly every?: number;
  /** Whether faults can be injected: then the endpoint keeps a list of every request. */
  readonly faults?: boolean;
  /** The directory of a changed template. */
  readonly template?: string;
}

/** `daybook local` as a process of its own, over a data directory that outlives its restarts. */
export class Endpoint {
  restarts = 0;
  /** By how much the clocks were put forward. */
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

  /** Ends it by a signal, where it has not ended by itself, and starts it again. */
  async restart(signal: NodeJS.Signals, every = this.options.every): Promise<void> {
    await this.pipeline.end(signal);
    const { directory, options } = this;
    this.pipeline = await LocalPipeline.start({ ...options, every, directory });
    this.restarts++;
    const ahead = this.aheadSeconds;
    this.aheadSeconds = 0;
    if (ahead > 0) await this.advance(ahead);
  }

  /** Puts the clocks of queue and bucket forward, and those of functions and tasks where the template has them. */
  async advance(seconds: number): Promise<void> {
    await callFaults(this.endpoint, 'AdvanceClock', { seconds });
    this.aheadSeconds += seconds;
    if (this.options.template !== '')
      writeFileSync(aheadFile(this.options.template), String(this.aheadSeconds * 1000));
  }

  /** Puts a fault in, where the endpoint has them. */
  arm(rule: RuleInput): Promise<unknown> {
    return callFaults(this.endpoint, 'PutRule', rule);
  }

  /** Takes out the faults that have not come, and empties the endpoint's lists of requests. */
  disarm(): Promise<unknown> {
    return callFaults(this.endpoint, 'Clear');
  }

  async stop(keep = false): Promise<void> {
    await this.pipeline.end();
    if (!keep) rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
