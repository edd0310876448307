import path from 'node:path';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../../domain/names';
import { type Deployed, deploy } from './cloudformation/deploy';
import { readTemplate } from './cloudformation/template';
import { lockDirectory } from './directory-lock';
import { type Endpoint, startEndpoint } from './endpoint/endpoint';
import { describeExecution, isNested } from './execution-line';
import { Faults } from './faults/faults';
import { askedForFaults } from './faults/service';
import type { Decision } from './iam/access';
import type { Iam } from './iam/iam';
import { createLocalServices, type LocalServices } from './local-services';
import { announceWaitingFiles } from './waiting-files';

export interface LocalOptions {
  /** On 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** Everything that survives a restart; made where it is missing, of one process at a time. */
  readonly dataDirectory: string;
  /**
   * Seconds between ticks of the functions' schedules, which look at the queue; 0 for none but those asked for. A
   * scheduled task keeps its own period.
   */
  readonly every: number;
  /** Where `cdk synth` wrote the template and its assets. */
  readonly templateDirectory: string;
  /** Lines for people: executions that start and end, ticks that fail. */
  readonly log?: (line: string) => void;
  /** Told of everything that a role or a service asked of the policies, and what they said. */
  readonly onDecision?: (decision: Decision) => void;
  /** When objects are uploaded; now where it is not given. */
  readonly clock?: () => Date;
  /** For tests: what is to go wrong. Also there where DAYBOOK_LOCAL_FAULTS says `on`. */
  readonly faults?: Faults;
  /** For tests: milliseconds that the state machine waits before any retry, in place of what its definition says. */
  readonly retryPauseMs?: number;
}

export interface LocalOutputs {
  readonly endpoint: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly stateMachineArn: string;
  readonly orderTable: string;
  readonly categoryTable: string;
}

export interface LocalRuntime {
  readonly outputs: LocalOutputs;
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

const STACK = 'Daybook';
/** What functions and tasks are given to finish at a stop, in milliseconds. */
const DRAIN_MS = 1000;
const TASK_GRACE_MS = 1000;

/**
 * Deploys the template into an AWS of this process and runs it.
 * @throws DirectoryInUseError, EndpointError for a port that is taken, TemplateError for what cannot be deployed here
 */
export async function startLocal(options: LocalOptions): Promise<LocalRuntime> {
  const { port, every, templateDirectory, log = () => {} } = options;
  const dataDirectory = path.resolve(options.dataDirectory);
  const faults = options.faults ?? (askedForFaults(process.env) ? new Faults() : undefined);
  if (faults && !options.faults) log('faults can be injected, as DAYBOOK_LOCAL_FAULTS says: for tests alone');
  const { template, assets } = readTemplate(templateDirectory, STACK);
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
      dataDirectory,
      endpoint: () => endpoint?.url ?? '',
      log,
      onDecision: options.onDecision,
      clock: options.clock,
      faults,
      retryPauseMs: options.retryPauseMs,
      onExecution(execution) {
        if (!isNested(execution)) log(describeExecution(execution));
      },
    });
    const place = { account: LOCAL_ACCOUNT, region: LOCAL_REGION };
    endpoint = await startEndpoint({
      host: '127.0.0.1',
      port,
      services: services.served,
      ...place,
      access: services.iam,
      faults,
    });
    const deployed = await deploy({
      stack: STACK,
      template,
      assets,
      place: { ...place, endpoint: endpoint.url },
      services,
    });
    const waiting = await announceWaitingFiles(deployed.notifications, services);
    if (waiting > 0) log(`${waiting} waiting ${waiting === 1 ? 'file' : 'files'} queued again`);
    services.states.endCutOff();
    if (every > 0) services.scheduler.start(every);
    const { scheduler, taskSchedules } = services;
    const started_at = new Date().toISOString();
    taskSchedules.start();
    return {
      outputs: outputsOf(deployed, endpoint.url),
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

function outputsOf({ outputs }: Deployed, endpoint: string): LocalOutputs {
  const output = (name: string) => {
    const value = outputs[name];
    if (value === undefined) throw new Error(`the template has no output ${name}`);
    return value;
  };
  return {
    endpoint,
    bucket: output('BucketName'),
    queueUrl: output('QueueUrl'),
    deadLetterQueueUrl: output('DeadLetterQueueUrl'),
    stateMachineArn: output('StateMachineArn'),
    orderTable: output('OrderTable'),
    categoryTable: output('CategoryTable'),
  };
}
