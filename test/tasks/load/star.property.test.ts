import fc from 'fast-check';
import { type PostgresServer, startPostgres } from '../../../bench/postgres-server';
import { createCatalog } from '../../../catalog/catalog';
import { definitions } from '../../../catalog/definitions';
import { connectWarehouse } from '../../../serving/warehouse/connection';
import { type IngestedRow, ingestEvents } from '../../../serving/warehouse/ingest-events';
import { describeWithPostgres } from '../../builders/describe-with-postgres';
import { platformContracts } from '../../builders/platform-contracts';
import { propertyRuns, propertyTimeout } from '../../builders/property-runs';
import { readLake } from '../../builders/read-lake';
import { readStar } from '../../builders/read-star';
import { asRedshift } from '../../builders/redshift-on-postgres';
import { type StagedFile, stageRows } from '../../builders/stage-rows';
import { TaskPipeline } from '../../builders/task-pipeline';
import {
  type LoadOptions,
  loadWarehouse,
  loseConnectionAt,
  runBefore,
  type StatementFault,
} from '../../builders/warehouse-load';
import { computeStar, type LakeRows } from '../../reference/star';

/** With the kind users, and no marts, which the star schema does not read. */
const catalog = createCatalog({
  ...definitions,
  contracts: [
    ...definitions.contracts,
    ...platformContracts('thelook').contracts.filter(({ kind }) => kind === 'users'),
  ],
  marts: [],
});

const HOUR_MS = 3_600_000;
const START = Date.UTC(2025, 9, 25, 20);
const TIME_ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata'];

const hours = fc.integer({ min: 0, max: 8 });
const time = hours.map((hour) => new Date(START + hour * HOUR_MS + 1_800_000).toISOString());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
const id = (max: number) => fc.integer({ min: 1, max }).map(String);
/** A row, or one that deletes its key. */
const rowOf = (cells: Record<string, fc.Arbitrary<string | null>>) =>
  fc
    .tuple(fc.record(cells), fc.boolean(), fc.boolean())
    .map(([row, a, b]) => (a && b ? { ...row, _deleted: 'true' as const } : row));

const ROWS = {
  users: rowOf({
    id: id(3),
    age: maybe(id(2)),
    country: maybe(fc.constantFrom('DE', 'FR')),
    traffic_source: fc.constant('Search'),
    created_at: time,
  }),
  products: rowOf({
    id: id(3),
    name: maybe(fc.constantFrom('Mug', 'a "cup", \\N\nor two', '\\.', '')),
    category: maybe(fc.constantFrom(' ', 'Kitchen', ' Kitchen ')),
    cost: fc.constantFrom('1', '2.5'),
    retail_price: fc.constant('3'),
    department: fc.constantFrom('a', 'b'),
  }),
  currency_rates: rowOf({
    currency: fc.constantFrom('EUR', 'USD', 'JPY'),
    rate_date: fc.constantFrom('2025-10-25', '2025-10-26'),
    rate: fc.constantFrom('1', '1.5'),
  }),
  orders: rowOf({
    order_id: id(4),
    user_id: id(4),
    status: maybe(fc.constantFrom('sold', ' Returned')),
    created_at: time,
    shipped_at: maybe(time),
    num_of_item: maybe(fc.constantFrom('0', '1', '2')),
    currency: maybe(fc.constantFrom('USD', ' gbp', ' ')),
  }),
  order_items: rowOf({
    id: id(5),
    order_id: id(4),
    user_id: maybe(id(4)),
    product_id: maybe(id(4)),
    status: maybe(fc.constantFrom('sold', 'RETURNED')),
    created_at: time,
    sale_price: maybe(fc.constantFrom('0', '4.25')),
    quantity: maybe(fc.constantFrom('0', '3')),
  }),
};

