import type { Lake } from '../../lake/lake';
import { entryKey } from '../../lake/log';
import { catchUp, readSnapshot, type Snapshot } from '../../lake/snapshot';

interface Known {
  readonly snapshot: Snapshot;
  /** ETag of the version's log entry; a different one means that the table was deleted and created again. */
  readonly etag: string;
}

/**
 * A cache of the newest snapshots, for clients that poll: a table that did not change costs two small requests, however long
 * its log, and one that did change costs reading its new entries.
 */
export class Snapshots {
  private readonly known = new Map<string, Known>();
  private readonly pending = new Map<string, Promise<Snapshot | undefined>>();

  constructor(private readonly lake: Lake) {}

  /** Undefined if there is no table. @throws like readSnapshot */
  newest(location: string): Promise<Snapshot | undefined> {
    const pending =
      this.pending.get(location) ?? this.read(location).finally(() => this.pending.delete(location));
    this.pending.set(location, pending);
    return pending;
  }

  private async read(location: string): Promise<Snapshot | undefined> {
    const known = this.known.get(location);
    const current = known && (await this.refresh(known));
    if (current) return current;
    this.known.delete(location);
    const snapshot = await readSnapshot(this.lake, location);
    if (snapshot) await this.keep(snapshot);
    return snapshot;
  }

  /** Brings a cached snapshot up to date; undefined if it has to be read from scratch. */
  private async refresh({ snapshot, etag }: Known): Promise<Snapshot | undefined> {
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
