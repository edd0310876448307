import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import type { KeptReason, RedrivenEvents } from '../operations/events/views';
import { type Redriven, redrive } from '../operations/queue';
import { CommandFailure } from './failure';
import { withProgress } from './progress';

interface Options {
  readonly dryRun?: boolean;
  readonly events?: boolean;
  readonly json?: boolean;
}

export function redriveCommand(): Command {
  return new Command('redrive')
    .description('move dead letters back to the queue, for up to five more attempts')
    .option('--events', 'those of events instead: write them to input/events/, as ingest would')
    .option('--dry-run', 'show how many there are, without moving them')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
SQS moves the messages of files one by one, and continues if you stop the command. First fix the cause of the failed executions
(daybook status). To list the affected files, run daybook files --status dead_letter. Messages that are no events stay in their
queue, with what to do.

Examples:
  $ daybook redrive --dry-run
  $ daybook redrive
  $ daybook redrive --events`,
    )
    .action(async ({ dryRun = false, events = false, json }: Options) => {
      const deployment = await connect();
      try {
        const [result, text] = await withProgress('moving dead letters', { json }, () =>
          events ? ofEvents(deployment, dryRun) : ofFiles(deployment, dryRun),
        );
        process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${text}\n`);
      } finally {
        disconnect(deployment);
      }
    });
}

async function ofFiles(deployment: Deployment, dryRun: boolean): Promise<[Redriven, string]> {
  const result = await redrive(deployment, dryRun);
  return [result, describe(result, 'moved back to the queue')];
}

async function ofEvents(deployment: Deployment, dryRun: boolean): Promise<[RedrivenEvents, string]> {
  const { KEPT_REASONS, redriveEvents } = await import('../operations/events/dead-letters');
  const result = await redriveEvents(deployment, dryRun);
  if (!result) throw new CommandFailure('this deployment has no entry points for events (events=false)');
  const kept = Object.entries(KEPT_REASONS).flatMap(([reason, remedy]) => {
    const count = result.kept[reason as KeptReason] ?? 0;
    return count > 0 ? [`${plural(count, 'dead letter')} kept: ${remedy}`] : [];
  });
  return [result, [describe(result, 'written to input/events/'), ...kept].join('\n')];
}

function describe(
  { dead_letters, moved }: Pick<Redriven, 'dead_letters' | 'moved'>,
  whatWasDone: string,
): string {
  if (dead_letters === 0) return 'no dead letters';
  return moved === 0
    ? `${plural(dead_letters, 'dead letter')}; none moved`
    : `${plural(moved, 'dead letter')} ${whatWasDone}`;
}
