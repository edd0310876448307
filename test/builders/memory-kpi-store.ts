import { canonicalNumber, isNumber, type Mart, type MartCells } from '../../domain/mart';
import type { KpiItem, KpiStore } from '../../serving/dynamodb/publish';

/** A DynamoDB table of KPIs in memory. */
export class MemoryKpiStore implements KpiStore {
  private readonly items = new Map<string, KpiItem>();
  private tableId = 'table';
  /** Keys written and deleted so far, in order. */
  readonly writes: string[] = [];
  /** Runs ahead of every write; throw to fail it. */
  before: (() => void) | undefined;

  constructor(private readonly mart: Mart) {}

  /** By order_date, then category. */
  get all(): KpiItem[] {
    const rank = (item: KpiItem) => `${item.order_date}\0${item.category ?? ''}`;
    return [...this.items.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }

  /** As `verify` reads them. */
  async *cells(): AsyncIterable<MartCells> {
    const types = new Map(this.mart.columns.map(({ name, type }) => [name, type]));
    for (const item of this.all) {
      const cell = ([name, value]: [string, string | null]) =>
        value === null ? [] : [[name, isNumber(types.get(name)) ? canonicalNumber(value) : value]];
      yield Object.fromEntries(Object.entries(item).flatMap(cell));
    }
  }

  async id(): Promise<string> {
    return this.tableId;
  }

  /** As if the table was deleted and created again. */
  recreate(): void {
    this.items.clear();
    this.tableId = `${this.tableId}'`;
  }

  /** As it was with these items. */
  restore(items: readonly KpiItem[]): void {
    this.items.clear();
    for (const item of items) this.items.set(this.keyOf(item), item);
  }

  async *keys(): AsyncIterable<readonly KpiItem[]> {
    for (const item of this.all)
      yield [Object.fromEntries(this.mart.key.map((name) => [name, item[name] ?? '']))];
  }

  async put(items: readonly KpiItem[]): Promise<void> {
    for (const item of items)
      this.change(`put ${this.keyOf(item)}`, () => this.items.set(this.keyOf(item), item));
  }

  async delete(keys: readonly KpiItem[]): Promise<void> {
    for (const key of keys)
      this.change(`delete ${this.keyOf(key)}`, () => this.items.delete(this.keyOf(key)));
  }

  private change(what: string, act: () => void): void {
    this.before?.();
    act();
    this.writes.push(what);
  }

  private keyOf(item: KpiItem): string {
    return this.mart.key.map((name) => item[name]).join('|');
  }
}
