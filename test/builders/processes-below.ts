import { execFileSync } from 'node:child_process';

/** Processes below one, and those below them. */
export function processesBelow(pid: number | undefined): { pid: number; command: string }[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const all = listed.split('\n').map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line));
  const children = all.filter((found) => Number(found?.[2]) === pid && !/^ps /.test(found?.[3] ?? ''));
  return children.flatMap((found) => [
    { pid: Number(found?.[1]), command: found?.[3] ?? '' },
    ...processesBelow(Number(found?.[1])),
  ]);
}
