import { INTEGER, USMALLINT } from '@duckdb/node-api';
import type { Contract } from '../../domain/contract';
import type { EventRow } from '../../domain/events/normalize';
import type { DuckDb } from '../../engine/duckdb/session';
import { Arrivals } from './arrivals';
import createSql from './create.sql';
import { Dictionary } from './dictionary';
import knownSql from './known.sql';
import mergeSql from './merge.sql';
import newestSql from './newest.sql';
import replaceSql from './replace.sql';
import versionsSql from './versions.sql';

export interface EventKinds {
  readonly events: Contract;
  readonly items: Contract;
}

/** Where an event came from; its texts have at most {@link MAX_ORIGIN_CHARACTERS} characters. */
export interface Origin {
  readonly channel: string;
  readonly source: string;
  readonly medium: string;
}

const EVENT_COLUMNS = [
  'event_id',
  'received_at',
  'event_time',
  'event_name',
  'visitor_id',
  'transaction_id',
  'value',
  'currency',
];
const ITEM_COLUMNS = ['product_id', 'name', 'quantity'];
const BOT_COLUMNS = ['event_id', 'received_at', 'event_time'];

const TABLES = ['live_events', 'live_purchases', 'live_items', 'live_bots'];
const ARRIVED = ['arrived_events', 'arrived_items', 'arrived_bots'];

const MAX_NAMES = 1_000;
const MAX_ORIGINS = 10_000;
/** As in traffic_kpis. */
const MAX_ORIGIN_CHARACTERS = 100;

/** The events of the last hours in DuckDB; those of programs apart. One call at a time. */
export class LiveStore {
  private arrived = 0;
  private readonly names = new Dictionary(MAX_NAMES);
  private readonly origins = new Dictionary(MAX_ORIGINS);

  private constructor(
    readonly db: DuckDb,
    private readonly cellOf: (event: EventRow, column: string) => string | null,
    private readonly events: Arrivals,
    private readonly items: Arrivals,
    private readonly bots: Arrivals,
  ) {}

  static async open(db: DuckDb, { events, items }: EventKinds): Promise<LiveStore> {
    for (const statement of createSql.split(';')) await db.run(statement);
    const positions = new Map(events.columns.map(({ name }, position) => [name, position]));
    return new LiveStore(
      db,
      ({ values }, column) => values[positions.get(column) ?? -1] ?? null,
      await Arrivals.open(db, 'arrived_events', [INTEGER, USMALLINT, USMALLINT], events, EVENT_COLUMNS),
      await Arrivals.open(db, 'arrived_items', [INTEGER], items, ITEM_COLUMNS),
      await Arrivals.open(db, 'arrived_bots', [], events, BOT_COLUMNS),
    );
  }

  /** Adds an event of a person with its items; it counts once it is merged. */
  add(event: EventRow, items: readonly EventRow[]): void {
    const name = this.names.code(this.cellOf(event, 'event_name') ?? '');
    this.events.add([this.arrived, name, this.originOf(event)], event);
    for (const item of items) this.items.add([this.arrived], item);
    this.arrived += 1;
  }

  /** Adds an event of a program; it counts once it is merged. */
  addBot(event: EventRow): void {
    this.bots.add([], event);
  }

  /**
   * Merges the added events. Of several with one id the one received last remains, as in the lake.
   * @param horizon older events are left out
   * @returns how many events of people were not known before
   */
  async merge(horizon: Date): Promise<number> {
    if (this.arrived === 0 && this.bots.isEmpty) return 0;
    this.flush();
    await this.db.run(versionsSql);
    await this.db.run(knownSql);
    await this.db.run(newestSql);
    const [counts] = await this.db.rows<{ added: string; replaced: string }>(
      'select count(*) filter (id not in (select id from known)) as added, count(*) filter (id in (select id from known)) as replaced from newest',
    );
    // It reads whole tables, and is hardly ever needed.
    if (Number(counts?.replaced) > 0)
      for (const statement of replaceSql.split(';')) await this.db.run(statement);
    for (const statement of mergeSql.split(';')) {
      await this.db.run(statement, statement.includes('$horizon') ? { horizon: horizon.toISOString() } : {});
    }
    return Number(counts?.added);
  }

  /** Frees the memory of older events. */
  async prune(horizon: Date): Promise<void> {
    for (const table of TABLES) {
      const kept = `select * from ${table} where happened_at >= cast($horizon as timestamp)`;
      await this.db.run(`create or replace table ${table} as ${kept}`, { horizon: horizon.toISOString() });
    }
    await this.db.run('delete from live_products where product not in (select product from live_items)');
    this.names.keep(await this.codes('name'));
    this.origins.keep(await this.codes('origin'));
  }

  /** Forgets all events, those that are not merged yet too. */
  async clear(): Promise<void> {
    this.flush();
    for (const table of [...TABLES, ...ARRIVED, 'live_products']) await this.db.run(`truncate ${table}`);
    this.names.keep(new Set());
    this.origins.keep(new Set());
  }

  /** The name of an event; null for one of too many different names. */
  nameOf(code: number): string | null {
    return this.names.text(code) ?? null;
  }

  /** undefined: one of too many different origins. */
  origin(code: number): Origin | undefined {
    const text = this.origins.text(code);
    if (text === undefined) return undefined;
    const [channel = '', source = '', medium = ''] = JSON.parse(text) as string[];
    return { channel, source, medium };
  }

  private originOf(event: EventRow): number | null {
    const channel = this.cellOf(event, 'channel');
    if (channel === null || channel === 'Direct') return null;
    const origin = [
      channel,
      this.cellOf(event, 'traffic_source') ?? '',
      this.cellOf(event, 'traffic_medium') ?? '',
    ];
    return this.origins.code(JSON.stringify(origin.map((text) => text.slice(0, MAX_ORIGIN_CHARACTERS))));
  }

  private async codes(column: 'name' | 'origin'): Promise<Set<number>> {
    const rows = await this.db.rows(`select distinct ${column} as code from live_events`);
    return new Set(rows.map(({ code }) => Number(code)));
  }

  private flush(): void {
    for (const arrivals of [this.events, this.items, this.bots]) arrivals.flush();
    this.arrived = 0;
  }
}
