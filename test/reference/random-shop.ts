/** Random sequences of files for property tests. The shop is so small that nearly every row is a new version of another. */

import fc from 'fast-check';
import { type Catalog, catalog as productCatalog } from '../../catalog/catalog';
import { type Contract, DELETED_COLUMN } from '../../domain/contract';
import type { Cell, Kind, RowVersion, ShopKind, Versions } from './kpis';
import { parseCell } from './read-rows';

/** A valid file in which every row is good. */
export interface ShopFile<K extends ShopKind = Kind> {
  /** Unique in its shop, below `input/`; the name identifies the kind. */
  readonly key: string;
  readonly kind: K;
  readonly csv: string;
  /** Milliseconds since 1970 UTC; not before the previous file, sometimes equal to it (then the key decides). */
  readonly uploadedAt: number;
  /** The rows as the reference computation takes them. */
  readonly rows: readonly RowVersion[];
}

/**
 * Files in the order of their upload: inserts, updates of every column (statuses, prices, categories and departments,
 * an order's day and month, num_of_item to empty and back, an item's order), duplicate rows in a file, repeated uploads,
 * blank values, and any dialect. Three of four shops start with a file of each kind without blanks, so that there is
 * something to update. Shrinks to few files of few plain rows.
 *
 * @param maxFiles maximum number of files after the three initial ones
 * @param shop its contracts, and how it writes a row
 */
export const randomShop = (size: ShopSize = {}, shop: ShopContracts = OWN): fc.Arbitrary<ShopFile[]> =>
  shopOf(KINDS, size, shop);

/** The same with counts of stock. */
export const randomShopWithStock = (
  size: ShopSize = {},
  shop: ShopContracts = OWN,
): fc.Arbitrary<ShopFile<ShopKind>[]> => shopOf([...KINDS, 'inventory'], size, shop);

interface ShopSize {
  readonly maxFiles?: number;
  readonly maxRows?: number;
}

function shopOf<K extends ShopKind>(
  kinds: readonly K[],
  { maxFiles = 8, maxRows = 6 }: ShopSize,
  shop: ShopContracts,
): fc.Arbitrary<ShopFile<K>[]> {
  const steps = fc.array(step(kinds, maxRows), { minLength: 1, maxLength: maxFiles, size: 'max' });
  const opens = fc.constantFrom(false, true, true, true);
  const files = fc
    .tuple(opens, steps)
    .map(([open, later]) => filesOf(open ? [...opening(kinds), ...later] : later, shop));
  // Without bias: fast-check prefers small arrays and extreme values, which give shops without a sale.
  return fc.noBias(files);
}

/** The input of the reference computation. */
export function versionsOf(files: readonly ShopFile<ShopKind>[]): Versions {
  const versions: Record<ShopKind, RowVersion[]> = {
    products: [],
    orders: [],
    order_items: [],
    inventory: [],
  };
  for (const { kind, rows } of files) versions[kind].push(...rows);
  return versions;
}

type Row = Readonly<Record<string, string>>;

export interface ShopContracts {
  readonly catalog: Pick<Catalog, 'contract'>;
  readonly rowOf: (kind: ShopKind, row: Row) => Row;
}

const OWN: ShopContracts = { catalog: productCatalog, rowOf: (_, row) => row };

interface Content<K> {
  readonly kind: K;
  readonly rows: readonly Row[];
}

/** One upload: new content, or the content of an earlier upload, `again` uploads back if that one exists. */
interface Step<K> {
  readonly again: number;
  readonly content: Content<K>;
  readonly dialect: Dialect;
  /** Milliseconds since the previous upload. */
  readonly pause: number;
  /** The first part of the key, so that the order of the keys differs from the order of the uploads. */
  readonly folder: string;
}

interface Dialect {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly bom: boolean;
  readonly quoteAll: boolean;
  /** Columns are rotated by this many places. */
  readonly rotate: number;
}

