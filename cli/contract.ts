import { Command } from 'commander';
import { contractCheckCommand } from './contract-check';
import { contractListCommand, contractShowCommand } from './contract-list';

export function contractCommand(): Command {
  return new Command('contract')
    .description('check files against the contracts, and list and show contracts')
    .addHelpText(
      'after',
      `
Examples:
  $ daybook contract check exports/orders.csv
  $ daybook contract list`,
    )
    .addCommand(contractCheckCommand())
    .addCommand(contractListCommand())
    .addCommand(contractShowCommand());
}
