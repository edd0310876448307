import { type LocalOptions, type LocalRuntime, startLocal } from 'local-aws';
import { catalog } from '../catalog/catalog';
import { LOCAL_ACCOUNT, LOCAL_REGION, resourceNames, tableOutput } from '../domain/names';
import { clientConfig } from '../operations/deployment';
import { packagePath } from '../package-path';
import { secretText } from '../storage/secret';
import { describeExecution, isNested } from './execution-line';
import { shortenIntervals } from './local-intervals';
import { announceWaitingFiles } from './waiting-files';

/** The output of `daybook local --ready-json`. */
export interface LocalOutputs {
  readonly endpoint: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly stateMachineArn: string;
  /** The DynamoDB tables of marts; custom catalogs add others. */
  readonly orderTable: string;
  readonly categoryTable: string;
  /** The entry points for events; null without `events`. */
  readonly eventsUrl: string | null;
  /** An API key of `eventsUrl`. */
  readonly eventsKey: string | null;
  readonly eventQueueUrl: string | null;
  /** Null without `eventStream`. */
  readonly eventStream: string | null;
  /** The address of the warehouse; null without one. */
  readonly warehouse: string | null;
}

export interface RunningPipeline extends Omit<LocalRuntime, 'endpoint' | 'outputs'> {
  readonly outputs: LocalOutputs;
}

type PipelineOptions = Pick<
  LocalOptions,
  | 'port'
  | 'dataDirectory'
  | 'every'
  | 'log'
  | 'onDecision'
  | 'clock'
  | 'faults'
  | 'retryPauseMs'
  | 'listExecutionsLagMs'
> & {
  /** Replaces the template that the build wrote. */
  readonly templateDirectory?: string | undefined;
  /** Opens the warehouse of a template that has one. @returns its address */
  readonly openWarehouse?: (() => Promise<string>) | undefined;
};

/** Deploys the pipeline's template to an AWS emulator in this process, and runs it. @throws like `startLocal` */
export async function startLocalPipeline(options: PipelineOptions): Promise<RunningPipeline> {
  const { log = () => {}, openWarehouse } = options;
  let warehouse: string | null = null;
  const local = await startLocal({
    ...options,
    account: LOCAL_ACCOUNT,
    region: LOCAL_REGION,
    stack: 'Daybook',
    templateDirectory: options.templateDirectory ?? packagePath('dist', 'template'),
    bundles: {
      lambdaRuntime: packagePath('dist', 'local', 'lambda-runtime.cjs'),
      parentWatch: packagePath('dist', 'local', 'parent-watch.cjs'),
    },
    adjust: shortenIntervals,
    onExecution: (execution) => {
      if (!isNested(execution)) log(describeExecution(execution));
    },
    async onDeployed(deployed) {
      if (openWarehouse) {
        warehouse = await openWarehouse();
        const { warehouse: name } = resourceNames();
        deployed.secrets.put(name, warehouse, deployed.secrets.find(name)?.description);
      }
      const waiting = await announceWaitingFiles(deployed);
      if (waiting > 0) log(`${waiting} waiting ${waiting === 1 ? 'file' : 'files'} queued again`);
    },
  });
  const output = (name: string) => {
    const value = local.outputs[name];
    if (value === undefined) throw new Error(`the template has no output ${name}`);
    return value;
  };
  const tables = Object.fromEntries(
    catalog.served.map(({ name }) => {
      const key = tableOutput(name);
      return [key.charAt(0).toLowerCase() + key.slice(1), output(key)];
    }),
  ) as Pick<LocalOutputs, 'orderTable' | 'categoryTable'>;
  const outputs = {
    endpoint: local.endpoint,
    bucket: output('BucketName'),
    queueUrl: output('QueueUrl'),
    deadLetterQueueUrl: output('DeadLetterQueueUrl'),
    stateMachineArn: output('StateMachineArn'),
    ...tables,
    eventsUrl: local.outputs.EventsUrl ?? null,
    eventsKey: await firstKey(local),
    eventQueueUrl: local.outputs.EventQueueUrl ?? null,
    eventStream: local.outputs.EventStream ?? null,
    warehouse,
  };
  return { ...local, outputs };
}

/** The first of the API keys for events. */
async function firstKey({ endpoint, outputs }: LocalRuntime): Promise<string | null> {
  const { EventKeysArn: secret } = outputs;
  if (secret === undefined) return null;
  const { isLocal: _, ...config } = clientConfig({ AWS_ENDPOINT_URL: endpoint });
  const [key] = Object.values<string>(JSON.parse(await secretText(secret, config)));
  return key ?? null;
}
