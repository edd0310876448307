import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../package-path';

const CONTEXT = packagePath('dist', 'image');

/** The file that the image's scratch volume starts with. */
export const KEPT = '.keep';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** The bundles of the image's build context, beside the modules that its lockfile names and no others, run as processes. */
export class ImageFiles {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'daybook-image-'));
  private readonly scratch = path.join(this.directory, 'scratch');

  constructor() {
    mkdirSync(this.scratch);
    // As in the image.
    writeFileSync(path.join(this.scratch, KEPT), '');
    const { packages } = JSON.parse(readFileSync(path.join(CONTEXT, 'package-lock.json'), 'utf8'));
    for (const [place, { optional = false }] of Object.entries<{ optional?: boolean }>(packages)) {
      if (place === '' || (optional && !existsSync(packagePath(place)))) continue;
      cpSync(packagePath(place), path.join(this.directory, place), { recursive: true });
    }
    for (const name of readdirSync(CONTEXT).filter((file) => file.endsWith('.cjs')))
      cpSync(path.join(CONTEXT, name), path.join(this.directory, name));
  }

  /** Starts a bundle as the container does, with the given environment and nothing else. */
  start(
    bundle: string,
    environment: Readonly<Record<string, string>>,
  ): { process: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [path.join(this.directory, bundle)], {
      cwd: '/',
      env: { NODE_ENV: 'production', ...environment, TMPDIR: this.scratch },
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

  leftInScratch(): string[] {
    return readdirSync(this.scratch);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
