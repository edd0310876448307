import { Command, InvalidArgumentError, Option } from 'commander';
import type { FaultInjection } from 'local-aws';
import { catalog } from '../catalog/catalog';
import { LOCAL_REGION } from '../domain/names';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { removeAddress, saveAddress } from './address-file';
import { serveConsole } from './console';
import {
  contractsOption,
  type DefinitionOptions,
  definitionOptions,
  martsOption,
  withoutMartsOption,
} from './definition-options';
import { CommandFailure } from './failure';
import type { LocalOutputs, RunningPipeline } from './local-pipeline';
import type { LocalWarehouse } from './local-warehouse';
import { wholeNumber } from './numbers';
import { templateFor } from './own-template';

interface Options {
  readonly port: number;
  readonly data: string;
  readonly every: number;
  readonly console: boolean;
  readonly consolePort?: number;
  readonly readyJson: boolean;
  readonly kafka?: string;
  readonly eventStream: boolean;
  readonly warehouse?: string | true;
  readonly warehousePort?: number;
  readonly rates?: string | true;
  readonly spark?: number | true;
  readonly template?: string;
  readonly listLag: number;
}

/** For tests with shorter intervals. */
const TEMPLATE = new Option('--template <directory>').hideHelp();

/** For tests: milliseconds until ListExecutions shows a start or an end. */
const LIST_LAG = new Option('--list-lag <milliseconds>')
  .argParser(wholeNumber(0, 60_000))
  .default(0)
  .hideHelp();

/** The option to change, by the error with which the emulator failed to start. */
const OPTION_OF: Readonly<Record<string, string>> = {
  DirectoryInUseError: '--data',
  DynamoDbStoreError: '--data',
  TableDiffersError: '--data',
  EndpointError: '--port',
  LocalWarehouseError: '--warehouse-port',
  WarehouseError: '--warehouse',
};

