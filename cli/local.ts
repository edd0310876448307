import { Command, Option } from 'commander';
import type { FaultInjection } from 'local-aws';
import { LOCAL_REGION } from '../domain/names';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import { packagePath } from '../package-path';
import { serveConsole } from './console';
import { CommandFailure } from './failure';
import type { LocalOutputs, RunningPipeline } from './local-pipeline';
import { wholeNumber } from './numbers';
import { leaveAddress, removeAddress } from './open';

interface Options {
  readonly port: number;
  readonly data: string;
  readonly every: number;
  readonly console: boolean;
  readonly consolePort?: number;
  readonly readyJson: boolean;
  readonly template: string;
}

/** Of tests that shorten its times, or set clocks. */
const TEMPLATE = new Option('--template <directory>').default(packagePath('cdk.out')).hideHelp();

/** The option that chooses another of what the emulator could not open. */
const OPTION_OF: Readonly<Record<string, string>> = {
  DirectoryInUseError: '--data',
  DynamoDbStoreError: '--data',
  TableDiffersError: '--data',
  EndpointError: '--port',
};

/** `daybook local`: the whole pipeline on this computer, until it is stopped. @param faults of a test */
export function localCommand(faults?: FaultInjection): Command {
  return new Command('local')
    .description('run the whole pipeline on this computer, without an AWS account, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber(0, 65_535), 4566)
    .option('--data <directory>', 'where everything is kept; a later start goes on from there', '.daybook')
    .option('--every <seconds>', 'pause between looks at the queue; 0 for none', wholeNumber(0, 86_400), 5)
    .option(
      '--console-port <port>',
      "the console's port on 127.0.0.1; 0 picks a free one (default: the one after --port)",
      wholeNumber(0, 65_535),
    )
    .option('--no-console', 'serve no console')
    .option(
      '--ready-json',
      'print one line of JSON on standard output once ready, all else on standard error',
      false,
    )
    .addOption(TEMPLATE)
    .addHelpText(
      'after',
      `
Files copied below input/ of the bucket are processed at the next look at the queue. The AWS CLI and every
AWS SDK reach the pipeline with AWS_ENDPOINT_URL; any credentials will do.

Examples:
  $ daybook local
  $ daybook local --port 0 --data /tmp/trial --every 1 --ready-json
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook upload orders.csv

Logs of tasks and functions are below <directory>/logs.`,
    )
    .action(async (options: Options) => {
      await run(options, faults);
    });
}

async function run(options: Options, faults: FaultInjection | undefined): Promise<void> {
  const { port, data, every, readyJson, template, ...page } = options;
  const say = (line: string) => (readyJson ? process.stderr : process.stdout).write(`${line}\n`);
  const log = (line: string) => say(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  // Loaded here, as the other commands start sooner without it.
  const { startLocalPipeline } = await import('./local-pipeline');
  const local = await startLocalPipeline({
    port,
    dataDirectory: data,
    every,
    templateDirectory: template,
    log,
    ...(faults && { faults }),
  }).catch((error: Error) => {
    const option = OPTION_OF[error.name];
    throw option ? new CommandFailure(`${error.message}; set it with ${option}`) : error;
  });
  const consolePort = page.consolePort ?? (port === 0 ? 0 : port + 1);
  const served = page.console ? await openConsole(local, consolePort, data) : undefined;

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    log('stopping; once more to stop at once');
    Promise.all([local.stop(), served?.close()]).then(
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
  say(introduction(local.outputs, console, data, every));
  if (readyJson) process.stdout.write(`${JSON.stringify({ ...local.outputs, console })}\n`);
}

/** The console of a pipeline that runs in this process; where it cannot be served the pipeline is stopped. */
async function openConsole(local: RunningPipeline, port: number, data: string) {
  let deployment: Deployment | undefined;
  try {
    deployment = await connect({ AWS_ENDPOINT_URL: local.outputs.endpoint });
    const { url, close } = await serveConsole(deployment, port, local.clock);
    await leaveAddress(data, url);
    return {
      url,
      close: async () => {
        await Promise.all([close(), removeAddress(data)]);
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
  { endpoint, bucket }: LocalOutputs,
  console: string | null,
  data: string,
  every: number,
): string {
  const pace = every > 0 ? `the queue is looked at every ${every} s` : 'nothing looks at the queue by itself';
  return `Daybook runs on ${endpoint}; its data is in ${data}; ${pace}.
${console === null ? '' : `\n  console  ${console}\n`}
  export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${LOCAL_REGION} AWS_DEFAULT_REGION=${LOCAL_REGION}

  aws s3 cp orders.csv s3://${bucket}/input/
  daybook status
  daybook kpis orders

Ctrl-C ends it.
`;
}
