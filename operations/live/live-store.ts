import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Contract } from '../../domain/contract';
import type { EventRow } from '../../domain/events/normalize';
import { RowAppender } from '../../engine/duckdb/row-appender';
import type { DuckDb, SqlRow } from '../../engine/duckdb/session';
import createSql from './create.sql';
import mergeSql from './merge.sql';
import minuteSalesSql from './minute-sales.sql';
import minutesSql from './minutes.sql';
import newestSql from './newest.sql';
import type { LiveNumbers, LiveSales } from './views';
import windowProductsSql from './window-products.sql';
import windowSalesSql from './window-sales.sql';
import windowsSql from './windows.sql';

export interface EventKinds {
  readonly events: Contract;
  readonly items: Contract;
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

/** The events of people of the last hours in DuckDB, and the numbers of the live view. One call at a time. */
export class LiveStore {
  private arrived = 0;

  private constructor(
    private readonly db: DuckDb,
    private readonly events: Arrivals,
    private readonly items: Arrivals,
  ) {}

  static async open(db: DuckDb, { events, items }: EventKinds): Promise<LiveStore> {
    for (const statement of createSql.split(';')) await db.run(statement);
    return new LiveStore(
      db,
      await Arrivals.open(db, 'arrived_events', events, EVENT_COLUMNS),
      await Arrivals.open(db, 'arrived_items', items, ITEM_COLUMNS),
    );
  }

  /** Adds an event with its items; it counts once it is merged. */
  add(event: EventRow, items: readonly EventRow[]): void {
    this.events.add(this.arrived, event);
    for (const item of items) this.items.add(this.arrived, item);
    this.arrived += 1;
  }

  /**
   * Merges the added events. Of several with one id the one received last remains, as in the lake.
   * @param horizon older events are left out
   * @returns how many were not known before
   */
  async merge(horizon: Date): Promise<number> {
    if (this.arrived === 0) return 0;
    this.events.flush();
    this.items.flush();
    this.arrived = 0;
    await this.db.run(newestSql);
    const [counts] = await this.db.rows<{ added: string }>(
      'select count(*) as added from newest where id not in (select id from live_events)',
    );
    for (const statement of mergeSql.split(';')) {
      await this.db.run(statement, statement.includes('$horizon') ? { horizon: horizon.toISOString() } : {});
    }
    return Number(counts?.added);
  }

  /** Frees the memory of older events. */
  async prune(horizon: Date): Promise<void> {
    for (const table of ['live_events', 'live_items']) {
      const kept = `select * from ${table} where happened_at >= cast($horizon as timestamp)`;
      await this.db.run(`create or replace table ${table} as ${kept}`, { horizon: horizon.toISOString() });
    }
  }

  /** Forgets all events, those that are not merged yet too. */
  async clear(): Promise<void> {
    this.events.flush();
    this.items.flush();
    this.arrived = 0;
    for (const table of ['live_events', 'live_items', 'arrived_events', 'arrived_items'])
      await this.db.run(`truncate ${table}`);
  }

  async numbers(at: Date): Promise<Pick<LiveNumbers, 'windows' | 'minutes'>> {
    const now = at.toISOString();
    const windows = await this.db.rows(windowsSql, { now });
    const windowSales = await this.db.rows(windowSalesSql, { now });
    const products = await this.db.rows(windowProductsSql, { now });
    const minutes = await this.db.rows(minutesSql, { now });
    const minuteSales = await this.db.rows(minuteSalesSql, { now });
    return {
      windows: windows.map((window) => {
        const { viewed, carted, checked_out, purchased } = window;
        const funnel = { viewed, carted, checked_out, purchased };
        return {
          minutes: Number(window.minutes),
          ...visitsOf(window),
          funnel: numbersOf(funnel),
          ...salesOf(windowSales.filter((sale) => sale.minutes === window.minutes)),
          top_products: products
            .filter((product) => product.minutes === window.minutes)
            .map(({ product_id, name, views, carts, sold }) => ({
              product_id: String(product_id),
              name: name === null ? null : String(name),
              ...numbersOf({ views, carts, sold }),
            })),
        };
      }),
      minutes: minutes.map((minute) => ({
        minute: `${String(minute.minute).replace(' ', 'T')}Z`,
        ...visitsOf(minute),
        ...salesOf(minuteSales.filter((sale) => sale.minute === minute.minute)),
      })),
    };
  }
}

const numbersOf = <Name extends string>(counts: Record<Name, unknown>): Record<Name, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])) as Record<
    Name,
    number
  >;

const visitsOf = ({ events, visitors }: SqlRow) => numbersOf({ events, visitors });

/** @param rows one per currency */
const salesOf = (rows: readonly SqlRow[]): LiveSales => ({
  purchases: rows.reduce((sum, { purchases }) => sum + Number(purchases), 0),
  revenue: rows.map(({ currency, amount }) => ({
    currency: currency === null ? null : String(currency),
    amount: String(amount),
  })),
});

/** Rows of some columns of a kind, on their way into a table that has the number of their event in front. */
class Arrivals {
  private constructor(
    private readonly rows: RowAppender,
    private readonly positions: readonly number[],
  ) {}

  static async open(
    db: DuckDb,
    table: string,
    { columns }: Contract,
    names: readonly string[],
  ): Promise<Arrivals> {
    const positions = names.map((name) => columns.findIndex((column) => column.name === name));
    const types = [INTEGER, ...names.map(() => VARCHAR)];
    return new Arrivals(await RowAppender.open(db, table, types), positions);
  }

  /** @param number of the event */
  add(number: number, { values }: EventRow): void {
    this.rows.add(
      [number],
      this.positions.map((position) => values[position] ?? null),
    );
  }

  /** Writes all added rows to the table. */
  flush(): void {
    this.rows.flush();
  }
}
