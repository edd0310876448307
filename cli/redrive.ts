import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import { type Redriven, redrive } from '../operations/queue';
import { withProgress } from './progress';

export function redriveCommand(): Command {
  return new Command('redrive')
    .description('move dead letters back to the queue, for five more tries')
    .option('--dry-run', 'say how many there are, and move none')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
SQS moves them by itself, one by one: ended on the way, it goes on, and nothing is lost. First mend what made the
executions fail (daybook status); which files it is about, daybook files --status dead_letter tells.

Examples:
  $ daybook redrive --dry-run
  $ daybook redrive`,
    )
    .action(async ({ dryRun = false, json }: { dryRun?: boolean; json?: boolean }) => {
      const deployment = await connect();
      try {
        const result = await withProgress('moving dead letters', { json }, () => redrive(deployment, dryRun));
        process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${describe(result)}\n`);
      } finally {
        disconnect(deployment);
      }
    });
}

function describe({ dead_letters, moved }: Redriven): string {
  if (dead_letters === 0) return 'no dead letters';
  return moved === 0
    ? `${plural(dead_letters, 'dead letter')}; none moved`
    : `${plural(moved, 'dead letter')} moved back to the queue`;
}