const INSTANTS = [
  '2025-01-31T12:00:00',
  '2025-01-31 23:59:59.999999 UTC',
  '2025-02-01T00:30:00+01:00',
  '2025-02-01T00:00:00Z',
  '2025-02-28T20:00:00-05:00',
  '2025-03-01 08:15:00.25',
] as const;
const STATUSES = ['delivered', 'returned', ' Returned ', 'RETURNED\t', 'Shipped', ''] as const;
const CATEGORIES = ['Toys', ' Toys ', 'Books', 'books', 'Söks, "and" more', 'Unknown', '', '  '] as const;
const DEPARTMENTS = ['Kids', 'Home & Garden', 'a/b=c', ' Kids', 'Ünder', '', ' '] as const;
const COUNTS = ['1', '3', '2.0', '1', '4', '0', '', '-1'] as const;

/** As texts or whole numbers they would be in another order. */
const REVISIONS = ['', '1', '2.5', '10', '2.25', '1'] as const;

/** For shops that write more than prices and states. */
const PIECES = ['', '1', '2', '7', '0', '3'] as const;
const DELETES = ['', '', '', '', '', 'true'] as const;

const pick = (values: readonly string[]) => fc.constantFrom(...values);
const id = (max: number) => fc.integer({ min: 1, max }).map((n) => (n % 3 === 0 ? `${n}.0` : String(n)));
const cents = fc.integer({ min: 1, max: 9999 }).map((n) => (n / 100).toFixed(2));
const amount = fc.oneof(
  { arbitrary: cents, weight: 8 },
  { arbitrary: pick(['10.00495', '0.005', '12.505', '99.995']), weight: 2 },
  { arbitrary: pick(['0', '', '-4', ' ', '0.00004']), weight: 2 },
);

/** References can be one above the existing ids: some items wait for their order, some products are unknown. */
const IDS = { products: 4, orders: 5, order_items: 8, users: 3 };

const KINDS: readonly Kind[] = ['products', 'orders', 'order_items'];

const ROWS: Readonly<Record<ShopKind, fc.Arbitrary<Row>>> = {
  products: fc.record({
    id: id(IDS.products),
    category: pick(CATEGORIES),
    department: pick(DEPARTMENTS),
    cost: amount,
    retail_price: amount,
    name: pick(['Lamp', 'Tea, green', '']),
    deletes: pick(DELETES),
  }),
  orders: fc.record({
    order_id: id(IDS.orders),
    user_id: id(IDS.users),
    status: pick(STATUSES),
    created_at: pick(INSTANTS),
    returned_at: pick(['', ...INSTANTS]),
    num_of_item: pick(COUNTS),
    updated_at: pick(['', ...INSTANTS]),
    guest: pick(['', '', '', 'yes']),
    deletes: pick(DELETES),
  }),
  order_items: fc.record({
    id: id(IDS.order_items),
    order_id: id(IDS.orders + 1),
    user_id: id(IDS.users),
    product_id: fc.oneof(
      { arbitrary: id(IDS.products + 1), weight: 6 },
      { arbitrary: fc.constant(''), weight: 1 },
    ),
    status: pick(STATUSES),
    created_at: pick(INSTANTS),
    sale_price: amount,
    revision: pick(REVISIONS),
    pieces: pick(PIECES),
    deletes: pick(DELETES),
  }),
  inventory: fc.record({
    product_id: id(IDS.products + 1),
    on_hand: pick(['0', '1', '12', '200', '-3']),
    counted_at: pick(INSTANTS),
    deletes: pick(DELETES),
  }),
};

const PLAIN: Dialect = { delimiter: ',', lineEnd: '\n', bom: false, quoteAll: false, rotate: 0 };
const from1To = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const at = (values: readonly string[], index: number) => values[index % values.length] ?? '';

const OPENING_ROWS: Readonly<Record<ShopKind, readonly Row[]>> = {
  products: from1To(IDS.products).map((n) => ({
    id: String(n),
    category: at(['Toys', 'Books'], n),
    department: at(['Kids', 'Home & Garden', 'a/b=c'], n),
    cost: '1.00',
    retail_price: '2.00',
  })),
  orders: from1To(IDS.orders).map((n) => ({
    order_id: String(n),
    user_id: at(['1', '2', '3'], n),
    status: at(['delivered', 'delivered', 'returned'], n),
    created_at: at(INSTANTS, n),
    num_of_item: '1',
  })),
  order_items: from1To(IDS.order_items).map((n) => ({
    id: String(n),
    order_id: String((n % IDS.orders) + 1),
    user_id: '1',
    product_id: String((n % IDS.products) + 1),
    status: at(['delivered', 'returned'], n),
    created_at: at(INSTANTS, n),
    sale_price: `${n}.25`,
  })),
  inventory: from1To(IDS.products).map((n) => ({
    product_id: String(n),
    on_hand: String(n * 10),
    counted_at: at(INSTANTS, n),
  })),
};

