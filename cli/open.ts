import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
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
      const url = await readAddress(data);
      process.stdout.write(json ? `${JSON.stringify({ console: url })}\n` : `${url}\n`);
      if (!print && !json) openInBrowser(url);
    });
}

const addressFile = (dataDirectory: string): string => path.join(dataDirectory, 'console-url');

/** Saves a console's address, which contains its token, for `daybook open`. Only this user can read it. */
export async function saveAddress(dataDirectory: string, url: string): Promise<void> {
  // Created again, as an existing file would keep its permissions.
  await removeAddress(dataDirectory);
  await writeFile(addressFile(dataDirectory), `${url}\n`, { mode: 0o600, flag: 'wx' });
}

export function removeAddress(dataDirectory: string): Promise<void> {
  return rm(addressFile(dataDirectory), { force: true });
}

/** @throws CommandFailure if no pipeline with a console runs on the directory */
async function readAddress(dataDirectory: string): Promise<string> {
  const url = await readFile(addressFile(dataDirectory), 'utf8').catch(() => '');
  const answers = url !== '' && (await fetch(new URL('/', url)).then(Boolean, () => false));
  if (answers) return url.trim();
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
