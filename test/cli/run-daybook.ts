import { execFile } from 'node:child_process';
import path from 'node:path';
import { runDaybook } from '../../cli/program';

export const COMMAND = path.join(__dirname, '../../bin/daybook.cjs');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The daybook command as a user runs it, in an environment that names no AWS but what is given.
 * @param home where the SDK looks for a profile; nothing is there
 */
export function daybook(
  args: readonly string[],
  environment: Record<string, string> = {},
  home = '/nowhere',
): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

const NO_AWS = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
};

let last: Promise<unknown> = Promise.resolve();

/** The same within this process, which takes less time; one after the other. */
export function daybookHere(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const ran = last.then(() => runHere(args, environment));
  last = ran.catch(() => {});
  return ran;
}

async function runHere(args: readonly string[], environment: Record<string, string>): Promise<Ran> {
  const outputs = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    jest.spyOn(process[name], 'write').mockImplementation((chunk) => {
      outputs[name] += String(chunk);
      return true;
    }),
  );
  const before = { ...process.env };
  const others = Object.entries(before).filter(([name]) => !/^(AWS_(?!SDK_JS)|DAYBOOK_)/.test(name));
  process.env = { ...Object.fromEntries(others), ...NO_AWS, ...environment };
  try {
    const code = await runDaybook(args);
    return { code, ...outputs };
  } finally {
    process.env = before;
    for (const spy of spies) spy.mockRestore();
  }
}
