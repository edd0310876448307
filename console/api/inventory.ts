export type { StockClass, StockSummary } from '../../operations/inventory/views';

import type { StockSummary } from '../../operations/inventory/views';

/** GET /api/inventory/summary */
export interface StockReport extends StockSummary {
  readonly preparing: null;
}
