import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../package-path';

/** Root cannot be kept from writing anywhere; where the tests run as root, the task gets the image's own user. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The image's files for this computer in a directory of their own, which the process that they make up cannot write to. */
export class AssembledImage {
  private readonly directory: string;
  private readonly scratch: string;
  readonly root: string;
  readonly config: { workdir: string; env: Record<string, string>; entrypoint: string[]; volumes: string[] };

  constructor() {
    this.directory = mkdtempSync(path.join(tmpdir(), 'daybook-image-'));
    chmodSync(this.directory, 0o755);
    // The way there may be root's alone.
    if (USER.uid !== undefined) chmodSync(tmpdir(), lstatSync(tmpdir()).mode | 0o011);
    const script = packagePath('scripts', 'image', 'image.mjs');
    const printed = execFileSync(
      process.execPath,
      [script, '--installed', '--to', path.join(this.directory, 'stages')],
      { cwd: packagePath(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const { root, ...config } = JSON.parse(printed);
    this.root = root;
    this.config = config;
    // A volume of its own, as the container has it.
    this.scratch = path.join(this.directory, 'scratch');
    mkdirSync(this.scratch);
    if (USER.uid !== undefined) chownSync(this.scratch, USER.uid, USER.gid);
    setWritable(root, false);
  }

  /** Starts a command as the container does: nothing in its environment but what is given and what the image sets. */
  start(
    command: string,
    environment: Readonly<Record<string, string>>,
  ): { process: ChildProcess; ended: Promise<Ended> } {
    const [, ...args] = [...this.config.entrypoint, path.join(this.root, this.config.workdir, command)];
    const child = spawn(process.execPath, args, {
      ...USER,
      // Not where the bundles lie, nor in the project, whose node_modules must be of no help.
      cwd: '/',
      env: { ...this.config.env, ...environment, TMPDIR: this.scratch },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => resolve({ code, output }));
    });
    return { process: child, ended };
  }

  /** What lies in the volume. */
  leftInScratch(): string[] {
    return readdirSync(this.scratch);
  }

  /** Does something to the image's files. */
  change(action: () => void): void {
    setWritable(this.root, true);
    action();
    setWritable(this.root, false);
  }

  remove(): void {
    setWritable(this.root, true);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function setWritable(place: string, isWritable: boolean): void {
  const { mode } = lstatSync(place);
  if (isWritable) chmodSync(place, mode | 0o200);
  if (lstatSync(place).isDirectory())
    for (const name of readdirSync(place)) setWritable(path.join(place, name), isWritable);
  if (!isWritable) chmodSync(place, mode & ~0o222);
}
