import { isDecimal } from '../../domain/contract';
import { canonicalNumber, isNumber, type Mart, type MartColumn } from '../../domain/mart';
import { martDeltaType } from '../../lake/schema';

/** Values by column, null without one: numbers with every digit and the decimal places of their type, times as ISO 8601. */
export type MartRow = Readonly<Record<string, string | null>>;

export interface MartRows {
  readonly source: 'DynamoDB' | 'lake';
  readonly columns: readonly MartColumn[];
  /** In the order of the key. */
  readonly rows: readonly MartRow[];
  /** Further rows that meet the conditions. */
  readonly left_out: number;
}

/** A number as DynamoDB has it, `12.5`, with the decimal places of its type, `12.50`; other values unchanged. */
export function withDecimals(value: string, type: MartColumn['type']): string {
  if (!isNumber(type)) return value;
  const [whole = '0', fraction = ''] = canonicalNumber(value).split('.');
  const decimals = decimalPlaces(type);
  return decimals === 0 && fraction === '' ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
}

/** The decimal places of a numeric type. */
export function decimalPlaces(type: MartColumn['type']): number {
  const stored = martDeltaType(type);
  return isDecimal(stored) ? Number(/,(\d+)/.exec(stored)?.[1] ?? 0) : 0;
}

/** Orders rows by their key, numbers by value. */
export function byKey({ key, columns }: Pick<Mart, 'key' | 'columns'>): (a: MartRow, b: MartRow) => number {
  const parts = key.map((name) => {
    const type = columns.find((column) => column.name === name)?.type;
    const compare = isNumber(type) ? compareNumbers : compareTexts;
    return (a: MartRow, b: MartRow) => compare(a[name] ?? '', b[name] ?? '');
  });
  return (a, b) => {
    for (const part of parts) {
      const order = part(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of numbers with the same decimal places. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [BigInt(a.replace('.', '')), BigInt(b.replace('.', ''))];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Keeps the first rows in an order, of any number of rows. */
export class FirstRows {
  private kept: MartRow[] = [];
  private count = 0;

  constructor(
    private readonly order: (a: MartRow, b: MartRow) => number,
    private readonly limit: number,
  ) {}

  add(row: MartRow): void {
    this.count += 1;
    this.kept.push(row);
    if (this.kept.length >= 2 * this.limit + 1_000) this.cut();
  }

  get(): Pick<MartRows, 'rows' | 'left_out'> {
    this.cut();
    return { rows: this.kept, left_out: this.count - this.kept.length };
  }

  private cut(): void {
    this.kept.sort(this.order);
    this.kept.length = Math.min(this.kept.length, this.limit);
  }
}
