import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../../package-path';

/** What a child process is started with, built by itself so that these tests need no build of the project. */
export function buildChild(
  source:
    | 'packages/local-aws/src/lambda/runtime.ts'
    | 'packages/local-aws/src/ecs/parent-watch.ts'
    | 'packages/local-aws/src/code-cache.ts',
  directory: string,
): string {
  const built = path.join(directory, `${path.basename(source, '.ts')}.cjs`);
  const esbuild = packagePath('node_modules', '.bin', 'esbuild');
  execFileSync(esbuild, [
    packagePath(...source.split('/')),
    '--bundle',
    '--platform=node',
    '--log-level=error',
    `--outfile=${built}`,
  ]);
  return built;
}

/** A directory of its own, with these files in it. */
export function directoryOf(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-local-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return directory;
}

export const remove = (directory: string): void => rmSync(directory, { recursive: true, force: true });

export async function until(condition: () => boolean, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
