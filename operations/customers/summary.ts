import { fill } from '../../engine/duckdb/sql';
import { decimal, hundredths } from '../kpis/decimals';
import { quotient } from '../marts/quotient';
import type { ReadyRows } from '../marts/row-page';
import orderBinsSql from './order-bins.sql';
import revenueBinsSql from './revenue-bins.sql';
import rfmGridSql from './rfm-grid.sql';
import totalsSql from './totals.sql';
import type { CustomerBin, CustomerSummary, CustomerTotals, RfmCell } from './views';

const REVENUE_BINS = 20;
const MAX_ORDERS = 10;
const FIFTHS = [1, 2, 3, 4, 5];

interface TotalsRow extends Record<string, unknown> {
  readonly customers: string;
  readonly repeat_customers: string;
  readonly orders: string;
  readonly net_revenue: string;
  readonly top_customers: string;
  readonly top_revenue: string;
  readonly median_revenue: string | null;
  readonly high_revenue: string | null;
}

interface BinRow extends Record<string, unknown> {
  readonly bin: number;
  readonly customers: string;
}

/** All customers together. @param rows of the mart customer_value, with its view */
export async function customerSummary({ db, relation }: ReadyRows): Promise<CustomerSummary> {
  const of = (sql: string) => fill(sql, { customers: relation });
  const [row] = await db.rows<TotalsRow>(of(totalsSql));
  if (!row) throw new RangeError('a query without groups gives one row');
  const width = binWidth(hundredths(row.high_revenue ?? '0'));
  const revenues = await db.rows<BinRow>(of(revenueBinsSql), { width: decimal(width), bins: REVENUE_BINS });
  const orders = await db.rows<BinRow>(of(orderBinsSql), { bins: MAX_ORDERS });
  const cells = await db.rows<{ recency: string; frequency: string; customers: string; net_revenue: string }>(
    of(rfmGridSql),
  );
  return {
    totals: totalsOf(row),
    revenue_bins: revenueBins(revenues, width),
    order_bins: orderBins(orders),
    rfm: FIFTHS.flatMap((frequency) =>
      FIFTHS.map((recency): RfmCell => {
        const cell = cells.find(
          (one) => Number(one.recency) === recency && Number(one.frequency) === frequency,
        );
        return {
          recency,
          frequency,
          customers: Number(cell?.customers ?? 0),
          mean_revenue: cell ? quotient(cell.net_revenue, cell.customers) : null,
        };
      }),
    ),
  };
}

function totalsOf(row: TotalsRow): CustomerTotals {
  return {
    customers: Number(row.customers),
    repeat_customers: Number(row.repeat_customers),
    orders: row.orders,
    net_revenue: decimal(hundredths(row.net_revenue)),
    mean_revenue: quotient(row.net_revenue, row.customers),
    median_revenue: row.median_revenue,
    top_customers: Number(row.top_customers),
    top_share: quotient(row.top_revenue, row.net_revenue, 'percent'),
  };
}

/** A width of 1, 2 or 5 times a power of ten, of which some bins reach to a value. All in hundredths. */
export function binWidth(high: bigint): bigint {
  const least = (high + BigInt(REVENUE_BINS - 1)) / BigInt(REVENUE_BINS);
  for (let power = 100n; ; power *= 10n) {
    const width = [1n, 2n, 5n].map((times) => times * power).find((one) => one >= least);
    if (width !== undefined) return width;
  }
}

/** Bins from 0, up to the last one with a customer; one below 0 if there are such customers. */
function revenueBins(rows: readonly BinRow[], width: bigint): CustomerBin[] {
  const counts = new Map(rows.map(({ bin, customers }) => [bin, Number(customers)]));
  const last = Math.max(0, ...counts.keys());
  const at = (bin: number) => decimal(BigInt(bin) * width);
  const below = counts.get(-1);
  return [
    ...(below === undefined ? [] : [{ from: null, to: at(0), customers: below }]),
    ...Array.from({ length: last + 1 }, (_, bin) => ({
      from: at(bin),
      to: bin === REVENUE_BINS ? null : at(bin + 1),
      customers: counts.get(bin) ?? 0,
    })),
  ];
}

function orderBins(rows: readonly BinRow[]): CustomerBin[] {
  const counts = new Map(rows.map(({ bin, customers }) => [bin, Number(customers)]));
  const last = Math.max(0, ...counts.keys());
  return Array.from({ length: last }, (_, at) => ({
    from: String(at + 1),
    to: at + 1 === MAX_ORDERS ? null : String(at + 2),
    customers: counts.get(at + 1) ?? 0,
  }));
}
