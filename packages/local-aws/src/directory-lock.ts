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
      `${directory} is in use by process ${pid}: stop that process, or choose another directory (if process ${pid} is another program, remove ${lockFile})`,
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
      writeFileSync(lockFile, `${process.pid} ${startedAt(process.pid)}\n`, { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = 0, started = ''] = readLock(lockFile);
    if (held.has(place) || isAlive(pid, started)) {
      throw new DirectoryInUseError(directory, pid, lockFile);
    }
    rmSync(lockFile, { force: true });
  }
  held.add(place);
  return () => {
    if (held.delete(place)) rmSync(lockFile, { force: true });
  };
}

/** The process's id, and when it started where the system tells. */
function readLock(lockFile: string): [pid?: number, started?: string] {
  try {
    const [pid = '', started = ''] = readFileSync(lockFile, 'utf8').trim().split(' ');
    return [Number(pid), started];
  } catch {
    return [];
  }
}

/** Whether the process that wrote the lock lives: an id alone may have passed to another since. */
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
 * When a process started, in the system's own count; empty for one that is dead, waiting for its parent to notice, and
 * on a system that does not tell (other than Linux).
 */
function startedAt(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, can hold anything; the state comes next, the start 19 fields later.
    const [state = 'Z', ...fields] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? '');
  } catch {
    return '';
  }
}
