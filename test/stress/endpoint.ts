import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Deployment } from '../../deployment/deployment';
import type { RuleInput } from '../../local/faults/rule';
import { LocalPipeline } from '../e2e/local-pipeline';

/** `daybook local` as a process of its own, with faults, over a data directory that outlives its restarts. */
export class Endpoint {
  restarts = 0;
  /** By how much the queue's clock was put forward. */
  private aheadSeconds = 0;

  private constructor(
    readonly directory: string,
    private pipeline: LocalPipeline,
    private readonly every: number,
  ) {}

  static async start(every = 1): Promise<Endpoint> {
    process.env.DAYBOOK_LOCAL_FAULTS = 'on';
    const directory = mkdtempSync(path.join(tmpdir(), 'daybook-stress-'));
    return new Endpoint(directory, await LocalPipeline.start({ every, directory }), every);
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
  async restart(signal: NodeJS.Signals, every = this.every): Promise<void> {
    await this.pipeline.end(signal);
    this.pipeline = await LocalPipeline.start({ every, directory: this.directory });
    this.restarts++;
    const ahead = this.aheadSeconds;
    this.aheadSeconds = 0;
    if (ahead > 0) await this.advance(ahead);
  }

  async advance(seconds: number): Promise<void> {
    await this.call('AdvanceClock', { seconds });
    this.aheadSeconds += seconds;
  }

  arm(rule: RuleInput): Promise<unknown> {
    return this.call('PutRule', rule);
  }

  disarm(): Promise<unknown> {
    return this.call('Clear', {});
  }

  async stop(keep = false): Promise<void> {
    await this.pipeline.end();
    if (!keep) rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  private async call(operation: string, body: object): Promise<unknown> {
    const credential = 'local/20250101/us-east-1/faults/aws4_request';
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      headers: {
        'X-Amz-Target': `DaybookFaults.${operation}`,
        'Content-Type': 'application/x-amz-json-1.0',
        Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${operation}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
