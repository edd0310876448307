import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { ContainerDefinition } from './task-definition';

interface ContainerOptions {
  readonly container: Pick<ContainerDefinition, 'entryPoint' | 'command' | 'imageDirectory' | 'environment'>;
  /** Environment variables of the platform. */
  readonly platform: Readonly<Record<string, string>>;
  /** Directory for temporary files; created here, removed when the process has ended. */
  readonly scratch: string;
  /** Receives standard output and error. */
  readonly logFile: string;
  /** Script preloaded into the process. */
  readonly preload: string;
}

export interface ContainerExit {
  /** undefined if the process did not start. */
  readonly exitCode?: number;
  /** Why the process did not start. */
  readonly reason?: string;
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

/** A container as a plain child process: the image's entry point, run in the image's directory. */
export class ContainerProcess {
  readonly exited: Promise<ContainerExit>;
  private readonly child: ChildProcess;
  private killer: NodeJS.Timeout | undefined;

  constructor(options: ContainerOptions) {
    const { container, platform, scratch, logFile, preload } = options;
    mkdirSync(scratch, { recursive: true });
    mkdirSync(path.dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const [, ...args] = [...container.entryPoint, ...container.command];
    this.child = spawn(process.execPath, ['--require', preload, ...args], {
      cwd: container.imageDirectory,
      // A separate process group: Ctrl-C in the terminal reaches only the endpoint, which then stops the task.
      detached: true,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env.PATH,
        HOME: scratch,
        TMPDIR: scratch,
        ...platform,
        ...container.environment,
      },
    });
    closeSync(log);
    this.exited = new Promise<ContainerExit>((resolve) => {
      this.child.once('error', (error) => resolve({ reason: `CannotStartContainerError: ${error.message}` }));
      this.child.once('exit', (code, signal) => {
        resolve({ exitCode: code ?? 128 + (SIGNAL_NUMBERS[signal ?? 'SIGKILL'] ?? 0) });
      });
    }).finally(() => {
      clearTimeout(this.killer);
      rmSync(scratch, { recursive: true, force: true });
    });
  }

  /** Sends SIGTERM, then SIGKILL after the grace period; a later call replaces the grace period. */
  stop(graceMs: number): void {
    this.signal('SIGTERM');
    clearTimeout(this.killer);
    this.killer = setTimeout(() => this.signal('SIGKILL'), graceMs);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  kill(): void {
    this.signal('SIGKILL');
  }

  private signal(name: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, name);
    } catch {
      this.child.kill(name);
    }
  }
}