const EVENT_IDS = ['e1', 'e2', 'e3'];
const eventCells = {
  event_name: fc.constantFrom(
    'page_view',
    'view_item',
    'select_item',
    'add_to_cart',
    'remove_from_cart',
    'purchase',
  ),
  event_time: time,
  received_at: time,
  user_id: maybe(fc.constantFrom('3', '5', 'someone')),
  visitor_id: maybe(fc.constantFrom('v1', 'v2')),
  page_path: maybe(fc.constantFrom('/', '/ä\t"\\')),
  is_bot: fc.constantFrom('true', 'false', 'false'),
  value: maybe(fc.constantFrom('7.5', '0')),
  currency: maybe(fc.constantFrom('EUR', 'GBP')),
};
const itemCells = {
  product_id: maybe(fc.constantFrom('1', '4', 'p')),
  list_name: maybe(fc.constantFrom('sale')),
  price: maybe(fc.constantFrom('1.25')),
  quantity: fc.constantFrom('1', '2'),
};

/** An event as validate makes it rows of both kinds. The day of its key is that of its time, as of an event with a time of its own. */
const eventOf = (eventId: string) =>
  fc
    .record({ cells: fc.record(eventCells), items: fc.array(fc.record(itemCells), { maxLength: 2 }) })
    .map(({ cells, items }) => {
      // The time of an event with an id of its own never changes.
      const hour = EVENT_IDS.indexOf(eventId) * 3;
      const shared = {
        event_id: eventId,
        event_name: cells.event_name,
        event_time: new Date(START + hour * HOUR_MS + 60_000).toISOString(),
        is_time_received: 'false',
        received_at: cells.received_at,
        event_date: '2025-10-25',
        is_bot: cells.is_bot,
        visitor_id: cells.visitor_id,
        user_id: cells.user_id,
        rules_version: '1',
      };
      return {
        event: {
          ...cells,
          ...shared,
          source: 'http',
          traffic_source: '(direct)',
          traffic_medium: '(none)',
          channel: 'Direct',
          item_count: String(items.length),
        },
        items: items.map((item, index) => ({ ...shared, ...item, item_index: String(index) })),
      };
    });

const event = fc.constantFrom(...EVENT_IDS).chain(eventOf);
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

type Files = readonly { readonly kind: string; readonly rows: StagedFile['rows']; readonly hour: number }[];

const file: fc.Arbitrary<Files> = fc.oneof(
  ...Object.entries(ROWS).map(([kind, row]) =>
    fc
      .record({
        rows: fc.array(row as fc.Arbitrary<StagedFile['rows'][number]>, { minLength: 1, maxLength: 4 }),
        hour: hours,
      })
      .map((one): Files => [{ kind, ...one }]),
  ),
  fc
    .record({ events: fc.array(event, { minLength: 1, maxLength: 3 }), hour: hours })
    .map(({ events, hour }): Files => eventFiles(events, hour)),
);

const eventFiles = (events: readonly Event[], hour: number): Files => [
  { kind: 'events', rows: events.map(({ event }) => event), hour },
  { kind: 'event_items', rows: events.flatMap(({ items }) => items), hour },
];

const staged = (kind: string, row: StagedFile['rows'][number], hour: number) => ({
  files: [[{ kind, rows: [row], hour }]] as readonly Files[],
});

/** What belongs together, with a load in between: a fact and another version of its product, and two versions of an event. */
const related = fc.oneof(
  fc
    .record({
      first: ROWS.products,
      later: ROWS.products,
      item: ROWS.order_items,
      hours: fc.tuple(hours, hours),
    })
    .map(({ first, later, item, hours: [at, then] }): readonly Step[] => [
      staged('products', { ...first, id: '1' }, at),
      staged('order_items', { ...item, product_id: '1' }, at),
      'load',
      staged('products', { ...later, id: '1' }, then),
      'load',
    ]),
  fc
    .constantFrom(...EVENT_IDS)
    .chain((eventId) =>
      fc
        .tuple(eventOf(eventId), eventOf(eventId), hours, hours)
        .map(([first, later, at, then]): readonly Step[] => [
          { files: [eventFiles([first], at)] },
          'load',
          { files: [eventFiles([later], then)] },
          'load',
        ]),
    ),
);

