import type { Lake } from '../../lake/lake';
import { readSnapshot, type Snapshot } from '../../lake/snapshot';

/** The newest snapshots, for clients that poll: a table that did not change is not read again, and no table twice at once. */
export class Snapshots {
  private readonly lake: Lake;
  private readonly pending = new Map<string, Promise<Snapshot | undefined>>();

  constructor(lake: Lake) {
    this.lake = { ...lake, known: new Map() };
  }

  /** Undefined if there is no table. @throws like readSnapshot */
  newest(location: string): Promise<Snapshot | undefined> {
    const pending =
      this.pending.get(location) ??
      readSnapshot(this.lake, location).finally(() => this.pending.delete(location));
    this.pending.set(location, pending);
    return pending;
  }
}