const opening = <K extends ShopKind>(kinds: readonly K[]): Step<K>[] =>
  kinds.map((kind) => ({
    again: 0,
    content: { kind, rows: OPENING_ROWS[kind] },
    dialect: PLAIN,
    pause: 1000,
    folder: 'a',
  }));

function content<K extends ShopKind>(kinds: readonly K[], maxRows: number): fc.Arbitrary<Content<K>> {
  const ofKind = (kind: K) =>
    fc.record({ kind: fc.constant(kind), rows: fc.array(ROWS[kind], { maxLength: maxRows, size: 'max' }) });
  return fc.oneof({ withCrossShrink: true }, ...kinds.map(ofKind));
}

function step<K extends ShopKind>(kinds: readonly K[], maxRows: number): fc.Arbitrary<Step<K>> {
  return fc.record({
    again: fc.oneof(
      { arbitrary: fc.constant(0), weight: 6 },
      { arbitrary: fc.integer({ min: 1, max: 3 }), weight: 1 },
    ),
    content: content(kinds, maxRows),
    dialect: fc.record({
      delimiter: pick([',', ';', '\t', '|']),
      lineEnd: pick(['\n', '\r\n']),
      bom: fc.boolean(),
      quoteAll: fc.boolean(),
      rotate: fc.nat({ max: 7 }),
    }),
    pause: fc.constantFrom(1000, 1, 0),
    folder: pick(['a', 'B', 'ä', '\u{1f600}']),
  });
}

function filesOf<K extends ShopKind>(
  steps: readonly Step<K>[],
  { catalog, rowOf }: ShopContracts,
): ShopFile<K>[] {
  const contents: Content<K>[] = [];
  let uploadedAt = Date.UTC(2025, 3, 1);
  return steps.map(({ again, content, dialect, pause, folder }, index) => {
    const earlier = again === 0 ? undefined : contents[index - again];
    const { kind, rows } = earlier ?? content;
    const contract = catalog.contract(kind);
    contents.push({ kind, rows });
    uploadedAt += pause;
    const key = `input/${folder}/${kind}-${index}.csv`;
    const written = rows.map((row) => rowOf(kind, row));
    const versions = written.map((row, at) => ({
      cells: cellsOf(contract, row),
      uploadedAt,
      key,
      line: at + 2,
      ...(row[DELETED_COLUMN] === 'true' && { isDeleted: true as const }),
    }));
    return { key, kind, csv: csvOf(contract, written, dialect), uploadedAt, rows: versions };
  });
}

function cellsOf({ kind, columns }: Contract, row: Row): Record<string, Cell> {
  const cells: Record<string, Cell> = {};
  for (const { name, type } of columns) {
    const cell = parseCell(type, row[name] ?? '');
    if (cell === undefined)
      throw new TypeError(`${kind}.${name}: ${JSON.stringify(row[name])} is not a valid ${type}`);
    cells[name] = cell;
  }
  return cells;
}

function csvOf(contract: Contract, rows: readonly Row[], dialect: Dialect): string {
  const flag = rows.some((row) => row[DELETED_COLUMN]) ? [{ name: DELETED_COLUMN }] : [];
  const columns = rotated([...contract.columns, ...flag], dialect.rotate);
  const special = new RegExp(`["\\r\\n${dialect.delimiter === '|' ? '\\|' : dialect.delimiter}]`);
  const cell = (text: string) =>
    dialect.quoteAll || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = [
    columns.map((column) => column.name),
    ...rows.map((row) => columns.map((column) => row[column.name] ?? '')),
  ];
  const text = lines.map((cells) => cells.map(cell).join(dialect.delimiter) + dialect.lineEnd).join('');
  return dialect.bom ? `\ufeff${text}` : text;
}

function rotated<T>(columns: readonly T[], places: number): T[] {
  const from = places % columns.length;
  return [...columns.slice(from), ...columns.slice(0, from)];
}
