import type { Lake } from '../../lake/lake';
import { entryKey } from '../../lake/log';
import { catchUp, readSnapshot, type Snapshot } from '../../lake/snapshot';

interface Known {
  readonly snapshot: Snapshot;
  /** Of the entry of its version: another one there is another table's, made after this one was deleted. */
  readonly etag: string;
}

/**
 * The newest versions of tables for who asks again and again: a table that did not change costs two small requests,
 * however long its log, and one that did its new entries.
 */
export class Snapshots {
  private readonly known = new Map<string, Known>();
  private readonly asked = new Map<string, Promise<Snapshot | undefined>>();

  constructor(private readonly lake: Lake) {}

  /** Undefined where there is no table. @throws as readSnapshot does */
  newest(location: string): Promise<Snapshot | undefined> {
    const asked = this.asked.get(location) ?? this.read(location).finally(() => this.asked.delete(location));
    this.asked.set(location, asked);
    return asked;
  }

  private async read(location: string): Promise<Snapshot | undefined> {
    const known = this.known.get(location);
    const current = known && (await this.brought(known));
    if (current) return current;
    this.known.delete(location);
    const snapshot = await readSnapshot(this.lake, location);
    if (snapshot) await this.keep(snapshot);
    return snapshot;
  }

  /** What is known, brought up to now; undefined where it is to be read anew. */
  private async brought({ snapshot, etag }: Known): Promise<Snapshot | undefined> {
    const { location } = snapshot;
    const head = await this.lake.bucket.head(entryKey(location, snapshot.version));
    if (head?.etag !== etag) return undefined;
    const newest = await catchUp(this.lake, snapshot);
    if (newest && newest !== snapshot) await this.keep(newest);
    return newest;
  }

  private async keep(snapshot: Snapshot): Promise<void> {
    const head = await this.lake.bucket.head(entryKey(snapshot.location, snapshot.version));
    if (head) this.known.set(snapshot.location, { snapshot, etag: head.etag });
  }
}
