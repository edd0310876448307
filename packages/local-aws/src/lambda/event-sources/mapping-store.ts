import path from 'node:path';
import { Journal } from '../../journal/journal';
import type { EventSourceMapping } from './mapping';

type Change =
  | { type: 'mapping'; mapping: EventSourceMapping }
  | { type: 'deleted'; uuid: string }
  | { type: 'position'; uuid: string; part: string; position: number };

/** The mappings of the account, and their positions in shards. Changes are written to the journal before they are applied. */
export class MappingStore {
  private readonly mappings = new Map<string, EventSourceMapping>();
  /** By mapping and shard. */
  private readonly positions = new Map<string, Map<string, number>>();
  private readonly journal: Journal<Change>;

  /** @throws JournalError for a damaged journal */
  constructor(directory: string) {
    this.journal = new Journal<Change>({
      path: path.join(directory, 'event-source-mappings.jsonl'),
      replay: (change) => this.apply(change),
      snapshot: () => this.snapshot(),
    });
  }

  all(): EventSourceMapping[] {
    return [...this.mappings.values()];
  }

  get(uuid: string): EventSourceMapping | undefined {
    return this.mappings.get(uuid);
  }

  put(mapping: EventSourceMapping): void {
    this.journal.commit({ type: 'mapping', mapping });
  }

  /** The position of the next record in a shard; undefined before the first. */
  position(uuid: string, part: string): number | undefined {
    return this.positions.get(uuid)?.get(part);
  }

  /** Without effect for a mapping that was deleted. */
  setPosition(uuid: string, part: string, position: number): void {
    if (this.mappings.has(uuid)) this.journal.commit({ type: 'position', uuid, part, position });
  }

  /** Deletes a mapping with its positions. */
  delete(uuid: string): void {
    this.journal.commit({ type: 'deleted', uuid });
  }

  close(): void {
    this.journal.close();
  }

  private apply(change: Change): void {
    if (change.type === 'mapping') {
      const { uuid } = change.mapping;
      this.mappings.set(uuid, change.mapping);
      if (!this.positions.has(uuid)) this.positions.set(uuid, new Map());
    } else if (change.type === 'position') {
      this.positions.get(change.uuid)?.set(change.part, change.position);
    } else {
      this.mappings.delete(change.uuid);
      this.positions.delete(change.uuid);
    }
  }

  private *snapshot(): Iterable<Change> {
    for (const mapping of this.mappings.values()) {
      const { uuid } = mapping;
      yield { type: 'mapping', mapping };
      for (const [part, position] of this.positions.get(uuid) ?? []) {
        yield { type: 'position', uuid, part, position };
      }
    }
  }
}
