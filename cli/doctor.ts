import { Command, InvalidArgumentError } from 'commander';
import { plural } from '../domain/plural';
import type { Status } from '../operations/doctor/check';
import type { Examination, Result } from '../operations/doctor/doctor';
import { CommandFailure } from './failure';
import { wholeNumber } from './numbers';
import { withProgress } from './progress';
import { printable } from './table';

interface Options {
  readonly profile?: string;
  readonly region?: string;
  readonly context: Readonly<Record<string, string>>;
  readonly try?: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check an AWS account before a deployment, and the deployment after it')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE, or other credentials of the environment)')
    .option('--region <name>', 'AWS region (default: AWS_REGION)')
    .option(
      '-c, --context <name=value>',
      'option of the deployment, as for cdk deploy; repeatable',
      addContext,
      {},
    )
    .option('--try', 'send a file without rows through the pipeline, and wait for its outcome')
    .option('--timeout <seconds>', 'how long --try waits', wholeNumber(1, 86_400), 900)
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Reads the options of the deployment from cdk.json and -c. Changes nothing without --try. A check whose permission is
missing says which one. The exit code is 1 if a check failed.

Examples:
  $ daybook doctor --profile shop --region eu-central-1
  $ daybook doctor -c reserveConcurrency=false
  $ daybook doctor --try`,
    )
    .action(async (options: Options) => {
      // The SDK reads both when it needs credentials.
      if (options.profile !== undefined) process.env.AWS_PROFILE = options.profile;
      if (options.region !== undefined) process.env.AWS_REGION = options.region;
      const examination = await runDoctor(options);
      process.stdout.write(options.json ? `${JSON.stringify(examination)}\n` : format(examination));
      const failures = examination.checks.filter(({ status }) => status === 'failed').length;
      if (failures > 0) throw new CommandFailure(`${plural(failures, 'check')} failed`);
    });
}

async function runDoctor(options: Options): Promise<Examination> {
  // The clients of many services, which only this command needs.
  const { connectAccount, disconnectAccount } = await import('../operations/doctor/account');
  const { examine, result, withoutStack } = await import('../operations/doctor/doctor');
  const { plannedCatalog } = await import('../operations/doctor/planned-catalog');
  const { readContext, synthesizePlan } = await import('../operations/doctor/synthesize');
  const given = { ...(await readContext()), ...options.context };
  const prefix = options.context.prefix ?? (process.env.DAYBOOK_PREFIX || given.prefix) ?? '';
  const context = { ...given, prefix };
  const account = await connectAccount({ ...process.env, DAYBOOK_PREFIX: String(prefix) });
  try {
    const examination = await withProgress('checking', options, () =>
      examine(
        account,
        process.env,
        () => synthesizePlan(context, account),
        () => plannedCatalog(context),
      ),
    );
    if (!options.try) return examination;
    const { SAMPLE_FILE, trySampleFile } = await import('../operations/doctor/sample-file');
    const sample = await withProgress('sample file', options, ({ update }) =>
      result(
        'deployment',
        SAMPLE_FILE,
        async () =>
          withoutStack(examination.deployed ?? undefined) ??
          trySampleFile(account, { timeoutMs: options.timeout * 1000, onProgress: update }),
      ),
    );
    return { ...examination, checks: [...examination.checks, sample] };
  } finally {
    disconnectAccount(account);
  }
}

const WORDS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
  not_checked: 'unknown',
  skipped: 'skipped',
};

function format({ stack, account, region, checks }: Examination): string {
  const place = stack === null ? 'local pipeline' : `stack ${stack}`;
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = (part: Result['part']) =>
    checks
      .filter((check) => check.part === part)
      .flatMap(({ status, title, message, remedy }) => [
        `  ${WORDS[status].padEnd(7)}  ${title.padEnd(width)}  ${message}`,
        ...(remedy === null ? [] : [`  ${' '.repeat(7)}  remedy: ${remedy}`]),
      ]);
  return [
    `${place}, account ${account}, ${region}`,
    '',
    'before a deployment',
    ...lines('account'),
    '',
    'after a deployment',
    ...lines('deployment'),
    '',
  ]
    .map(printable)
    .join('\n');
}

function addContext(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected name=value.');
  return { ...before, [name]: value };
}
