import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Another process has the data directory. */
export class DirectoryInUseError extends Error {
  constructor(
    readonly directory: string,
    readonly pid: number,
    lockFile: string,
  ) {
    super(
      `${directory} is in use by process ${pid}: stop that one, or choose another directory with --data (if process ${pid} is no daybook, remove ${lockFile})`,
    );
    this.name = 'DirectoryInUseError';
  }
}

/** Directories that this very process has. */
const held = new Set<string>();

/**
 * Takes a directory for this process; it is made where it is missing. A lock that a dead process left is taken over.
 * @returns what gives it back
 * @throws DirectoryInUseError
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const place = realpathSync(directory);
  const lockFile = path.join(place, 'lock');
  for (;;) {
    try {
      writeFileSync(lockFile, `${process.pid}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(readLock(lockFile));
    if (held.has(place) || (pid !== process.pid && isAlive(pid))) {
      throw new DirectoryInUseError(directory, pid, lockFile);
    }
    rmSync(lockFile, { force: true });
  }
  held.add(place);
  return () => {
    if (held.delete(place)) rmSync(lockFile, { force: true });
  };
}

function readLock(lockFile: string): string {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
