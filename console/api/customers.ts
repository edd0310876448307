export type {
  Cohort,
  CohortCell,
  CustomerBin,
  CustomerSummary,
  CustomerTotals,
  RfmCell,
} from '../../operations/customers/views';

import type { Cohort, CustomerSummary } from '../../operations/customers/views';

/** GET /api/customers/summary */
export interface CustomerReport extends CustomerSummary {
  readonly preparing: null;
}

/** GET /api/customers/cohorts */
export interface CohortReport {
  readonly preparing: null;
  /** Newest first. */
  readonly cohorts: readonly Cohort[];
}
