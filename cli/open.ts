import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { CommandFailure } from './failure';

/** `daybook open`: the console of the local pipeline, in the browser. */
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

/** Leaves a console's address, which holds its token, where `daybook open` finds it; for this user's eyes alone. */
export async function leaveAddress(dataDirectory: string, url: string): Promise<void> {
  // Made anew, as a file that is there keeps the rights it has.
  await removeAddress(dataDirectory);
  await writeFile(addressFile(dataDirectory), `${url}\n`, { mode: 0o600, flag: 'wx' });
}

export function removeAddress(dataDirectory: string): Promise<void> {
  return rm(addressFile(dataDirectory), { force: true });
}

/** @throws CommandFailure where no pipeline runs there, or it serves no console */
async function readAddress(dataDirectory: string): Promise<string> {
  const url = await readFile(addressFile(dataDirectory), 'utf8').catch(() => '');
  const answers = url !== '' && (await fetch(new URL('/', url)).then(Boolean, () => false));
  if (answers) return url.trim();
  throw new CommandFailure(
    `no local pipeline with a console runs on ${dataDirectory}; start it with: daybook local --data ${dataDirectory}`,
  );
}

/** Hands an address of ours to the desktop; where there is none, the user has the printed address. */
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
    process.stderr.write('daybook: no browser to open here; open the address yourself\n'),
  );
  opening.unref();
}
