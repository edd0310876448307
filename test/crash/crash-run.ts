import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Faults, RuleInput } from 'local-aws/faults';
import { type RunningPipeline, startLocalPipeline } from '../../cli/local-pipeline';
import { connect, type Deployment, disconnect } from '../../operations/deployment';
import { readQueueDepth } from '../../operations/queue';
import { packagePath } from '../../package-path';
import { pipelineFaults } from '../builders/pipeline-faults';
import type { ShopFile } from './files';
import { keepFired } from './fired';
import { LIST_LAG_MS, type Setting, templateFor } from './setting';

/** Interval between two scheduled orchestrator runs. */
const TICK_SECONDS = 300;
/** Longer than the longest visibility timeout. */
const MAX_TICKS = 60;
/** Real time that an execution and what follows it may take, on a machine that is busy with other things. */
const PATIENCE_MS = 240_000;
/** Replaces the second of queue polling, and the pauses of the state machine. */
const POLL_MS = 15;
const RETRY_PAUSE_MS = 10;

/** The pipeline did not become idle. */
export class NotQuietError extends Error {
  override readonly name = 'NotQuietError';
}

/** The pipeline in this process on a data directory, with tasks and functions as child processes. */
export class CrashRun {
  private constructor(
    readonly directory: string,
    readonly faults: Faults,
    private readonly local: RunningPipeline,
    readonly deployment: Deployment,
    readonly lines: string[],
  ) {}

  /** @param directory of an earlier run, to go on from there: then its clock goes on, too */
  static async start(directory: string, setting: Setting): Promise<CrashRun> {
    const faults = pipelineFaults();
    faults.maxPollMs = POLL_MS;
    faults.variables = {
      NODE_OPTIONS: `--require ${packagePath('test', 'crash', 'ahead.cjs')}`,
      DAYBOOK_CRASH_AHEAD: path.join(directory, 'ahead'),
    };
    faults.advance(Number(readOr(path.join(directory, 'ahead'), '0')));
    keepFired(faults.plan, directory);
    const pids = path.join(directory, 'pids');
    const started = faults.processes.started.bind(faults.processes);
    faults.processes.started = (process) => {
      appendFileSync(pids, `${process.pid}\n`);
      started(process);
    };
    const lines: string[] = [];
    const local = await startLocalPipeline({
      dataDirectory: directory,
      every: 0,
      templateDirectory: templateFor(setting, `${directory}.template`),
      log: (line) => lines.push(line),
      faults,
      retryPauseMs: RETRY_PAUSE_MS,
      listExecutionsLagMs: LIST_LAG_MS,
    });
    const deployment = await connect({ AWS_ENDPOINT_URL: local.outputs.endpoint });
    return new CrashRun(directory, faults, local, deployment, lines);
  }

  get endpoint(): string {
    return this.local.outputs.endpoint;
  }

  /** Clears the recorded writes, and arms these faults. */
  arm(rules: readonly RuleInput[]): void {
    this.faults.plan.clear();
    for (const rule of rules) this.faults.plan.put(rule);
  }

  /** Uploads what has not been uploaded to this directory before, as far as its uploader was told. */
  async upload(files: readonly ShopFile[]): Promise<void> {
    const record = path.join(this.directory, 'uploaded');
    const done = new Set(readOr(record, '').split('\n'));
    for (const file of files.filter(({ key }) => !done.has(key))) {
      await this.put(file);
      appendFileSync(record, `${file.key}\n`);
    }
  }

  async put({ key, body }: ShopFile): Promise<void> {
    const { s3, bucket } = this.deployment;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }));
  }

  /**
   * Lets the schedule look at the queue every five minutes until nothing waits and nothing lies in `input/`. The time in
   * between, in which nothing happens, is skipped: the clocks of queue, bucket, functions and tasks are put forward.
   * @returns how often the schedule looked
   * @throws NotQuietError
   */
  async untilQuiet(): Promise<number> {
    for (let ticks = 1; ticks <= MAX_TICKS; ticks++) {
      await this.untilIdle();
      // A function that fails is invoked again by the next run.
      await this.local.tick().catch((error: unknown) => this.lines.push(String(error)));
      await this.untilIdle();
      const { waiting, in_flight } = await readQueueDepth(this.deployment);
      const left = waiting + in_flight > 0 || (await this.keys('input/')).length > 0;
      if (!left) {
        // Then the list shows every end.
        this.advance(LIST_LAG_MS);
        return ticks;
      }
      this.advance(TICK_SECONDS * 1000);
    }
    const depth = JSON.stringify(await readQueueDepth(this.deployment));
    throw new NotQuietError(`after ${MAX_TICKS} orchestrator runs:  ${depth}`);
  }

  async keys(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const { s3, bucket } = this.deployment;
      const page = await s3.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys;
  }

  async stop(): Promise<void> {
    disconnect(this.deployment);
    await this.local.stop();
  }

  private advance(ms: number): void {
    this.faults.advance(ms);
    const ahead = this.faults.clock().getTime() - Date.now();
    writeFileSync(path.join(this.directory, 'ahead'), String(Math.round(ahead)));
  }

  private async untilIdle(): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(10)) {
      if (this.faults.isIdle) return;
    }
    throw new NotQuietError(`something was still under way after ${PATIENCE_MS / 1000} s`);
  }
}

function readOr(file: string, otherwise: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : otherwise;
}
