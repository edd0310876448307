import path from 'node:path';
import { Journal } from '../../journal/journal';
import type { EventSourceMapping } from './mapping';

type Change = { type: 'mapping'; mapping: EventSourceMapping } | { type: 'deleted'; uuid: string };

/** The mappings of the account. Changes are written to the journal before they are applied. */
export class MappingStore {
  private readonly mappings = new Map<string, EventSourceMapping>();
  private readonly journal: Journal<Change>;

  /** @throws JournalError for a damaged journal */
  constructor(directory: string) {
    this.journal = new Journal<Change>({
      path: path.join(directory, 'event-source-mappings.jsonl'),
      replay: (change) => this.apply(change),
      snapshot: () => this.all().map((mapping): Change => ({ type: 'mapping', mapping })),
    });
  }

  all(): EventSourceMapping[] {
    return [...this.mappings.values()];
  }

  get(uuid: string): EventSourceMapping | undefined {
    return this.mappings.get(uuid);
  }

  put(mapping: EventSourceMapping): void {
    this.commit({ type: 'mapping', mapping });
  }

  delete(uuid: string): void {
    this.commit({ type: 'deleted', uuid });
  }

  close(): void {
    this.journal.close();
  }

  private commit(change: Change): void {
    this.journal.append(change);
    this.apply(change);
    this.journal.compactIfGrown();
  }

  private apply(change: Change): void {
    if (change.type === 'mapping') this.mappings.set(change.mapping.uuid, change.mapping);
    else this.mappings.delete(change.uuid);
  }
}
