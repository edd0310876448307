import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import { type Redriven, redrive } from '../operations/queue';
import { withProgress } from './progress';

export function redriveCommand(): Command {
  return new Command('redrive')
    .description('move dead letters back to the queue, for up to five more attempts')
    .option('--dry-run', 'show how many there are, without moving them')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
SQS moves the messages one by one, and continues if you stop the command. First fix the cause of the failed executions
(daybook status). To list the affected files, run daybook files --status dead_letter.

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
