import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * The memory of a process that is in RAM, in bytes; undefined if it does not run, or the system does not say.
 * https://man7.org/linux/man-pages/man5/proc_pid_status.5.html; `ps` elsewhere
 */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const kilobytes = process.platform === 'linux' ? await ofProc(pid) : await ofPs(pid);
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

async function ofProc(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
}

async function ofPs(pid: number): Promise<string | undefined> {
  const answer = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => undefined);
  return /\d+/.exec(answer?.stdout ?? '')?.[0];
}
