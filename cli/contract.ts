import { Command } from 'commander';
import { contractCheckCommand } from './contract-check';
import { contractInferCommand } from './contract-infer';
import { contractListCommand, contractShowCommand } from './contract-list';

export function contractCommand(): Command {
  return new Command('contract')
    .description('check files against contracts, draft contracts, and list and show them')
    .addHelpText(
      'after',
      `
Examples:
  $ daybook contract check exports/orders.csv
  $ daybook contract list`,
    )
    .addCommand(contractCheckCommand())
    .addCommand(contractInferCommand())
    .addCommand(contractListCommand())
    .addCommand(contractShowCommand());
}
