import path from 'node:path';
import { type Deployed, deploy } from './cloudformation/deploy';
import { readTemplate } from './cloudformation/template';
import { lockDirectory } from './directory-lock';
import { type Endpoint, startEndpoint } from './endpoint/endpoint';
import type { FaultInjection } from './fault-injection';
import type { Decision } from './iam/access';
import type { Iam } from './iam/iam';
import { createLocalServices, type LocalServices, type ProcessBundles } from './local-services';
import { DEFAULT_PLACE, type Place } from './place';
import type { S3Service } from './s3/service';
import type { SqsService } from './sqs/service';
import type { Execution } from './stepfunctions/execution-store';

export interface LocalOptions extends Partial<Place> {
  /** On 127.0.0.1; 0, the default, picks a free one. */
  readonly port?: number;
  /** Everything that survives a restart; made where it is missing, of one process at a time. */
  readonly dataDirectory: string;
  /**
   * Seconds between calls of the functions that schedules of the template call; 0 for none but those of `tick`. A
   * scheduled task keeps its own period.
   */
  readonly every: number;
  /** Where `cdk synth` wrote the template and its assets. */
  readonly templateDirectory: string;
  /** The stack's name: `<stack>.template.json` and `<stack>.assets.json` are read. */
  readonly stack: string;
  /** What the processes of functions and tasks are started with. */
  readonly bundles: ProcessBundles;
  /** Lines for people: ticks that fail, rights that are missing. */
  readonly log?: (line: string) => void;
  /** An execution started, or ended. */
  readonly onExecution?: (execution: Execution) => void;
  /** Called once everything is deployed, before any schedule or interrupted execution goes on. */
  readonly onDeployed?: (deployed: DeployedServices) => Promise<void>;
  /** Told of everything that a role or a service asked of the policies, and what they said. */
  readonly onDecision?: (decision: Decision) => void;
  /** When objects are uploaded; now where it is not given. */
  readonly clock?: () => Date;
  /** For tests: what is to go wrong (`local-aws/faults`). */
  readonly faults?: FaultInjection;
  /** For tests: milliseconds that the state machine waits before any retry, in place of what its definition says. */
  readonly retryPauseMs?: number;
}

/** The stack as it is deployed. */
export interface DeployedServices {
  readonly s3: S3Service;
  readonly sqs: SqsService;
  /** The buckets that notify a queue of new objects. */
  readonly notifications: Deployed['notifications'];
}

export interface LocalRuntime {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  /** By the names of the template's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Calls the scheduled function once, and gives what it returned. @throws ScheduledFunctionError */
  tick(): Promise<unknown>;
  /** How the clock of the functions' schedules goes. */
  clock(): {
    readonly every_seconds: number;
    readonly started_at: string;
    readonly last: { readonly at: string; readonly error: string | null } | null;
  };
  /** Runs the task of a schedule at once, to its end. @throws ScheduledTaskError */
  runSchedule(name: string): Promise<void>;
  /** The roles and policies of the template, and what they have refused. */
  readonly iam: Pick<Iam, 'attached' | 'refusals'>;
  /**
   * Ends within about three seconds: executions under way are cut off (and ABORTED at the next start), their processes
   * ended. Idempotent.
   */
  stop(): Promise<void>;
}

/** What functions and tasks are given to finish at a stop, in milliseconds. */
const DRAIN_MS = 1000;
const TASK_GRACE_MS = 1000;

/**
 * Deploys the template into an AWS of this process and runs it.
 * @throws DirectoryInUseError, EndpointError for a port that is taken, TemplateError for what cannot be deployed here
 */
export async function startLocal(options: LocalOptions): Promise<LocalRuntime> {
  const { port, every, templateDirectory, stack, bundles, log = () => {}, faults } = options;
  const { account, region } = { ...DEFAULT_PLACE, ...options };
  const place = { account, region };
  const dataDirectory = path.resolve(options.dataDirectory);
  const { template, assets } = readTemplate(templateDirectory, stack);
  const unlock = lockDirectory(dataDirectory);
  let endpoint: Endpoint | undefined;
  let services: LocalServices | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= shutDown(services, endpoint).finally(unlock);
    return stopping;
  };
  try {
    services = await createLocalServices({
      ...place,
      dataDirectory,
      bundles,
      endpoint: () => endpoint?.url ?? '',
      log,
      onDecision: options.onDecision,
      clock: options.clock,
      faults,
      retryPauseMs: options.retryPauseMs,
      onExecution: options.onExecution,
    });
    endpoint = await startEndpoint({
      port,
      services: services.served,
      ...place,
      access: services.iam,
      faults,
    });
    const deployed = await deploy({
      stack,
      template,
      assets,
      place: { ...place, endpoint: endpoint.url },
      services,
    });
    await options.onDeployed?.({ ...services, notifications: deployed.notifications });
    services.states.abortInterrupted();
    if (every > 0) services.scheduler.start(every);
    const { scheduler, taskSchedules } = services;
    const started_at = new Date().toISOString();
    taskSchedules.start();
    return {
      endpoint: endpoint.url,
      outputs: deployed.outputs,
      tick: () => scheduler.tick(),
      clock: () => {
        const { lastTick: last } = scheduler;
        return {
          every_seconds: every,
          started_at,
          last: last ? { at: last.at.toISOString(), error: last.error ?? null } : null,
        };
      },
      runSchedule: (name) => taskSchedules.run(name),
      iam: services.iam,
      stop,
    };
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
}

async function shutDown(services: LocalServices | undefined, endpoint: Endpoint | undefined): Promise<void> {
  if (services) {
    services.scheduler.stop();
    services.taskSchedules.stop();
    services.events.stop();
    // A function under way may yet start an execution or settle a batch: first let it finish.
    await services.functions.drain(DRAIN_MS);
    await services.states.close();
    await Promise.all([services.tasks.close(TASK_GRACE_MS), services.functions.close()]);
    services.disconnect();
  }
  if (endpoint) await endpoint.close();
  else for (const service of services?.served ?? []) await service.close();
}
