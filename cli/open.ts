import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { readAddress } from './address-file';
import { CommandFailure } from './failure';

/** `daybook open`: opens the console of the local pipeline in the browser. */
export function openCommand(): Command {
  return new Command('open')
    .description("open the local pipeline's console in the browser")
    .option('--data <directory>', "the pipeline's directory, as given to daybook local", '.daybook')
    .option('--print', 'print the address only')
    .option('--json', 'print the address as JSON only')
    .addHelpText('after', '\nExamples:\n  $ daybook open\n  $ daybook open --print')
    .action(async ({ data, print, json }: { data: string; print?: boolean; json?: boolean }) => {
      const url = await consoleUrl(data);
      process.stdout.write(json ? `${JSON.stringify({ console: url })}\n` : `${url}\n`);
      if (!print && !json) openInBrowser(url);
    });
}

/** @throws CommandFailure if no pipeline with a console runs on the directory */
async function consoleUrl(dataDirectory: string): Promise<string> {
  const url = await readAddress(dataDirectory, 'console-url');
  const answers = url !== '' && (await fetch(new URL('/', url)).then(Boolean, () => false));
  if (answers) return url;
  throw new CommandFailure(
    `no local pipeline with a console runs on ${dataDirectory}; start it with: daybook local --data ${dataDirectory}`,
  );
}

/** Opens an address in the default browser; if there is none, the user can open the printed address. */
export function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  if (command === undefined) return;
  const opening = spawn(command, args, { detached: true, stdio: 'ignore' });
  opening.once('error', () =>
    process.stderr.write('daybook: cannot open a browser; open the address yourself\n'),
  );
  opening.unref();
}
