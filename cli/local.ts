import { Command, InvalidArgumentError } from 'commander';
import { LOCAL_REGION } from '../domain/names';
import type { LocalOutputs } from '../local/runtime';
import { packagePath } from '../package-path';

interface Options {
  readonly port: number;
  readonly data: string;
  readonly every: number;
  readonly readyJson: boolean;
}

/** `daybook local`: the whole pipeline on this computer, until it is stopped. */
export function localCommand(): Command {
  return new Command('local')
    .description('run the whole pipeline on this computer, without an AWS account, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber(65_535), 4566)
    .option('--data <directory>', 'where everything is kept; a later start goes on from there', '.daybook')
    .option('--every <seconds>', 'pause between looks at the queue; 0 for none', wholeNumber(86_400), 5)
    .option(
      '--ready-json',
      'print one line of JSON on standard output once ready, all else on standard error',
      false,
    )
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
      await run(options);
    });
}

async function run({ port, data, every, readyJson }: Options): Promise<void> {
  const say = (line: string) => (readyJson ? process.stderr : process.stdout).write(`${line}\n`);
  const log = (line: string) => say(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  // Loaded here, as the other commands start sooner without it.
  const { startLocal } = await import('../local/runtime');
  const local = await startLocal({
    port,
    dataDirectory: data,
    every,
    templateDirectory: packagePath('cdk.out'),
    log,
  });

  let isStopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    log('stopping; once more to stop at once');
    local.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`daybook: ${error instanceof Error ? error.stack : error}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  say(introduction(local.outputs, data, every));
  if (readyJson) process.stdout.write(`${JSON.stringify(local.outputs)}\n`);
}

function introduction({ endpoint, bucket }: LocalOutputs, data: string, every: number): string {
  const pace = every > 0 ? `the queue is looked at every ${every} s` : 'nothing looks at the queue by itself';
  return `Daybook runs on ${endpoint}; its data is in ${data}; ${pace}.

  export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${LOCAL_REGION} AWS_DEFAULT_REGION=${LOCAL_REGION}

  aws s3 cp orders.csv s3://${bucket}/input/
  daybook status
  daybook kpis orders

Ctrl-C ends it.
`;
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${max}.`);
  };
}
