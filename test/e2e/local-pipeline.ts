import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { callFaults, type RuleInput } from 'local-aws/faults';
import { catalog } from '../../catalog/catalog';
import type { LocalOutputs } from '../../cli/local-pipeline';
import type { RawEvent } from '../../domain/events/envelope';
import { EVENTS } from '../../domain/object-keys';
import { connect, type Deployment, disconnect } from '../../operations/deployment';
import { type ExecutionView, viewExecution } from '../../operations/executions/execution';
import { type FileOutcome, readFiles } from '../../operations/executions/execution-files';
import { listExecutions } from '../../operations/executions/executions';
import { type Kpi, readKpis } from '../../operations/kpis/kpis';
import { readQueueDepth } from '../../operations/queue';
import { packagePath } from '../../package-path';
import type { Bucket } from '../../storage/bucket';
import { s3Bucket } from '../../storage/s3-bucket';

const COMMAND = [packagePath('bin', 'daybook.cjs'), 'local'];
const WITH_FAULTS = [packagePath('dist', 'test', 'local-with-faults.cjs')];

/** What `daybook local --ready-json` prints. */
export type Ready = LocalOutputs & { readonly console: string | null };

interface StartOptions {
  /** Seconds between calls of the orchestrator. */
  readonly every?: number;
  /** An earlier pipeline's, to start again from its state. */
  readonly directory?: string;
  /** The directory of a changed template, in place of the project's own. */
  readonly template?: string;
  /** A folder of the deployment's own contracts. */
  readonly contracts?: string;
  /** A folder of its own marts. */
  readonly marts?: string;
  /** Whether they can be injected, by {@link LocalPipeline.arm}. */
  readonly faults?: boolean;
  /** Whether it serves one. */
  readonly console?: boolean;
  /** Whether it has one, in PGlite. */
  readonly warehouse?: boolean;
  /** Where it downloads currency rates from. */
  readonly rates?: string;
  /** Servers of a Kafka cluster whose topics it reads. */
  readonly kafka?: string;
  /** Bytes of a batch from which on stage and transform run on Spark. */
  readonly spark?: number;
  /** Environment variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until ListExecutions shows that an execution started or ended. */
  readonly listLag?: number;
}

/** `daybook local` as a process of its own, driven through its endpoint. */
export class LocalPipeline {
  private constructor(
    readonly process: ChildProcess,
    readonly ready: Ready,
    readonly directory: string,
    readonly deployment: Deployment,
    /** What it printed besides, until it was ready. */
    readonly printed: string,
  ) {}

