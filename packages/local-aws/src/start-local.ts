import path from 'node:path';
import { type Deployed, deploy } from './cloudformation/deploy';
import { type ResourceTemplate, readTemplate } from './cloudformation/template';
import { lockDirectory } from './directory-lock';
import { type Endpoint, startEndpoint } from './endpoint/endpoint';
import type { FaultInjection } from './fault-injection';
import type { Decision } from './iam/access';
import type { Iam } from './iam/iam';
import { createLocalServices, type LocalServices, type ProcessBundles } from './local-services';
import { DEFAULT_PLACE, type Place } from './place';
import type { S3Service } from './s3/service';
import type { SecretsService } from './secretsmanager/service';
import type { SqsService } from './sqs/service';
import type { Execution } from './stepfunctions/execution-store';

export interface LocalOptions extends Partial<Place> {
  /** Port on 127.0.0.1; 0, the default, picks a free one. */
  readonly port?: number;
  /** Holds all persistent state; created if necessary and locked by one process at a time. */
  readonly dataDirectory: string;
  /**
   * Seconds between invocations of scheduled functions; 0: only `tick` invokes them. Scheduled tasks keep their own
   * schedule; one with a `rate` also runs at the start.
   */
  readonly every: number;
  /** The output directory of `cdk synth`. */
  readonly templateDirectory: string;
  /** The stack's name: `<stack>.template.json` and `<stack>.assets.json` are read. */
  readonly stack: string;
  readonly bundles: ProcessBundles;
  /** Logs failed scheduled invocations and denied requests. */
  readonly log?: (line: string) => void;
  /** Called when an execution starts or ends. */
  readonly onExecution?: (execution: Execution) => void;
  /** Changes resources of the template before they are deployed, such as intervals that are too long for a laptop. */
  readonly adjust?: (resources: Record<string, ResourceTemplate>) => void;
  /** Called after the deployment, before schedules start and interrupted executions are aborted. */
  readonly onDeployed?: (deployed: DeployedServices) => Promise<void>;
  /** Called with every IAM decision. */
  readonly onDecision?: (decision: Decision) => void;
  /** The upload time of objects; the current time by default. */
  readonly clock?: () => Date;
  /** For tests: fault injection (`local-aws/faults`). */
  readonly faults?: FaultInjection;
  /** For tests: milliseconds before any retry of a state; overrides the definition. */
  readonly retryPauseMs?: number;
  /** For tests: milliseconds until ListExecutions shows that an execution started or ended; 0 by default. */
  readonly listExecutionsLagMs?: number;
}

/** The services that `onDeployed` receives. */
export interface DeployedServices {
  readonly s3: S3Service;
  readonly sqs: SqsService;
  readonly secrets: SecretsService;
  /** Buckets with a notification configuration. */
  readonly notifications: Deployed['notifications'];
}

export interface LocalRuntime {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  /** The template's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Invokes the functions with a rate once and returns the result. @throws ScheduledFunctionError */
  tick(): Promise<unknown>;
  /** The state of the functions' schedule. */
  clock(): {
    readonly every_seconds: number;
    readonly started_at: string;
    readonly last: { readonly at: string; readonly error: string | null } | null;
  };
  /**
   * Runs the task of a schedule, or its function with a cron expression, now and waits for it.
   * @throws ScheduledTaskError; ScheduledFunctionError
   */
  runSchedule(name: string): Promise<void>;
  /** The roles and policies of the template, and the denied requests. */
  readonly iam: Pick<Iam, 'attached' | 'refusals'>;
  /**
   * Stops within about three seconds. Child processes are stopped; running executions are ABORTED at the next start.
   * Idempotent.
   */
  stop(): Promise<void>;
}

/** Time for running functions and tasks to finish during a stop. */
const DRAIN_MS = 1000;
const TASK_GRACE_MS = 1000;

/**
 * Deploys the template to local services and starts them.
 * @throws DirectoryInUseError, EndpointError for a port in use, TemplateError for unsupported resources
 */
export async function startLocal(options: LocalOptions): Promise<LocalRuntime> {
  const { port, every, templateDirectory, stack, bundles, log = () => {}, faults } = options;
  const { account, region } = { ...DEFAULT_PLACE, ...options };
  const place = { account, region };
  const dataDirectory = path.resolve(options.dataDirectory);
  const { template, assets } = readTemplate(templateDirectory, stack);
  options.adjust?.(template.Resources);
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
      listExecutionsLagMs: options.listExecutionsLagMs,
      onExecution: options.onExecution,
    });
    endpoint = await startEndpoint({
      port,
      services: services.served,
      webApis: services.httpApis,
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
    services.eventSources.start();
    if (every > 0) services.scheduler.start(every);
    const { scheduler, timedSchedules } = services;
    const started_at = new Date().toISOString();
    timedSchedules.start();
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
      runSchedule: (name) => timedSchedules.run(name),
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
    services.timedSchedules.stop();
    services.events.stop();
    services.eventSources.stop();
    // A running function may still start an execution or delete messages: wait for it first.
    await services.functions.drain(DRAIN_MS);
    await services.states.close();
    await Promise.all([
      services.tasks.close(TASK_GRACE_MS),
      services.emrServerless.close(TASK_GRACE_MS),
      services.functions.close(),
    ]);
    await services.eventSources.close();
    services.disconnect();
  }
  if (endpoint) await endpoint.close();
  else for (const service of services?.served ?? []) await service.close();
}
