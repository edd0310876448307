export type { ProductTotals } from '../../operations/products/views';

import type { ProductTotals } from '../../operations/products/views';
import type { DayRange } from './range';

/** GET /api/products/summary; `range` and `totals` are null without any data. */
export interface ProductReport {
  readonly preparing: null;
  readonly range: DayRange | null;
  readonly totals: ProductTotals | null;
}
