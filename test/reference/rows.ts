/** Versions of rows as files give them, and which of them is the latest. Independent of the SQL and of tasks/. */

/**
 * A parsed cell: `int64` a bigint, `money` a bigint of ten-thousandths, `timestamp` a bigint of microseconds since 1970
 * UTC, `text` the unchanged string; null for a cell without a value.
 */
export type Cell = bigint | string | null;

/** One good row of one file. */
export interface RowVersion {
  /** By column name; a missing column counts as null. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Milliseconds since 1970 UTC. */
  readonly uploadedAt: number;
  /** The file's key in the bucket. */
  readonly key: string;
  readonly line: number;
  /** The row deletes its key. */
  readonly isDeleted?: boolean;
}

/** A bigint, or a text as it is. */
export type Id = bigint | string;

/** How rows are identified, and what orders their versions before the time of their upload. */
export interface RowIdentity {
  readonly key: readonly string[];
  readonly version?: string | undefined;
  /** A latest version with this status deletes its key. */
  readonly deletedStatus?: string;
}

export type Identities = Readonly<Record<ShopKind, RowIdentity>>;

export const IDENTITIES: Identities = {
  products: { key: ['id'] },
  orders: { key: ['order_id'] },
  order_items: { key: ['id'] },
  inventory: { key: ['product_id'], version: 'counted_at' },
};

/** What the KPIs are computed from. */
export type Kind = 'products' | 'orders' | 'order_items';

export type ShopKind = Kind | 'inventory';

export type Versions = Readonly<Record<Kind, readonly RowVersion[]>> & {
  readonly inventory?: readonly RowVersion[];
};

/**
 * The latest version of every key, if it does not delete it: by the version column (null first), upload time, the file's key (UTF-8 bytes), the line.
 */
export function latest(
  versions: readonly RowVersion[],
  { key, version: versionColumn, deletedStatus }: RowIdentity,
): Map<string, RowVersion> {
  const found = new Map<string, RowVersion>();
  for (const version of versions) {
    const ids = key.map((name) => id(version, name));
    if (ids.includes(null))
      throw new TypeError(`${version.key}:${version.line}: a row without ${key} is bad`);
    const text = JSON.stringify(ids.map(String));
    const held = found.get(text);
    if (held === undefined || isLater(version, held, versionColumn)) found.set(text, version);
  }
  for (const [text, version] of found)
    if (version.isDeleted || (deletedStatus !== undefined && trimmed(version, 'status') === deletedStatus))
      found.delete(text);
  return found;
}

function isLater(a: RowVersion, b: RowVersion, versionColumn: string | undefined): boolean {
  const order =
    versionColumn === undefined ? 0 : compareCells(a.cells[versionColumn], b.cells[versionColumn]);
  if (order !== 0) return order > 0;
  if (a.uploadedAt !== b.uploadedAt) return a.uploadedAt > b.uploadedAt;
  const keys = Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));
  return keys === 0 ? a.line > b.line : keys > 0;
}

/** Negative, 0 or positive; texts by their UTF-8 bytes. */
export const compareIds = (a: Id, b: Id): number => compareCells(a, b);

/** Negative, 0 or positive; null is less than any value. */
function compareCells(a: Cell = null, b: Cell = null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a > b ? 1 : -1;
}

export const id = (version: RowVersion, column: string): Id | null => version.cells[column] ?? null;

export function whole(version: RowVersion, column: string): bigint | null {
  const cell = version.cells[column] ?? null;
  if (typeof cell === 'string') throw new TypeError(`${column}: expected a bigint, got the text ${cell}`);
  return cell;
}

/** Removes white space of any kind; a cell without a value is empty. */
export function trimmed(version: RowVersion, column: string): string {
  const cell = version.cells[column] ?? '';
  if (typeof cell !== 'string') throw new TypeError(`${column}: expected a string, got the number ${cell}`);
  return cell.trim();
}
