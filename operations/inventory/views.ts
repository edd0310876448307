export interface StockClass {
  /** A, B or C by revenue. */
  readonly abc_class: string;
  readonly products: number;
  /** Pieces; products with less than 0 count as 0. */
  readonly on_hand: string;
  readonly stock_outs: number;
  /** In stock, with at most 14 days of cover. */
  readonly running_out: number;
  /** With more than 90 days of cover. */
  readonly overstocked: number;
}

/** The ends of the days of cover that products are counted by; more than the last one, and nothing that sells, are bins as well. */
export const COVER_DAYS = [7, 14, 30, 60, 90] as const;

export interface StockSummary {
  readonly classes: readonly StockClass[];
  /** Without stock; up to each of COVER_DAYS; more; nothing sells. */
  readonly cover: readonly number[];
}
