import type { KpiTableSpec } from '../domain/mart';
import categoryKpisSql from './category_kpis.sql';
import { CATEGORY_KPIS, ORDER_KPIS } from './kpis';
import orderKpisSql from './order_kpis.sql';

/** What each KPI table holds, as a query over the views of the working set (and the functions of spark_functions.sql). */
export const KPI_QUERIES: readonly { readonly spec: KpiTableSpec; readonly sql: string }[] = [
  { spec: ORDER_KPIS, sql: orderKpisSql },
  { spec: CATEGORY_KPIS, sql: categoryKpisSql },
];