  static async start({
    every = 1,
    directory = '',
    template = '',
    contracts = '',
    marts = '',
    faults = false,
    console = false,
    warehouse = false,
    rates = '',
    kafka = '',
    spark,
    env = {},
    listLag = 0,
  }: StartOptions = {}): Promise<LocalPipeline> {
    const data = directory || mkdtempSync(path.join(tmpdir(), 'daybook-e2e-'));
    const child = spawn(
      process.execPath,
      [
        ...(faults ? WITH_FAULTS : COMMAND),
        ...['--port', '0', '--data', data, '--every', String(every), '--ready-json'],
        ...(template ? ['--template', template] : []),
        ...(contracts ? ['--contracts', contracts] : []),
        ...(marts ? ['--marts', marts] : []),
        ...(warehouse ? ['--warehouse'] : []),
        ...(rates ? ['--rates', rates] : []),
        ...(kafka ? ['--kafka', kafka] : []),
        ...(spark === undefined ? [] : ['--spark', String(spark)]),
        ...(listLag > 0 ? ['--list-lag', String(listLag)] : []),
        ...(console ? [] : ['--no-console']),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } },
    );
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`daybook local exited with ${code}: ${errors}`)));
    });
    const ready: Ready = JSON.parse(line);
    const deployment = await connect({ AWS_ENDPOINT_URL: ready.endpoint });
    return new LocalPipeline(child, ready, data, deployment, errors);
  }

  get objects(): Bucket {
    return s3Bucket(this.deployment.s3, this.ready.bucket);
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    // The SDK takes an empty string for a stream, and warns.
    const Body = Buffer.from(body);
    await this.deployment.s3.send(new PutObjectCommand({ Bucket: this.ready.bucket, Key: key, Body }));
  }

  async remove(key: string): Promise<void> {
    await this.deployment.s3.send(new DeleteObjectCommand({ Bucket: this.ready.bucket, Key: key }));
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.objects.list(prefix)) keys.push(key);
    return keys;
  }

  /** Undefined where no object lies. */
  async bytes(key: string): Promise<Buffer | undefined> {
    const body = await this.objects.get(key);
    return body && Buffer.from(body);
  }

  /** The raw events that ingest wrote, of the files that are not yet archived. */
  async rawEvents(): Promise<RawEvent[]> {
    const found: RawEvent[] = [];
    for (const key of await this.keys(EVENTS)) {
      const lines = gunzipSync((await this.bytes(key)) ?? '')
        .toString()
        .trim()
        .split('\n');
      found.push(...lines.map((line) => JSON.parse(line)));
    }
    return found;
  }

  async text(key: string): Promise<string> {
    return (await this.bytes(key))?.toString('utf8') ?? '';
  }

  /** Lets something go wrong, where the pipeline was started with faults. */
  async arm(rule: RuleInput): Promise<void> {
    await callFaults(this.ready.endpoint, 'PutRule', rule);
  }

  /** Waits until no execution runs and no message waits. */
  async untilQuiet(timeoutMs = 60_000): Promise<void> {
    await until(async () => {
      // The queue first: a message that leaves it is in an execution by the time that is asked for.
      const { waiting, in_flight } = await readQueueDepth(this.deployment);
      if (waiting + in_flight > 0) return false;
      const [latest] = await listExecutions(this.deployment, 1);
      return latest?.status !== 'RUNNING';
    }, timeoutMs);
  }

  /** Waits until the newest execution, once there is one, has entered the state. @returns its ARN */
  async untilEntered(state: string, timeoutMs = 30_000): Promise<string> {
    let found = '';
    await until(async () => {
      const [{ executionArn = '' } = {}] = await listExecutions(this.deployment, 1);
      found = executionArn;
      return executionArn !== '' && (await this.statesEntered(executionArn)).includes(state);
    }, timeoutMs);
    return found;
  }

  /** Those of a Map's items among them. */
  async statesEntered(executionArn: string): Promise<string[]> {
    const pages = paginateGetExecutionHistory(
      { client: this.deployment.sfn },
      { executionArn, includeExecutionData: false },
    );
    const names: string[] = [];
    for await (const { events = [] } of pages) {
      names.push(...events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []));
    }
    return names;
  }

  /** Newest first. */
  async executions(): Promise<ExecutionView[]> {
    const listed = await listExecutions(this.deployment, 100);
    return Promise.all(listed.map(({ executionArn = '' }) => viewExecution(this.deployment, executionArn)));
  }

  /** What became of every file of every execution, oldest first. */
  async files(): Promise<FileOutcome[]> {
    const executions = (await this.executions()).reverse();
    return (await Promise.all(executions.map(({ name }) => readFiles(this.deployment, name)))).flat();
  }

  orderKpis(): Promise<Kpi[]> {
    return readKpis(this.deployment, catalog.servedMart('order_kpis'));
  }

  categoryKpis(): Promise<Kpi[]> {
    return readKpis(this.deployment, catalog.servedMart('category_kpis'));
  }

  /** Ends the process, and resolves with its exit code, null where a signal ended it. */
  async end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    disconnect(this.deployment);
    const exited = new Promise<number | null>((resolve) => this.process.once('exit', resolve));
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    this.process.kill(signal);
    return exited;
  }

  /** Ends the process and removes its state. */
  async stop(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export async function until(check: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`not so within ${timeoutMs} ms: ${check}`);
    await sleep(100);
  }
}
