import { Command } from 'commander';
import { connect, type Deployment, disconnect } from '../operations/deployment';
import type { LocalSchedule } from '../operations/health/views';
import { packagePath } from '../package-path';
import { wholeNumber } from './numbers';
import { openInBrowser } from './open';

interface Options {
  readonly profile?: string;
  readonly region?: string;
  readonly port: number;
  readonly open: boolean;
  readonly json?: boolean;
}

/** `daybook console`: serves the web page for a deployment until it is stopped. */
export function consoleCommand(): Command {
  return new Command('console')
    .description('serve the web console for a deployment on this computer, until Ctrl-C')
    .option('--profile <name>', 'AWS profile (default: AWS_PROFILE, or other credentials of the environment)')
    .option('--region <name>', 'AWS region (default: AWS_REGION)')
    .option('--port <port>', 'port on 127.0.0.1; 0 picks a free one', wholeNumber(0, 65_535), 4567)
    .option('--no-open', 'do not open a browser')
    .option('--json', 'print the address as one line of JSON once it is served, and do not open a browser')
    .addHelpText(
      'after',
      `
The address contains a token, new on every start: anyone who has it can use your permissions. The credentials stay in
this process. A local pipeline (daybook local) serves its own console.

Examples:
  $ daybook console --profile shop --region eu-central-1
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 daybook console --port 0 --no-open`,
    )
    .action(async ({ profile, region, port, open, json }: Options) => {
      // The SDK reads both when it needs credentials.
      if (profile !== undefined) process.env.AWS_PROFILE = profile;
      if (region !== undefined) process.env.AWS_REGION = region;
      const deployment = await connect();
      try {
        const { url, close } = await serveConsole(deployment, port);
        process.stdout.write(
          json ? `${JSON.stringify({ console: url })}\n` : `console  ${url}\n\nPress Ctrl-C to stop.\n`,
        );
        if (open && !json) openInBrowser(url);
        await new Promise((resolve) => {
          process.once('SIGINT', resolve);
          process.once('SIGTERM', resolve);
        });
        await close();
      } finally {
        disconnect(deployment);
      }
    });
}

/**
 * @param clock reads the schedule of a local pipeline in this process
 * @throws ConsolePortError
 */
export async function serveConsole(deployment: Deployment, port: number, clock?: () => LocalSchedule) {
  // Loaded only by the commands that serve the console.
  const { startConsole } = await import('../console/server/server');
  return startConsole({ deployment, port, clock, assetsDirectory: packagePath('dist', 'console') });
}