const fault = fc.record({ statement: fc.integer({ min: 1, max: 75 }), isApplied: fc.boolean() });
const ingestFault = fc.record({ statement: fc.integer({ min: 1, max: 16 }), isApplied: fc.boolean() });
type Step =
  | 'load'
  | 'two loads'
  | 'clean up'
  | { readonly files: readonly Files[] }
  | {
      readonly ingested: readonly Event[];
      readonly hour: number;
      readonly fault?: StatementFault | undefined;
    }
  | { readonly fault: StatementFault }
  | { readonly timeZone: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ files: fc.array(file, { minLength: 1, maxLength: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ingested: fc.uniqueArray(event, {
        minLength: 1,
        maxLength: 3,
        selector: ({ event }) => event.event_id,
      }),
      hour: hours,
      fault: fc.option(ingestFault, { nil: undefined }),
    }),
  },
  { weight: 4, arbitrary: fc.constant('load' as const) },
  { weight: 3, arbitrary: fc.constant('two loads' as const) },
  { weight: 4, arbitrary: fc.record({ fault }) },
  { weight: 1, arbitrary: fc.constant('clean up' as const) },
  { weight: 1, arbitrary: fc.record({ timeZone: fc.constantFrom(...TIME_ZONES) }) },
);

/** An ingest that succeeds, a load that is cut off early, and a load: chance may bring none in so few runs. */
const always = fc
  .record({ ingested: fc.tuple(event), hour: hours, statement: fc.integer({ min: 2, max: 12 }) })
  .map(({ ingested, hour, statement }): readonly Step[] => [
    { ingested, hour },
    { fault: { statement, isApplied: false } },
    'load',
  ]);

/** Two of its parts have what belongs together. */
const history = fc
  .tuple(fc.array(step, { maxLength: 6 }), related, always, related, fc.array(step, { maxLength: 4 }))
  .map(([before, one, certain, other, after]) => [...before, ...one, ...certain, ...other, ...after]);

describeWithPostgres('the star schema in PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  /** @param as changes the loads @returns how often a load was cut off, and how often events were written */
  async function check(runs: number, as?: (options: LoadOptions) => LoadOptions): Promise<[number, number]> {
    let crashes = 0;
    let ingests = 0;
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const shop = new Shop(await server.createDatabase(), { as });
        try {
          for (const one of steps) {
            if (one === 'load') await shop.load();
            else if (one === 'two loads') await shop.loadTwice();
            else if (one === 'clean up') await shop.cleanUp();
            else if ('timeZone' in one) shop.timeZone = one.timeZone;
            else if ('ingested' in one) ingests += Number(await shop.ingest(one));
            else if ('fault' in one) crashes += Number(await shop.loadAndCrash(one.fault));
            else await shop.stage(one.files.flat());
          }
          await shop.stageIngested();
          await shop.load();
          const star = await shop.star();
          expect(star).toEqual(await shop.expected());
          // From scratch, by the same statements and by PostgreSQL's.
          for (const scratch of as ? [as, undefined] : [undefined])
            expect(
              await new Shop(await server.createDatabase(), { as: scratch, of: shop }).loadedStar(),
            ).toEqual(star);
        } finally {
          shop.close();
        }
      }),
      // Shrinking would take longer than the test may.
      { ...propertyRuns(runs), interruptAfterTimeLimit: 300_000 },
    );
    return [crashes, ingests];
  }

  test(
    'is the one computed from the rows of the lake, whatever was loaded when, and equals a load from scratch',
    async () => {
      const [crashes, ingests] = await check(8);
      expect(crashes).toBeGreaterThan(0);
      expect(ingests).toBeGreaterThan(0);
    },
    propertyTimeout(40),
  );

  test(
    'is the same by the statements for Redshift',
    async () => {
      const [crashes] = await check(2, asRedshift);
      expect(crashes).toBeGreaterThan(0);
    },
    propertyTimeout(40),
  );
});

/** The rows that ingest makes of an event. */
function ingestedRows({ event, items }: Event): IngestedRow[] {
  const {
    currency,
    item_count: _,
    rules_version: _1,
    is_time_received: _2,
    event_date: _3,
    source: _4,
    ...cells
  } = event;
  const shared = { ...cells, currency_code: currency };
  if (items.length === 0) return [{ ...shared, item_index: -1, is_first: true }];
  return items.map(({ product_id, list_name, price, quantity, item_index }, at) => ({
    ...shared,
    ...{ product_id, list_name, price, quantity, item_index },
    is_first: at === 0,
  }));
}

