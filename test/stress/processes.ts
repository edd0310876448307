import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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
  /** Apart from sockets. */
  readonly openFiles: number;
  readonly sockets: number;
  /** Processes that it has started and that are there. */
  readonly children: number;
}

/** A process as it is now; undefined where it is gone. */
export function sample(pid: number): ProcessSample | undefined {
  const rss = /VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1];
  if (rss === undefined) return undefined;
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
    const sockets = open.filter((target) => target.startsWith('socket:')).length;
    const openFiles = open.length - sockets;
    return { pid, rssMb: (Number(rss) * 1024) / MB, openFiles, sockets, children: childrenOf(pid).length };
  } catch {
    return undefined;
  }
}

const childrenOf = (pid: number): number[] =>
  (read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).map(Number);

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
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
    for (const child of childrenOf(pid)) this.note(child, nameOf(child));
  }
}

/** What it runs: the bundle of a task, or the function. */
function nameOf(pid: number): string {
  const bundle = read(`/proc/${pid}/cmdline`)
    .split('\0')
    .map((word) => /^([\w-]+)\.cjs$/.exec(word)?.[1])
    .find((name) => name !== undefined);
  const variables = read(`/proc/${pid}/environ`).split('\0');
  const name = variables.find((one) => one.startsWith('AWS_LAMBDA_FUNCTION_NAME='))?.split('=')[1];
  return bundle ?? name ?? 'other';
}
