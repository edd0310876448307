import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Another process holds the lock on the data directory. */
export class DirectoryInUseError extends Error {
  constructor(
    readonly directory: string,
    readonly pid: number,
    lockFile: string,
  ) {
    super(
      `${directory} is in use by process ${pid}: stop that process, or choose another directory (if process ${pid} is another program, remove ${lockFile})`,
    );
    this.name = 'DirectoryInUseError';
  }
}

/** Directories locked by this process. */
const lockedDirectories = new Set<string>();

/**
 * Locks a directory for this process and creates it if necessary. The lock of a dead process is replaced.
 * @returns a function that releases the lock
 * @throws DirectoryInUseError
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const realDirectory = realpathSync(directory);
  const lockFile = path.join(realDirectory, 'lock');
  for (;;) {
    try {
      writeFileSync(lockFile, `${process.pid} ${startedAt(process.pid)}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = 0, started = ''] = readLock(lockFile);
    if (lockedDirectories.has(realDirectory) || isAlive(pid, started)) {
      throw new DirectoryInUseError(directory, pid, lockFile);
    }
    rmSync(lockFile, { force: true });
  }
  lockedDirectories.add(realDirectory);
  return () => {
    if (lockedDirectories.delete(realDirectory)) rmSync(lockFile, { force: true });
  };
}

/** The process id, and the start time where the system provides it. */
function readLock(lockFile: string): [pid?: number, started?: string] {
  try {
    const [pid = '', started = ''] = readFileSync(lockFile, 'utf8').trim().split(' ');
    return [Number(pid), started];
  } catch {
    return [];
  }
}

/** Compares the start time too: the process id may have been reused. */
function isAlive(pid: number, started: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (started !== '') return startedAt(pid) === started;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The start time of a process in clock ticks since boot; empty for a dead or zombie process and on systems other than
 * Linux.
 */
function startedAt(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, can contain any character. The state follows it, the start time 19 fields later.
    const [state = 'Z', ...fields] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '');
  } catch {
    return '';
  }
}
