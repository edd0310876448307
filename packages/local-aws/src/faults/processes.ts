import type { RoleProcess } from '../fault-injection';

/** With everything that it runs: tasks and functions end with it. */
export function killEndpoint(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The processes of tasks and functions that are there, by the keys that they sign with. */
export class Processes {
  private readonly byKey = new Map<string, RoleProcess>();
  private readonly doomed = new Set<string>();
  private readonly startedPids: number[] = [];

  /** Of all that were started, also of those that have ended. */
  get pids(): readonly number[] {
    return this.startedPids;
  }

  started(process: RoleProcess): void {
    this.byKey.set(process.accessKeyId, process);
    if (process.pid !== undefined) this.startedPids.push(process.pid);
    if (this.doomed.delete(process.name)) process.kill();
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

  /** The next one of this name is killed as soon as it is there. */
  killNext(name: string): void {
    this.doomed.add(name);
  }

  killAllOf(name: string): void {
    for (const process of this.byKey.values()) if (process.name === name) process.kill();
  }
}
