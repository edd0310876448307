import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import { plural } from '../domain/file-rules';
import { connect, type Deployment, disconnect } from './deployment';
import { CommandFailure } from './failure';

const POLL_MS = 500;

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
        const result = await redrive(deployment, dryRun);
        process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${describe(result)}\n`);
      } finally {
        disconnect(deployment);
      }
    });
}

export interface Redriven {
  /** Before the move, as SQS counts them: about. */
  readonly dead_letters: number;
  readonly moved: number;
}

/**
 * Moves the dead letters back to the queue they came from, and waits for the end of it.
 * @throws CommandFailure where SQS gave up; those it had not moved are dead letters still
 */
export async function redrive({ sqs, names }: Deployment, dryRun: boolean): Promise<Redriven> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.deadLetterQueue }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
    }),
  );
  const dead_letters = Number(Attributes.ApproximateNumberOfMessages);
  if (dryRun || dead_letters === 0) return { dead_letters, moved: 0 };
  const SourceArn = Attributes.QueueArn;
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  for (;;) {
    // The newest task comes first.
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
    const { Status, ApproximateNumberOfMessagesMoved: moved = 0, FailureReason } = Results[0] ?? {};
    if (Status === 'COMPLETED') return { dead_letters, moved };
    if (Status !== 'RUNNING') {
      throw new CommandFailure(
        `${moved} of ${plural(dead_letters, 'dead letter')} moved, then SQS ended the task as ${Status}: ${FailureReason ?? 'no reason given'}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function describe({ dead_letters, moved }: Redriven): string {
  if (dead_letters === 0) return 'no dead letters';
  return moved === 0
    ? `${plural(dead_letters, 'dead letter')}; none moved`
    : `${plural(moved, 'dead letter')} moved back to the queue`;
}
