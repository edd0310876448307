import type { RoleProcess } from '../fault-injection';

/** Kills this process; its tasks and functions end with it. */
export function killEndpoint(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The running processes of tasks and functions by access key. */
export class Processes {
  private readonly byKey = new Map<string, RoleProcess>();
  private readonly killOnStart = new Set<string>();
  private readonly startedPids: number[] = [];

  /** Process ids of all started processes, including ended ones. */
  get pids(): readonly number[] {
    return this.startedPids;
  }

  started(process: RoleProcess): void {
    this.byKey.set(process.accessKeyId, process);
    if (process.pid !== undefined) this.startedPids.push(process.pid);
    if (this.killOnStart.delete(process.name)) process.kill();
  }

  ended(accessKeyId: string): void {
    this.byKey.delete(accessKeyId);
  }

  has(accessKeyId: string): boolean {
    return this.byKey.has(accessKeyId);
  }

  kill(accessKeyId: string): void {
    this.byKey.get(accessKeyId)?.kill();
  }

  /** Kills the next process of this name as soon as it starts. */
  killNext(name: string): void {
    this.killOnStart.add(name);
  }

  killAllOf(name: string): void {
    for (const process of this.byKey.values()) if (process.name === name) process.kill();
  }
}
