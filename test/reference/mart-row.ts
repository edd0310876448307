/** A row by column: values as the table has them, as text. */
export type MartRow = Readonly<Record<string, string | null>>;

/** Orders, and sums of their items in ten-thousandths, of one day. */
export interface Sales {
  orders: bigint;
  returnedOrders: bigint;
  units: bigint;
  revenue: bigint;
  returnedUnits: bigint;
  returnedRevenue: bigint;
}