/** A shop with its lake, and a warehouse of it. */
class Shop {
  timeZone = 'UTC';
  private readonly pipeline = new TaskPipeline('UTC', catalog);
  private files = 0;
  /** Events that the lake does not have yet. */
  private readonly ingested: Files[] = [];

  private readonly of: Shop | undefined;
  private readonly as: (options: LoadOptions) => LoadOptions;
  private readonly isRedshift: boolean;

  /** @param of the shop whose lake this is; as: changes the loads */
  constructor(
    private readonly url: string,
    {
      of,
      as,
    }: {
      readonly of?: Shop | undefined;
      readonly as?: ((options: LoadOptions) => LoadOptions) | undefined;
    },
  ) {
    this.of = of;
    if (of) this.timeZone = of.timeZone;
    this.as = as ?? ((options) => options);
    this.isRedshift = as === asRedshift;
  }

  private get lake(): TaskPipeline {
    return (this.of ?? this).pipeline;
  }

  private options(onConnected?: LoadOptions['onConnected']): LoadOptions {
    return this.as({
      bucket: this.lake.bucket,
      catalog,
      url: this.url,
      timeZone: this.timeZone,
      currency: 'EUR',
      ...(onConnected && { onConnected }),
    });
  }

  async stage(files: Files): Promise<void> {
    for (const { kind, rows, hour } of files)
      await stageRows(this.pipeline, [
        { kind, rows, uploadedAt: START + hour * HOUR_MS, key: `input/${kind}-${++this.files}.csv` },
      ]);
  }

  /** Writes events to the warehouse first, if that takes them; the lake has them later. @returns whether they were written */
  async ingest({ ingested, hour, fault: lost }: Extract<Step, { ingested: unknown }>): Promise<boolean> {
    this.ingested.push(eventFiles(ingested, hour));
    if (this.isRedshift) return false;
    const warehouse = await connectWarehouse(this.url);
    if (lost) loseConnectionAt(warehouse, lost);
    try {
      await ingestEvents(warehouse, ingested.flatMap(ingestedRows), {
        timeZone: this.timeZone,
        waitSeconds: 60,
      });
      return true;
    } catch (error) {
      if (!lost) throw error;
      return false;
    } finally {
      await warehouse.end().catch(() => {});
    }
  }

  async stageIngested(): Promise<void> {
    for (const files of this.ingested.splice(0)) await this.stage(files);
  }

  load() {
    return loadWarehouse(this.options());
  }

  /** The second starts while the first one is about to read which versions are loaded. */
  async loadTwice(): Promise<void> {
    let second: Promise<unknown> = Promise.resolve();
    await loadWarehouse(
      this.options((warehouse) =>
        runBefore(
          warehouse,
          (sql) => sql.includes('from loaded_versions'),
          async () => {
            second = this.load();
            second.catch(() => {});
          },
        ),
      ),
    );
    await second;
  }

  /** @returns whether the load came to the statement */
  async loadAndCrash(fault: { statement: number; isApplied: boolean }): Promise<boolean> {
    let hasOccurred = () => false;
    const outcome = await loadWarehouse(
      this.options((warehouse) => {
        hasOccurred = loseConnectionAt(warehouse, fault).hasOccurred;
      }),
    ).then(
      () => 'succeeded',
      () => 'failed',
    );
    // A copy that is applied, and a rollback, have no answer to lose.
    if (!fault.isApplied && hasOccurred()) expect(outcome).toBe('failed');
    return outcome === 'failed';
  }

  /** Compacts the tables, and removes the log entries and files that nothing reads any more. */
  async cleanUp(): Promise<void> {
    await this.pipeline.maintain(40, 1);
  }

  async star() {
    const warehouse = await connectWarehouse(this.url);
    try {
      return await readStar(warehouse);
    } finally {
      await warehouse.end();
    }
  }

  async loadedStar() {
    await this.load();
    this.close();
    return this.star();
  }

  async expected() {
    const lake = await this.lake.withLake((session) => readLake(session, catalog));
    return computeStar(lake as unknown as LakeRows, this.timeZone, 'EUR');
  }

  close(): void {
    this.pipeline.close();
  }
}
