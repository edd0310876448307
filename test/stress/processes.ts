import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

const MB = 1024 ** 2;

/** Where there is no /proc, nothing is known. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export interface ProcessSample {
  readonly pid: number;
  readonly rssMb: number;
  readonly openFiles: number;
}

/** A process as it is now; undefined where it is gone. */
export function sample(pid: number): ProcessSample | undefined {
  const rss = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
  if (rss === undefined) return undefined;
  try {
    return { pid, rssMb: (Number(rss) * 1024) / MB, openFiles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** Notes the most memory that a process and its descendants have had, by what they run. */
export class PeakMemory {
  /** MiB by name. */
  readonly peaks = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(root: () => number | undefined) {
    this.timer = setInterval(() => {
      const pid = root();
      if (pid !== undefined) this.note(pid, 'endpoint');
    }, 250);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private note(pid: number, name: string): void {
    const peak = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
    if (peak !== undefined) {
      this.peaks.set(name, Math.max(this.peaks.get(name) ?? 0, (Number(peak) * 1024) / MB));
    }
    for (const child of read(`/proc/${pid}/task/${pid}/children`).trim().split(' ')) {
      if (child !== '') this.note(Number(child), nameOf(Number(child)));
    }
  }
}

/** What it runs: the bundle of a task, or the directory of a function's code. */
function nameOf(pid: number): string {
  const bundle = read(`/proc/${pid}/cmdline`)
    .split('\0')
    .map((word) => /^([\w-]+)\.cjs$/.exec(word)?.[1])
    .find((name) => name !== undefined);
  if (bundle !== undefined) return bundle;
  try {
    return path.basename(readlinkSync(`/proc/${pid}/cwd`));
  } catch {
    return 'other';
  }
}
