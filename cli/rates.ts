import { Command } from 'commander';
import { plural } from '../domain/plural';
import type { RatesOutcome } from '../domain/workflow';
import { connect, disconnect } from '../operations/deployment';
import { downloadRates } from '../operations/rates';
import { withProgress } from './progress';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

export function ratesCommand(): Command {
  return new Command('rates')
    .description('download the published currency rates into input/ now, as the schedule does')
    .option('--all', 'also the rates that were written before')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
For a deployment with a warehouse, or with -c rates=true; locally for daybook local --rates. The next execution loads the rates.

Examples:
  $ daybook rates
  $ daybook rates --all`,
    )
    .action(async ({ all = false, json }: Options) => {
      const deployment = await connect();
      try {
        const outcome = await withProgress('downloading currency rates', { json }, () =>
          downloadRates(deployment, all),
        );
        process.stdout.write(json ? `${JSON.stringify(outcome)}\n` : `${describe(outcome)}\n`);
      } finally {
        disconnect(deployment);
      }
    });
}

const describe = ({ url, key, rates, through }: RatesOutcome): string =>
  key === null
    ? `no new rates at ${url}; the last day is ${through}`
    : `${plural(rates, 'rate')} until ${through} in ${key}, from ${url}`;
