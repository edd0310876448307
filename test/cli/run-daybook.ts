import { execFile } from 'node:child_process';
import path from 'node:path';

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
