import { Command } from 'commander';
import { plural } from '../domain/plural';
import { connect, disconnect } from '../operations/deployment';
import type { ForgetReceipt, ForgottenPlace, RetainedPlace } from '../operations/forget/receipt';
import { CommandFailure } from './failure';
import { withLakeSession } from './lake-session';
import { withProgress } from './progress';
import { formatTable, printable } from './table';

interface Options {
  readonly user: string;
  readonly dryRun?: boolean;
  readonly recount?: boolean;
  readonly json?: boolean;
}

export function forgetCommand(): Command {
  return new Command('forget')
    .description('remove a person from files, tables, KPIs by customer and the warehouse')
    .requiredOption('--user <id>', 'id of the customer, as files have it')
    .option('--dry-run', 'show what would be removed, and change nothing')
    .option('--recount', 'remove orders and events too, so that KPIs no longer count them')
    .option('--json', 'print the receipt as JSON')
    .addHelpText(
      'after',
      `
Orders and events stay without the person, so KPIs count as before. It is safe to run during an execution and to repeat. The
exit code is 1 if something was left, such as a file that waits to be processed.

Examples:
  $ daybook forget --user 4711 --dry-run
  $ daybook forget --user 4711`,
    )
    .action(async (options: Options) => {
      const receipt = await withProgress('looking for the person', options, ({ update, print }) =>
        runForget(options, update, print),
      );
      process.stdout.write(options.json ? `${JSON.stringify(receipt)}\n` : formatReceipt(receipt));
      if (receipt.left.length > 0)
        throw new CommandFailure(`${plural(receipt.left.length, 'object')} left as before`);
    });
}

async function runForget(
  { user, dryRun, recount }: Options,
  onProgress: (place: string) => void,
  onWarning: (text: string) => void,
): Promise<ForgetReceipt> {
  const deployment = await connect();
  try {
    // Loads DuckDB only here.
    const { forgetInDeployment } = await import('../operations/forget/deployed');
    return await withLakeSession(deployment, ({ lake }) =>
      forgetInDeployment(deployment, lake, { user, dryRun, recount }, { onProgress, onWarning }),
    );
  } finally {
    disconnect(deployment);
  }
}

/** Of the retained objects, the first ones are listed. */
const MAX_LISTED = 20;

export function formatReceipt({ dry_run, places, retained, left, not_reached }: ForgetReceipt): string {
  const parts = [dry_run ? 'would change:\n' : 'changed:\n', formatTable(CHANGED, places)];
  if (retained.length > 0) {
    parts.push('still there until a retention ends:\n', formatTable(RETAINED, retained.slice(0, MAX_LISTED)));
    if (retained.length > MAX_LISTED)
      parts.push(`  and ${retained.length - MAX_LISTED} more, listed with --json\n`);
  }
  if (left.length > 0)
    parts.push(
      'left as before:\n',
      ...left.map(({ key, reason }) => `  ${printable(`${key}: ${reason}`)}\n`),
    );
  parts.push('not reached:\n', ...not_reached.map((text) => `  ${text}\n`));
  return parts.join('');
}

const CHANGED = [
  { heading: 'place', text: ({ place }: ForgottenPlace) => place },
  { heading: 'count', right: true, text: ({ count }: ForgottenPlace) => String(count) },
  { heading: 'change', text: ({ change }: ForgottenPlace) => change },
];

const RETAINED = [
  { heading: 'place', text: ({ place }: RetainedPlace) => place },
  { heading: 'what', text: ({ what }: RetainedPlace) => what },
  { heading: 'gone by', text: ({ until }: RetainedPlace) => until ?? 'nothing removes it' },
];