/** `daybook local`: runs the whole pipeline on this computer until it is stopped. @param faults for tests */
export function localCommand(faults?: FaultInjection): Command {
  return new Command('local')
    .description('run the whole pipeline on this computer, without an AWS account, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber(0, 65_535), 4566)
    .option('--data <directory>', 'data directory; a later start continues from it', '.daybook')
    .option(
      '--every <seconds>',
      'interval between orchestrator runs; 0 to disable',
      wholeNumber(0, 86_400),
      5,
    )
    .option(
      '--console-port <port>',
      "the console's port on 127.0.0.1; 0 picks a free one (default: the one after --port)",
      wholeNumber(0, 65_535),
    )
    .option('--no-console', 'do not serve the console')
    .option(
      '--ready-json',
      'print one line of JSON to standard output once ready, everything else to standard error',
      false,
    )
    .option('--kafka <servers>', 'read events from topics of a Kafka cluster: host:port, comma-separated')
    .option('--event-stream', 'collect events into a Kinesis stream instead of the queue', false)
    .option(
      '--warehouse [url]',
      'load a star schema into PostgreSQL: postgres://user:password@host:port/database (default: a server of its own, PGlite)',
      postgresUrl,
    )
    .option(
      '--warehouse-port <port>',
      "PGlite's port on 127.0.0.1; 0 picks a free one (default: the second one after --port)",
      wholeNumber(0, 65_535),
    )
    .option(
      '--rates [url]',
      "download currency rates every working day, and with daybook rates (default: the ECB's)",
      httpUrl,
    )
    .option(
      '--spark [bytes]',
      'run stage and transform of batches of at least so many bytes on Spark, with spark-submit on this computer (default: as deployed, 5 GB)',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .addOption(contractsOption())
    .addOption(martsOption())
    .addOption(withoutMartsOption())
    .addOption(TEMPLATE)
    .addOption(LIST_LAG)
    .addHelpText(
      'after',
      `
The next orchestrator run processes files that were copied to input/ in the bucket. To use the pipeline with the AWS CLI
or an AWS SDK, set AWS_ENDPOINT_URL; any credentials are accepted.

Examples:
  $ daybook local
  $ daybook local --contracts our-contracts --marts our-marts
  $ daybook local --kafka 127.0.0.1:9092
  $ daybook local --warehouse
  $ daybook local --warehouse --rates
  $ daybook local --spark 1000000
  $ daybook local --port 0 --data /tmp/trial --every 1 --ready-json
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook upload orders.csv

Logs of tasks and functions are in <directory>/logs.`,
    )
    .action(async (options: Options) => {
      await run(options, faults);
    });
}

async function run(options: Options, faults: FaultInjection | undefined): Promise<void> {
  const { port, data, every, readyJson, template, listLag, kafka, eventStream, warehouse, ...others } =
    options;
  const { rates, spark, ...page } = others;
  const say = (line: string) => (readyJson ? process.stderr : process.stdout).write(`${line}\n`);
  const log = (line: string) => say(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  const definitions = definitionOptions(process.argv, process.env);
  const context = {
    ...(kafka !== undefined && { kafkaBootstrap: kafka }),
    ...(eventStream && { eventStream: 'true' }),
    // Nothing is downloaded from the internet that nobody asked for.
    ...(warehouse !== undefined && { warehouse: 'server', rates: 'false' }),
    ...(rates !== undefined && { rates: 'true' }),
    ...(typeof rates === 'string' && { ratesUrl: rates }),
    ...(spark !== undefined && { spark: 'true' }),
    ...(typeof spark === 'number' && { sparkBatchBytes: String(spark) }),
  };
  if (spark !== undefined) log(`${await describeSpark()} runs batches that are large`);
  // Loaded here, so that the other commands start faster.
  const { startLocalPipeline } = await import('./local-pipeline');
  let pglite: LocalWarehouse | undefined;
  const openWarehouse = async () => {
    const { migrateWarehouse, startPglite } = await import('./local-warehouse');
    if (typeof warehouse !== 'string')
      pglite = await startPglite(data, options.warehousePort ?? (port === 0 ? 0 : port + 2));
    const url = pglite?.url ?? String(warehouse);
    await migrateWarehouse(url);
    return url;
  };
  const local = await startLocalPipeline({
    port,
    dataDirectory: data,
    every,
    templateDirectory: template ?? (await templateFor(definitions, data, context)),
    listExecutionsLagMs: listLag,
    ...(warehouse !== undefined && { openWarehouse }),
    log,
    ...(faults && { faults }),
  }).catch((error: Error) => {
    const option = OPTION_OF[error.name];
    throw option ? new CommandFailure(`${error.message}; set it with ${option}`) : error;
  });
  await warnOfMismatches(local, say);
  const consolePort = page.consolePort ?? (port === 0 ? 0 : port + 1);
  const { eventsUrl, eventsKey } = local.outputs;
  if (eventsUrl !== null)
    await saveAddress(data, 'events-endpoint', JSON.stringify({ url: eventsUrl, key: eventsKey }));
  if (local.outputs.warehouse !== null) await saveAddress(data, 'warehouse-url', local.outputs.warehouse);
  const served = page.console ? await openConsole(local, consolePort, data) : undefined;

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    log('stopping; press Ctrl-C again to stop immediately');
    const closing = [
      served?.close(),
      removeAddress(data, 'events-endpoint'),
      removeAddress(data, 'warehouse-url'),
    ];
    // The tasks that run until the pipeline has stopped still load.
    Promise.all([local.stop().then(() => pglite?.stop()), ...closing]).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`daybook: ${error instanceof Error ? error.stack : error}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  const console = served?.url ?? null;
  say(introduction(local.outputs, console, data, every, definitions));
  if (readyJson) process.stdout.write(`${JSON.stringify({ ...local.outputs, console })}\n`);
}

/** @throws CommandFailure where jobs cannot run */
async function describeSpark(): Promise<string> {
  const { findSpark } = await import('local-aws');
  const { version, home } = await findSpark().catch((error: Error) => {
    throw error.name === 'SparkMissingError' ? new CommandFailure(error.message) : error;
  });
  return `Spark ${version} in ${home}`;
}

/** Says which files stage will refuse, because their contracts do not fit the tables of an earlier start. */
async function warnOfMismatches({ outputs }: RunningPipeline, say: (line: string) => void): Promise<void> {
  const deployment = await connect({ AWS_ENDPOINT_URL: outputs.endpoint });
  try {
    const { withLake } = await import('../operations/lake/session');
    const { contractMismatches } = await import('../operations/lake/contract-mismatches');
    const mismatches = await withLake(deployment, (lake) => contractMismatches(lake, catalog));
    for (const mismatch of mismatches) say(`warning: ${mismatch}`);
  } finally {
    disconnect(deployment);
  }
}

/** Serves the console of a pipeline in this process; if that fails, stops the pipeline. */
async function openConsole(local: RunningPipeline, port: number, data: string) {
  let deployment: Deployment | undefined;
  try {
    deployment = await connect({ AWS_ENDPOINT_URL: local.outputs.endpoint });
    const { url, close } = await serveConsole(deployment, port, local.clock);
    await saveAddress(data, 'console-url', url);
    return {
      url,
      close: async () => {
        await Promise.all([close(), removeAddress(data, 'console-url')]);
        if (deployment) disconnect(deployment);
      },
    };
  } catch (error) {
    if (deployment) disconnect(deployment);
    await local.stop();
    if (error instanceof Error && error.name === 'ConsolePortError') {
      throw new CommandFailure(
        `${error.message}; choose another with --console-port, or none with --no-console`,
      );
    }
    throw error;
  }
}

function introduction(
  { endpoint, bucket, eventsUrl, eventsKey, warehouse }: LocalOutputs,
  console: string | null,
  data: string,
  every: number,
  { contracts, marts, withoutMarts }: DefinitionOptions,
): string {
  const schedule = every > 0 ? `the orchestrator runs every ${every} s` : 'the orchestrator has no schedule';
  const own = [
    ...(contracts.length > 0 ? [` DAYBOOK_CONTRACTS=${contracts.join(',')}`] : []),
    ...(marts.length > 0 ? [` DAYBOOK_MARTS=${marts.join(',')}`] : []),
    ...(withoutMarts.length > 0 ? [` DAYBOOK_WITHOUT_MARTS=${withoutMarts.join(',')}`] : []),
  ].join('');
  const post =
    eventsUrl === null
      ? ''
      : `
  curl ${eventsUrl} -H 'x-api-key: ${eventsKey}' -H 'content-type: application/json' -d '{"event_name":"page_view"}'`;
  return `Daybook runs on ${endpoint}; its data is in ${data}; ${schedule}.
${console === null ? '' : `\n  console  ${console}\n`}
  export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${LOCAL_REGION} AWS_DEFAULT_REGION=${LOCAL_REGION}${own}

  aws s3 cp orders.csv s3://${bucket}/input/
  daybook status
  daybook kpis orders${post}${warehouse === null ? '' : `\n  psql '${withoutPassword(warehouse)}'`}

Press Ctrl-C to stop.
`;
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = '';
  return url.href;
}

function postgresUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected postgres://user:password@host:port/database.');
}

function httpUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Expected http:// or https:// and so on.');
}
