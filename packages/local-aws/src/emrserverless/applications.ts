import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ContainerProcess } from '../ecs/container-process';
import type { FaultInjection } from '../fault-injection';
import type { Access, Caller } from '../iam/access';
import { CannotAssumeRoleError } from '../iam/errors';
import { type Iam, keyVariables, type RoleKeys, refusal } from '../iam/iam';
import { namesIn } from '../logs/log-file';
import type { LogSource, LogStream } from '../logs/log-groups';
import type { Application } from './application';
import { findSpark, type Spark, SparkMissingError } from './find-spark';
import { EmrServerlessError, type JobRequest, readJobRequest } from './job-request';
import { type DescribedJobRun, describeJobRun, type JobOutcome } from './job-run';
import { submitCommand } from './spark-submit';

interface EmrServerlessOptions {
  /** Logs are in `logs/emr-serverless`, temporary files in `scratch-emr-serverless`. */
  readonly dataDirectory: string;
  readonly region: string;
  readonly account: string;
  readonly iam: Iam;
  /** Environment variables of every job: region, endpoint. */
  readonly platform: () => Readonly<Record<string, string>>;
  /** Bundle of parent-watch.ts. */
  readonly parentWatch: string;
  readonly faults?: Pick<FaultInjection, 'processes'> | undefined;
  /** The environment in which Spark is looked for. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface JobRunRequest {
  readonly caller: Caller;
  readonly parameters: unknown;
  /** Called with the job run's ARN before it starts. */
  readonly onJobRun: (arn: string) => void;
  /** Cancels the job run when aborted. */
  readonly signal: AbortSignal;
}

const SERVICE = 'emr-serverless.amazonaws.com';
/** Between SIGTERM and SIGKILL. */
const CANCEL_GRACE_MS = 5000;
const MINUTE_MS = 60_000;

/** The end of a job's output in the details of a failure. */
const DETAILS_LENGTH = 1000;

/** Runs a command, and ends as it does. The parent watch, preloaded into it, ends both with the endpoint. */
const RUN_COMMAND = `
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
process.on('SIGTERM', () => {});
const [command, ...args] = process.argv.slice(1);
const end = (code) => process.exit(code);
spawn(command, args, { stdio: 'inherit' })
  .on('error', ({ message }) => { console.error(message); end(127); })
  .on('exit', (code, signal) => end(code ?? 128 + constants.signals[signal]));
`;

/** EMR Serverless for Step Functions: runs each job by spark-submit as a child process, on this computer alone, and waits for it. */
export class EmrServerless implements LogSource {
  private readonly applications = new Map<string, Application>();
  private readonly running = new Set<ContainerProcess>();

  constructor(private readonly options: EmrServerlessOptions) {
    // Left over from jobs that were killed together with the endpoint.
    rmSync(this.scratchRoot, { recursive: true, force: true });
  }

  register(application: Application): void {
    this.applications.set(application.id, application);
  }

  /** The groups that jobs have written to, also before this start. */
  logGroups(): string[] {
    return namesIn(this.logRoot).map(decodeURIComponent);
  }

  logStreams(group: string, since: number): LogStream[] {
    const folder = path.join(this.logRoot, encodeURIComponent(group));
    return namesIn(folder).flatMap((name) => {
      const file = path.join(folder, name);
      const { mtimeMs } = statSync(file);
      return mtimeMs < since ? [] : [{ group, stream: decodeURIComponent(name.replace(/\.log$/, '')), file }];
    });
  }

  /** Resolves when the job run has ended, in any way. @throws EmrServerlessError for a request that EMR Serverless rejects */
  async run({ caller, parameters, onJobRun, signal }: JobRunRequest): Promise<DescribedJobRun> {
    const request = readJobRequest(parameters);
    const application = this.applications.get(request.ApplicationId);
    if (!application)
      throw new EmrServerlessError(
        'ResourceNotFoundException',
        `Application ${request.ApplicationId} does not exist`,
      );
    const role = request.ExecutionRoleArn;
    this.authorize(caller, { action: 'emr-serverless:StartJobRun', resource: application.arn });
    this.authorize(caller, {
      action: 'iam:PassRole',
      resource: role,
      context: { 'iam:PassedToService': SERVICE },
    });
    const id = `00f${randomBytes(7).toString('hex')}`;
    const keys = this.keysOf(role, application, id);
    onJobRun(`${application.arn}/jobruns/${id}`);
    const created = Date.now();
    const outcome = await this.outcomeOf(request, { application, id, keys, signal });
    this.options.iam.revokeKeys(keys.accessKeyId);
    this.options.faults?.processes.ended(keys.accessKeyId);
    const identity = { application, id, request, createdBy: caller.arn };
    return describeJobRun(identity, outcome, { created, ended: Date.now() });
  }

  /** Cancels all job runs and waits for them. */
  async close(graceMs: number): Promise<void> {
    for (const job of this.running) job.stop(graceMs);
    await Promise.all([...this.running].map(({ exited }) => exited));
  }

  private authorize(caller: Caller, access: Access): void {
    const decision = this.options.iam.decide(caller, access);
    if (!decision.allowed) throw new EmrServerlessError('AccessDeniedException', refusal(decision));
  }

  /** Keys of the job's role; revoke them when the job ends. */
  private keysOf(role: string, application: Application, id: string): RoleKeys {
    const { iam } = this.options;
    try {
      return iam.issueKeys(iam.assume(role, SERVICE, application.arn, id));
    } catch (error) {
      if (!(error instanceof CannotAssumeRoleError)) throw error;
      throw new EmrServerlessError('ValidationException', error.message);
    }
  }

