/** All products of some days together. */
export interface ProductTotals {
  /** Products with a sale. */
  readonly sold: number;
  readonly units: string;
  /** An exact decimal with two decimal places. */
  readonly revenue: string;
  /** Products that were viewed. */
  readonly viewed: number;
  /** Those that were viewed, and neither sold nor bought. */
  readonly viewed_only: number;
  readonly views: string;
}
