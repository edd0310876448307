import { spawn } from 'node:child_process';

/** A program that was to be measured failed. */
export class ProgramFailedError extends Error {
  override readonly name = 'ProgramFailedError';
  constructor(
    readonly command: string,
    readonly exitCode: number | null,
    readonly output: string,
  ) {
    super(`${command} exited with ${exitCode}: ${output.slice(-2000)}`);
  }
}

export interface ProgramRun {
  /** From start to exit. */
  readonly seconds: number;
  readonly stdout: string;
}

/** Runs a program until it exits. @throws ProgramFailedError if its exit code is not 0, or it cannot be started */
export function runProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramRun> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.once('error', (error) => reject(new ProgramFailedError(command, null, error.message)));
    child.once('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      if (code === 0) resolve({ seconds, stdout });
      else reject(new ProgramFailedError([command, ...args].join(' '), code, output));
    });
  });
}
