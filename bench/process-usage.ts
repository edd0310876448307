import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mean, sum } from './statistics';

/** Resident memory in bytes and CPU time in seconds of a process, and of the processes that it has started. */
export interface UsageSample {
  readonly own: Usage;
  readonly children: Usage;
}

interface Usage {
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

/** Of the samples of a period. */
export interface MemoryTrend {
  /** Mean of the first part of the period. */
  readonly first: number;
  /** Mean of the last part. */
  readonly last: number;
  readonly max: number;
}

/** What is asked of `ps`: pid, parent, resident memory in units of 1,024 bytes, and CPU time as `[[dd-]hh:]mm:ss`. */
const COLUMNS = 'pid=,ppid=,rss=,time=';

/** Reads the output of `ps` with these columns; undefined if the process is not in it. */
export function readUsage(ps: string, pid: number): UsageSample | undefined {
  const rows = ps
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([id, parent, rss, time = '']) => ({
      id: Number(id),
      parent: Number(parent),
      rssBytes: Number(rss) * 1024,
      cpuSeconds: secondsOf(time),
    }));
  const own = rows.find(({ id }) => id === pid);
  const children = rows.filter(({ parent }) => parent === pid);
  return (
    own && {
      own: { rssBytes: own.rssBytes, cpuSeconds: own.cpuSeconds },
      children: {
        rssBytes: sum(children, ({ rssBytes }) => rssBytes),
        cpuSeconds: sum(children, ({ cpuSeconds }) => cpuSeconds),
      },
    }
  );
}

function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((total, part) => total * 60 + Number(part), 0) + Number(days) * 86_400;
}

/** @param part how many samples are the first part, and the last */
export function trendOf(values: readonly number[], part: number): MemoryTrend {
  const meanOf = (some: readonly number[]) => mean(some, (value) => value);
  return {
    first: meanOf(values.slice(0, part)),
    last: meanOf(values.slice(-part)),
    max: Math.max(...values),
  };
}

const run = promisify(execFile);

/** Samples the usage of a process until `stop`. */
export class UsageSampler {
  readonly samples: UsageSample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number, everyMs: number) {
    this.timer = setInterval(() => void this.sample(pid).catch(() => {}), everyMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @throws RangeError if there is none */
  last(): UsageSample {
    const last = this.samples.at(-1);
    if (!last) throw new RangeError('expected at least one sample, got none');
    return last;
  }

  private async sample(pid: number): Promise<void> {
    const { stdout } = await run('ps', ['-A', '-o', COLUMNS]);
    const found = readUsage(stdout, pid);
    if (found) this.samples.push(found);
  }
}
