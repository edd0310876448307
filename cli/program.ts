import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { airflowCommand } from './airflow';
import { completionCommand } from './completion';
import { consoleCommand } from './console';
import { contractCommand } from './contract';
import { costCommand } from './cost';
import { demoCommand } from './demo';
import { doctorCommand } from './doctor';
import { eventsCommand } from './events';
import { reportFailure } from './failure';
import { filesCommand } from './files';
import { forgetCommand } from './forget';
import { kpisCommand } from './kpis';
import { lakeCommand } from './lake';
import { liveCommand } from './live';
import { localCommand } from './local';
import { maintainCommand } from './maintain';
import { martCommand } from './mart';
import { openCommand } from './open';
import { queryCommand } from './query';
import { ratesCommand } from './rates';
import { redriveCommand } from './redrive';
import { replayCommand } from './replay';
import { statusCommand } from './status';
import { uploadCommand } from './upload';
import { verifyCommand } from './verify';
import { warehouseCommand } from './warehouse';

/** Runs a command line and prints its errors. @returns the exit code */
export async function runDaybook(args: readonly string[]): Promise<number> {
  try {
    await daybookProgram().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has already printed a message; help and version are not failures.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(error);
  }
}

/** The daybook command with all its subcommands. Wrong usage prints the help and throws a CommanderError. */
export function daybookProgram(): Command {
  const program = new Command('daybook')
    .description('Compute exact daily KPIs from the CSV files of a shop.')
    .version(version)
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
All commands except local, demo, open, events, contract, airflow, cost and completion connect to AWS, or to the endpoint
in AWS_ENDPOINT_URL.
DAYBOOK_PREFIX selects a deployment with a prefix. See docs/cli.md for details.

Examples:
  $ daybook demo                          run the fixtures through a temporary pipeline
  $ daybook demo ~/exports/2025-03        run your own files
  $ daybook local                         run a local pipeline on http://127.0.0.1:4566
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook upload orders.csv
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook status --watch
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook files --status rejected
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook kpis orders --from 2025-03-01
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook query "select count(*) from orders"
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook verify

Exit codes: 0 success, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.`,
    )
    .addCommand(localCommand())
    .addCommand(demoCommand())
    .addCommand(doctorCommand())
    .addCommand(consoleCommand())
    .addCommand(openCommand())
    .addCommand(uploadCommand())
    .addCommand(eventsCommand())
    .addCommand(liveCommand())
    .addCommand(statusCommand())
    .addCommand(filesCommand())
    .addCommand(replayCommand())
    .addCommand(redriveCommand())
    .addCommand(kpisCommand())
    .addCommand(martCommand())
    .addCommand(queryCommand())
    .addCommand(verifyCommand())
    .addCommand(forgetCommand())
    .addCommand(warehouseCommand())
    .addCommand(ratesCommand())
    .addCommand(lakeCommand())
    .addCommand(contractCommand())
    .addCommand(maintainCommand())
    .addCommand(airflowCommand())
    .addCommand(costCommand())
    .addCommand(completionCommand());
  showHelpAfterErrors(program);
  return program;
}

/** Subcommands inherit this only if the parent creates them; these are created in their own files. */
function showHelpAfterErrors(command: Command): void {
  command.exitOverride().showHelpAfterError();
  for (const subcommand of command.commands) showHelpAfterErrors(subcommand);
}
