import type { Contract } from '../../domain/contract';
import type { EventRow } from '../../domain/events/normalize';
import type { EventKinds } from './live-store';
import type { LatestEvent } from './views';

const SIZE = 50;
const MAX_RAW_CHARACTERS = 10_000;
const MAX_ITEMS = 20;

interface Kept {
  readonly number: number;
  readonly received_at: string;
  readonly line: string;
  readonly event: EventRow;
  readonly items: readonly EventRow[];
}

/** The events that were received last, at most 50. */
export class LatestEvents {
  private kept: Kept[] = [];
  private added = 0;
  /** Older events are not among the latest. */
  private oldest = '';
  private readonly isPseudonymized: boolean;

  constructor(private readonly kinds: EventKinds) {
    this.isPseudonymized = kinds.events.columns.some(({ pseudonymize }) => pseudonymize);
  }

  /** @param line of the raw file, whose event was received at `received_at` */
  add(line: string, received_at: string, event: EventRow, items: readonly EventRow[]): void {
    this.added += 1;
    if (received_at < this.oldest) return;
    this.kept.push({ number: this.added, received_at, line, event, items: items.slice(0, MAX_ITEMS) });
    if (this.kept.length >= 2 * SIZE) this.cut();
  }

  clear(): void {
    this.kept = [];
    this.oldest = '';
  }

  /** The latest first. */
  list(): LatestEvent[] {
    this.cut();
    return this.kept.map(({ number, received_at, line, event, items }) => ({
      number,
      received_at,
      raw: this.isPseudonymized ? null : line.slice(0, MAX_RAW_CHARACTERS),
      is_cut: line.length > MAX_RAW_CHARACTERS,
      row: rowOf(this.kinds.events, event),
      items: items.map((item) => rowOf(this.kinds.items, item)),
    }));
  }

  private cut(): void {
    this.kept.sort((a, b) =>
      a.received_at === b.received_at ? b.number - a.number : a.received_at < b.received_at ? 1 : -1,
    );
    this.kept.length = Math.min(this.kept.length, SIZE);
    if (this.kept.length === SIZE) this.oldest = this.kept.at(-1)?.received_at ?? '';
  }
}

/** Of pseudonymized columns, and the visitor that one of them gives, the values are left out: the pseudonym is made by validate alone. */
function rowOf({ columns }: Contract, { values, extra }: EventRow): Record<string, string> {
  const hidden = new Set(
    columns.flatMap(({ name, pseudonymize }) => (pseudonymize ? [name, 'visitor_id'] : [])),
  );
  const cells = columns.flatMap(({ name }, position): [string, string][] => {
    const value = values[position] ?? null;
    return value === null || hidden.has(name) ? [] : [[name, value]];
  });
  return Object.fromEntries([...cells, ...(extra === null ? [] : [['_extra', extra] as const])]);
}
