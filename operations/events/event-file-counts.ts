import type { LedgerItem } from '../../domain/ledger';
import type { Deployment } from '../deployment';
import { type EventFile, readEventFiles } from './event-files';

/** An item can be visible a moment after a later one. */
const OVERLAP_MS = 60_000;

/**
 * The files of events since a day, for a client that polls: after the first call it reads only what the ledger has had since.
 * @param eventKind the kind that events become rows of
 */
export class EventFileCounts {
  private readonly files = new Map<string, EventFile>();
  private readUntil: string | undefined;

  constructor(
    private readonly deployment: Deployment,
    private readonly eventKind: string,
  ) {}

  /** @param since YYYY-MM-DD in UTC; never earlier than in a call before */
  async read(since: string): Promise<readonly EventFile[]> {
    const start = new Date(`${since}T00:00:00Z`).getTime();
    const from = this.readUntil === undefined ? start : Date.parse(this.readUntil) - OVERLAP_MS;
    for (const file of await readEventFiles(this.deployment, this.eventKind, new Date(from))) {
      const before = this.files.get(file.item.key);
      if (before && before.item.upload > file.item.upload) continue;
      this.files.set(file.item.key, { ...file, item: neededOf(file.item) });
      if (this.readUntil === undefined || file.item.updated_at > this.readUntil)
        this.readUntil = file.item.updated_at;
    }
    for (const [key, { day }] of this.files) if (day < since) this.files.delete(key);
    return [...this.files.values()];
  }
}

/** Without the lists and reasons, as there can be a hundred thousand of them. */
const neededOf = (item: LedgerItem): LedgerItem => ({
  ...item,
  executions: [],
  ...(item.reason !== undefined && { reason: '' }),
});
