import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { completionCommand } from './completion';
import { consoleCommand } from './console';
import { costCommand } from './cost';
import { demoCommand } from './demo';
import { reportFailure } from './failure';
import { filesCommand } from './files';
import { kpisCommand } from './kpis';
import { lakeCommand } from './lake';
import { localCommand } from './local';
import { maintainCommand } from './maintain';
import { openCommand } from './open';
import { queryCommand } from './query';
import { redriveCommand } from './redrive';
import { replayCommand } from './replay';
import { statusCommand } from './status';
import { uploadCommand } from './upload';
import { verifyCommand } from './verify';

/** Does what a command line asks, and tells the user where that fails. @returns the exit code */
export async function runDaybook(args: readonly string[]): Promise<number> {
  try {
    await daybookProgram().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has told the user already; help and version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error);
  }
}

/** The daybook command with all its subcommands; wrong usage is told with the help, and thrown as a CommanderError. */
export function daybookProgram(): Command {
  const program = new Command('daybook')
    .description('CSV files of a shop in, exact daily KPIs out.')
    .version(version)
    .addHelpText(
      'after',
      `
The commands but local, demo, open, cost and completion talk to AWS, or to whatever endpoint AWS_ENDPOINT_URL names.
DAYBOOK_PREFIX names a deployment with a prefix. docs/cli.md tells more of every command.

Examples:
  $ daybook demo                          the fixtures through a pipeline of their own
  $ daybook demo ~/exports/2025-03        your own files
  $ daybook local                         a pipeline that stays, on http://127.0.0.1:4566
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook upload orders.csv
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook status --watch
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook files --status rejected
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook kpis orders --from 2025-03-01
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook query "select count(*) from orders"
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook verify

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 ended by Ctrl-C, 143 ended by SIGTERM.`,
    )
    .addCommand(localCommand())
    .addCommand(demoCommand())
    .addCommand(consoleCommand())
    .addCommand(openCommand())
    .addCommand(uploadCommand())
    .addCommand(statusCommand())
    .addCommand(filesCommand())
    .addCommand(replayCommand())
    .addCommand(redriveCommand())
    .addCommand(kpisCommand())
    .addCommand(queryCommand())
    .addCommand(verifyCommand())
    .addCommand(lakeCommand())
    .addCommand(maintainCommand())
    .addCommand(costCommand())
    .addCommand(completionCommand());
  tellWrongUsage(program);
  return program;
}

/** Subcommands inherit this only where the parent makes them; ours come from their own files. */
function tellWrongUsage(command: Command): void {
  command.exitOverride().showHelpAfterError();
  for (const subcommand of command.commands) tellWrongUsage(subcommand);
}