  private async outcomeOf(
    request: JobRequest,
    job: { application: Application; id: string; keys: RoleKeys; signal: AbortSignal },
  ): Promise<JobOutcome> {
    const scratch = path.join(this.scratchRoot, job.id);
    mkdirSync(scratch, { recursive: true });
    try {
      const spark = await findSpark(this.env);
      const file = await this.entryPoint(request, job, scratch);
      return await this.submit(request, { ...job, spark, file, scratch });
    } catch (error) {
      if (!(error instanceof SparkMissingError || error instanceof EntryPointError)) throw error;
      return { state: 'FAILED', details: error.message };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** The entry point as a local file, read with the rights of the job's role. */
  private async entryPoint(
    { JobDriver: { SparkSubmit: driver } }: JobRequest,
    { application, keys }: { application: Application; keys: RoleKeys },
    scratch: string,
  ): Promise<string> {
    const { EntryPoint: uri } = driver;
    const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    const asset = application.assetOf(uri);
    const { iam, region } = this.options;
    if (asset !== undefined) {
      // The bucket of assets is not part of the stack, so the endpoint has none.
      const caller = iam.callerOf(keys.accessKeyId, keys.sessionToken);
      const decision = iam.decide(caller, {
        action: 's3:GetObject',
        resource: `arn:aws:s3:::${Bucket}/${Key}`,
      });
      if (decision.allowed) return asset;
      throw new EntryPointError(uri, refusal(decision));
    }
    const endpoint = this.options.platform().AWS_ENDPOINT_URL ?? '';
    const client = new S3Client({ endpoint, region, credentials: keys, forcePathStyle: true });
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      const file = path.join(scratch, path.basename(Key));
      await writeFile(file, (await Body?.transformToByteArray()) ?? '');
      return file;
    } catch (error) {
      throw new EntryPointError(uri, error instanceof Error ? error.message : String(error));
    } finally {
      client.destroy();
    }
  }

  private async submit(
    request: JobRequest,
    job: {
      application: Application;
      id: string;
      keys: RoleKeys;
      signal: AbortSignal;
      spark: Spark;
      file: string;
      scratch: string;
    },
  ): Promise<JobOutcome> {
    const { application, id, keys, signal, spark, file, scratch } = job;
    const { platform, region, parentWatch, faults } = this.options;
    const { AWS_ENDPOINT_URL: endpoint = '' } = platform();
    const logFile = this.logFile(request, application, id);
    const command = submitCommand(request, {
      spark,
      file,
      endpoint,
      region,
      scratch,
      ivy: this.env.LOCAL_AWS_IVY ?? path.join(homedir(), '.cache', 'local-aws', 'ivy'),
      jars: this.env.LOCAL_AWS_SPARK_JARS,
    });
    const process = new ContainerProcess({
      container: {
        entryPoint: ['node', '-e', RUN_COMMAND, '--'],
        command,
        imageDirectory: scratch,
        environment: {
          SPARK_HOME: spark.home,
          PYSPARK_PYTHON: spark.python,
          JAVA_HOME: path.resolve(spark.java, '../..'),
          SPARK_LOCAL_IP: '127.0.0.1',
        },
      },
      platform: { ...platform(), ...keyVariables(keys) },
      scratch,
      logFile,
      preload: parentWatch,
    });
    faults?.processes.started({
      accessKeyId: keys.accessKeyId,
      name: application.name,
      pid: process.pid,
      kill: () => process.kill(),
    });
    let end: 'cancelled' | 'timed out' | undefined;
    const cancel = (why: typeof end) => {
      end = why;
      process.stop(CANCEL_GRACE_MS);
    };
    const minutes = request.ExecutionTimeoutMinutes;
    const timer = minutes > 0 ? setTimeout(() => cancel('timed out'), minutes * MINUTE_MS) : undefined;
    const abort = () => cancel('cancelled');
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    this.running.add(process);
    const { exitCode, reason } = await process.exited;
    this.running.delete(process);
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    if (end === 'timed out')
      return { state: 'CANCELLED', details: `Job run exceeded its execution timeout of ${minutes} minutes` };
    if (end === 'cancelled') return { state: 'CANCELLED', details: 'Job run was cancelled' };
    if (exitCode === 0) return { state: 'SUCCESS', details: '' };
    const said = readFileSync(logFile, 'utf8').slice(-DETAILS_LENGTH);
    return { state: 'FAILED', details: reason ?? `Job failed with ExitCode: ${exitCode}. ${said}` };
  }

  /** In a directory for each log group, so that the group of a file is known after a restart. */
  private logFile(request: JobRequest, { id: applicationId }: Application, id: string): string {
    const { CloudWatchLoggingConfiguration: log } =
      request.ConfigurationOverrides?.MonitoringConfiguration ?? {};
    const prefix = log?.LogStreamNamePrefix === undefined ? '' : `${log.LogStreamNamePrefix}/`;
    const stream = `${prefix}applications/${applicationId}/jobs/${id}/SPARK_DRIVER`;
    const group = log?.Enabled ? log.LogGroupName : 'not-sent-to-cloudwatch';
    return path.join(this.logRoot, encodeURIComponent(group), `${encodeURIComponent(stream)}.log`);
  }

  private get env(): Readonly<Record<string, string | undefined>> {
    return this.options.env ?? process.env;
  }

  private get logRoot(): string {
    return path.join(this.options.dataDirectory, 'logs', 'emr-serverless');
  }

  private get scratchRoot(): string {
    return path.join(this.options.dataDirectory, 'scratch-emr-serverless');
  }
}

class EntryPointError extends Error {
  constructor(uri: string, why: string) {
    super(`the entry point ${uri} cannot be read: ${why}`);
  }
}
