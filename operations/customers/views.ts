/** What the console shows of customers. Money and rates are exact decimals as text, with two decimal places. */

export interface CustomerTotals {
  readonly customers: number;
  /** Those with more than one order. */
  readonly repeat_customers: number;
  readonly orders: string;
  readonly net_revenue: string;
  /** Mean and median of the customers' net revenue; null without a customer. */
  readonly mean_revenue: string | null;
  readonly median_revenue: string | null;
  /** The tenth with the most net revenue: how many, and their percent of all net revenue; null if that is 0. */
  readonly top_customers: number;
  readonly top_share: string | null;
}

/** Customers with a value from `from` up to, but without, `to`; an open end is null. */
export interface CustomerBin {
  readonly from: string | null;
  readonly to: string | null;
  readonly customers: number;
}

/** A cell of the grid by recency and frequency. */
export interface RfmCell {
  /** 1 to 5; 5 ordered last. */
  readonly recency: number;
  /** 1 to 5; 5 has the most orders. */
  readonly frequency: number;
  readonly customers: number;
  /** Null in an empty cell. */
  readonly mean_revenue: string | null;
}

export interface CustomerSummary {
  readonly totals: CustomerTotals;
  /** In order, without gaps. */
  readonly revenue_bins: readonly CustomerBin[];
  readonly order_bins: readonly CustomerBin[];
  /** All 25. */
  readonly rfm: readonly RfmCell[];
}

/** Customers of a cohort that ordered in a month after it. */
export interface CohortCell {
  readonly active_customers: number;
  /** In percent of the cohort. */
  readonly retention_rate: string;
  readonly revenue: string;
}

export interface Cohort {
  /** First day of the month of the first order, YYYY-MM-DD. */
  readonly month: string;
  readonly customers: number;
  /** From the month itself; ends with the last month of all data. */
  readonly months: readonly CohortCell[];
}
